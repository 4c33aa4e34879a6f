// The session of a person: the token, which the browser keeps until its tab is closed.
const KEY = 'kvs.token';

export const token = () => sessionStorage.getItem(KEY) || '';
export const keep = (text) => sessionStorage.setItem(KEY, text);
export const forget = () => sessionStorage.removeItem(KEY);
