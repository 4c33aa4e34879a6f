// The requests to the API of this node: with the token, never from a cache, and as a curl line for people.
import { addCommand } from './commands.js';
import { curlLine } from './curl.js';
import { isOver, token } from './session.js';

// A refusal of the node, or its silence (status 0).
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `the node answered ${status}`);
    this.status = status;
    this.reason = problem.reason;
    this.problem = problem;
  }
}

// How far the node had come after the last write of this page. Behind a balancer another node may answer the
// next request: it waits until it has that write.
let position;

let unauthorized = () => {};

// Names what to do when the node does not accept the token.
export const onUnauthorized = (action) => {
  unauthorized = action;
};

// An answer: status, headers, and the text of the body.
class Answer {
  constructor(response, text) {
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
  }

  get json() {
    return JSON.parse(this.text);
  }

  get tag() {
    return this.headers.get('ETag');
  }
}

// The headers of every request.
export function credentials(headers = {}) {
  return token() ? { ...headers, Authorization: `Bearer ${token()}` } : headers;
}

const isReplicated = (target) => target.startsWith('/kv/') || target.startsWith('/auth/');

// Sends a request and returns its answer. `hidden` keeps it out of the curl lines: it is none of a person.
// `taken` are refusals that the caller reads as answers. `anyone` sends it outside a session, too: whatever
// else a page asks for after its person has signed out is not sent, and ends with an AbortError.
// Throws a Refusal.
export async function send(
  method,
  target,
  { body, headers = {}, hidden = false, taken = [], anyone = false, signal } = {},
) {
  if (isOver() && !anyone) {
    throw new DOMException(`nobody is signed in: ${target}`, 'AbortError');
  }
  if (!hidden) {
    addCommand(curlLine(method, target, headers, body, token() !== ''));
  }
  const all = credentials(headers);
  if (position && isReplicated(target)) {
    all['KVS-Position'] = position;
  }
  if (body !== undefined) {
    all['Content-Type'] = 'application/json';
  }
  const response = await reach(target, { method, headers: all, body, signal });
  if (response.ok && method !== 'GET' && isReplicated(target)) {
    position = response.headers.get('KVS-Position') ?? position;
  }
  const text = await response.text().catch(broken);
  if (response.ok || response.status === 304 || taken.includes(response.status)) {
    return new Answer(response, text);
  }
  throw refusal(response.status, text);
}

// A fetch. Throws a Refusal when there is no response.
export const reach = (target, options) => fetch(target, { ...options, cache: 'no-store' }).catch(broken);

// Throws the failure of a connection, or of a file, as a Refusal with status 0; that of an ended signal as it
// is.
export function broken(
  failure,
  detail = 'the node does not answer: it may be stopped, or the network broken',
) {
  throw failure.name === 'AbortError' ? failure : new Refusal(0, { detail });
}

// The refusal in a body, which a proxy may have written.
export function refusal(status, text) {
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    problem = { detail: `the answer has status ${status} and is not from a node` };
  }
  if (status === 401) {
    unauthorized(problem);
  }
  return new Refusal(status, problem);
}

export const get = (target, options) => send('GET', target, options);

// A path of the API for a key or a prefix: each segment percent-encoded.
export const keyTarget = (path) => `/kv/${path.split('/').map(encodeURIComponent).join('/')}`;

// A query of names and values; undefined ones are left out, true is a flag.
export function query(parameters) {
  const parts = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => (value === true ? name : `${name}=${encodeURIComponent(value)}`));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
