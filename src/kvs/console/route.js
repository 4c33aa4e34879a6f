// The route: the part of the address behind #, which names a page, a path in it, and parameters.
// `#/data/users/john?tab=history` is page `data`, path `users/john`.

export function parseRoute(hash) {
  const [place, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, ...segments] = place.split('/');
  return {
    page: page || 'now',
    path: segments.map(decode).join('/'),
    parameters: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function routeTo(page, path = '', parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return `#/${page}/${path.split('/').map(encodeURIComponent).join('/')}${query ? `?${query}` : ''}`;
}

export const go = (page, path, parameters) => {
  location.hash = routeTo(page, path, parameters);
};
