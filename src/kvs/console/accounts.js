// The accounts of the node in pages: users, groups, tokens and metadata, up to a bound.
import { get, query } from './request.js';

const PAGE = 1_000;
const ALL_MAX = 20_000;

// All items of a list, by its address and the name of the list in the answer. `hidden` is that of a request.
export async function all(target, name, { hidden: all = false } = {}) {
  const items = [];
  let after;
  let hidden = all;
  do {
    const page = (await get(target + query({ limit: PAGE, after }), { hidden })).json;
    items.push(...page[name]);
    after = page.next;
    hidden = true;
  } while (after !== undefined && items.length < ALL_MAX);
  return items;
}
