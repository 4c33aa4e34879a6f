// The accounts of the node in pages: users, groups, tokens and metadata, up to a bound.
import { get, query } from './request.js';

const PAGE = 1_000;
const ALL_MAX = 20_000;

// All items of a list, by its address and the name of the list in the answer. `hidden` keeps the first
// request out of the curl lines; the others never stand there.
export async function all(target, name, { hidden = false } = {}) {
  const items = [];
  let after;
  do {
    const isHidden = hidden || after !== undefined;
    const page = (await get(target + query({ limit: PAGE, after }), { hidden: isHidden })).json;
    items.push(...page[name]);
    after = page.next;
  } while (after !== undefined && items.length < ALL_MAX);
  return items;
}
