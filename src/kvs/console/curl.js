// The curl line of a request. The token is left to the variable KVS_TOKEN, so that the line can be shown.
const BODY_MAX = 1000;

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// `headers` are those that say something: the type of the body is left out, which curl need not send.
export function curlLine(method, target, headers, body, hasToken) {
  const parts = ['curl'];
  if (method !== 'GET') {
    parts.push('-X', method);
  }
  parts.push(quote(location.origin + target));
  if (hasToken) {
    parts.push('-H "Authorization: Bearer $KVS_TOKEN"');
  }
  Object.entries(headers).forEach(([name, value]) => parts.push('-H', quote(`${name}: ${value}`)));
  if (body !== undefined) {
    parts.push(body.length > BODY_MAX ? '--data-binary @document.json' : `-d ${quote(body)}`);
  }
  return parts.join(' ');
}
