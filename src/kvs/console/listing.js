// The listing of a prefix: its keys and prefixes in their order, page by page, and how much is below.
import { get, keyTarget, query } from './request.js';

const PAGE = 500;
const COUNTS_AT_ONCE = 3;
const COUNTS_KEPT = 2_000;
const WAIT_MS = 100;

const encoder = new TextEncoder();

// The order of the node: by the bytes of UTF-8.
function compare(a, b) {
  const one = encoder.encode(a);
  const other = encoder.encode(b);
  const end = Math.min(one.length, other.length);
  for (let i = 0; i < end; i++) {
    if (one[i] !== other[i]) {
      return one[i] - other[i];
    }
  }
  return one.length - other.length;
}

// A page of the rows `{ path, isPrefix }` below a prefix. `begin` leaves out those that begin otherwise.
export async function listingPage(prefix, begin, after, hidden = true) {
  const searching = begin.length > prefix.length;
  const from = after ?? (searching ? begin : undefined);
  const answer = await get(keyTarget(prefix) + query({ limit: PAGE, after: from }), { hidden });
  const listing = answer.json;
  let rows = [
    ...listing.keys.map((path) => ({ path, isPrefix: false })),
    ...listing.prefixes.map((path) => ({ path, isPrefix: true })),
  ].sort((a, b) => compare(a.path, b.path));
  let { next } = listing;
  if (searching) {
    const fitting = rows.filter((row) => row.path.startsWith(begin));
    next = fitting.length < rows.length ? undefined : next;
    rows =
      after === undefined && (await exists(begin))
        ? [{ path: begin, isPrefix: false }, ...fitting]
        : fitting;
  }
  return { rows, next, count: listing.count, bytes: listing.bytes };
}

// Whether a key is there; a page of the listing begins after it.
async function exists(path) {
  if (path.endsWith('/')) {
    return false;
  }
  const answer = await get(`/kv/_range${query({ start_key: path, limit: 1 })}`, { hidden: true });
  return answer.json.items.some((item) => item.path === path);
}

// The counts of prefixes in sight: a request each, a few at once, the newest wish first.
export class Counts {
  constructor(changed) {
    this.changed = changed;
    this.known = new Map();
    this.wanted = [];
    this.running = 0;
    this.restUntil = 0;
  }

  // `{ count, bytes }` of a prefix, `{}` when the caller may not know, undefined while it is not known.
  of(prefix) {
    if (!this.known.has(prefix) && !this.wanted.includes(prefix)) {
      this.wanted.push(prefix);
      this.wanted.splice(0, this.wanted.length - 100);
      setTimeout(() => this.#next(), WAIT_MS);
    }
    return this.known.get(prefix);
  }

  async #next() {
    if (this.running >= COUNTS_AT_ONCE || this.wanted.length === 0 || Date.now() < this.restUntil) {
      return;
    }
    this.running++;
    const prefix = this.wanted.pop();
    try {
      const { count, bytes } = (await get(keyTarget(prefix) + query({ limit: 1 }), { hidden: true })).json;
      this.known.set(prefix, { count, bytes });
      if (this.known.size > COUNTS_KEPT) {
        this.known.delete(this.known.keys().next().value);
      }
      this.changed();
    } catch (refusal) {
      // The counts are an extra: a caller at the rate limit goes without them for a while.
      this.restUntil = Date.now() + 1000 * (refusal.problem?.retry_after ?? 10);
      this.known.set(prefix, {});
    } finally {
      this.running--;
    }
    this.#next();
  }
}
