// The pages of a listing, of which only some are in memory: a listing of a million rows is as cheap as its
// start. Each page keeps the cursor from which it can be read again.
const KEPT = 16;
// The time in which a page that the node refused is not asked for again, unless the node names one.
const REST_MS = 10_000;

export class Pages {
  // `fetchPage(after)` resolves to `{ rows, next }`; `changed` is called when more is known;
  // `failed` with the refusal of a page.
  constructor(fetchPage, changed, failed) {
    this.fetchPage = fetchPage;
    this.changed = changed;
    this.failed = failed;
    this.pages = [];
    this.complete = false;
    this.loading = false;
    this.restUntil = 0;
    this.uses = 0;
    this.length = 0;
  }

  // The row of a number, or undefined while its page is fetched.
  row(i) {
    const page = this.#pageOf(i);
    if (page === undefined) {
      return undefined;
    }
    page.used = ++this.uses;
    if (page.rows === undefined) {
      this.#load(page);
      return undefined;
    }
    return page.rows[i - page.start];
  }

  // Reads the page after the last one.
  async more() {
    if (this.complete || this.loading) {
      return;
    }
    const last = this.pages.at(-1);
    const page = { start: this.length, after: last?.next, size: 0, used: ++this.uses };
    await this.#load(page, () => this.pages.push(page));
  }

  async #load(page, arrived = () => {}) {
    if (this.loading || Date.now() < this.restUntil) {
      return;
    }
    this.loading = true;
    try {
      const { rows, next } = await this.fetchPage(page.after);
      arrived();
      page.rows = rows;
      page.next = next;
      page.size = rows.length;
      this.#count();
    } catch (failure) {
      const restSeconds = failure.problem?.retry_after;
      this.restUntil = Date.now() + (restSeconds === undefined ? REST_MS : 1000 * restSeconds);
      this.failed(failure);
    } finally {
      this.loading = false;
    }
    this.changed();
  }

  // Numbers the rows anew, because a page that is read again may have more or fewer, and forgets old pages.
  #count() {
    this.length = 0;
    for (const page of this.pages) {
      page.start = this.length;
      this.length += page.size;
    }
    this.complete = this.pages.at(-1).next === undefined;
    const inMemory = this.pages.filter((page) => page.rows !== undefined).sort((a, b) => b.used - a.used);
    inMemory.slice(KEPT).forEach((page) => {
      page.rows = undefined;
    });
  }

  #pageOf(i) {
    let low = 0;
    let high = this.pages.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const page = this.pages[middle];
      if (i < page.start) {
        high = middle - 1;
      } else if (i >= page.start + page.size) {
        low = middle + 1;
      } else {
        return page;
      }
    }
    return undefined;
  }
}
