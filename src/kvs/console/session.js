// The session of a person: the token, or the wish to go without one, until the tab is closed.
const KEY = 'kvs.token';
const WITHOUT = 'none';

const kept = () => sessionStorage.getItem(KEY);

export const token = () => (kept() === WITHOUT ? '' : (kept() ?? ''));
export const goesWithout = () => kept() === WITHOUT;
export const keep = (text) => sessionStorage.setItem(KEY, text);
export const goWithout = () => sessionStorage.setItem(KEY, WITHOUT);
export const isOver = () => kept() === null;
export const forget = () => sessionStorage.removeItem(KEY);
