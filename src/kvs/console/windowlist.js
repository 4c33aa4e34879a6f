// The list of which only the rows in sight are elements. It is one stop of the tab key; the arrow keys, Home,
// End and the page keys move in it, Enter opens a row (WAI-ARIA: listbox).
import { el } from './dom.js';

const ROW_HEIGHT = 32;
// Browsers refuse elements that are much higher. In a longer list, a pixel of the scroll bar stands for more.
const HEIGHT_MAX = 12_000_000;
const AHEAD = 60;

export class WindowList {
  // `source` has length, complete, row(i) and more(); a row has a path. `rowOf(row)` makes the children of an
  // option.
  constructor(label, source, { rowOf, opened }) {
    this.source = source;
    this.rowOf = rowOf;
    this.opened = opened;
    this.active = 0;
    this.chosen = undefined;
    this.space = el('div', { class: 'space', role: 'presentation' });
    this.element = el(
      'div',
      {
        class: 'rows',
        role: 'listbox',
        tabindex: 0,
        'aria-label': label,
        on: {
          scroll: () => this.draw(),
          keydown: (event) => this.#key(event),
          focus: () => this.draw(),
        },
      },
      this.space,
    );
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  get #inSight() {
    return Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT));
  }

  // The number of the first row in sight. The scroll bar is exact while the list is not too high for it.
  get #first() {
    const rows = this.source.length;
    const high = this.space.offsetHeight;
    if (rows * ROW_HEIGHT <= HEIGHT_MAX) {
      return Math.floor(this.element.scrollTop / ROW_HEIGHT);
    }
    const way = Math.max(1, high - this.element.clientHeight);
    return Math.floor(Math.min(1, this.element.scrollTop / way) * Math.max(0, rows - this.#inSight));
  }

  draw() {
    const { source } = this;
    this.space.style.height = `${Math.min(source.length * ROW_HEIGHT, HEIGHT_MAX)}px`;
    const first = this.#first;
    const last = Math.min(source.length, first + this.#inSight + 2);
    const exact = source.length * ROW_HEIGHT <= HEIGHT_MAX;
    const top = exact ? first * ROW_HEIGHT : this.element.scrollTop;
    const options = [];
    for (let i = first; i < last; i++) {
      options.push(this.#option(i, top + (i - first) * ROW_HEIGHT));
    }
    this.space.replaceChildren(...options);
    const here = this.active >= first && this.active < last;
    this.element.toggleAttribute('aria-activedescendant', false);
    if (here) {
      this.element.setAttribute('aria-activedescendant', `row${this.active}`);
    }
    if (!source.complete && last + AHEAD >= source.length) {
      source.more();
    }
  }

  #option(i, top) {
    const row = this.source.row(i);
    const name = i === this.active ? 'option active' : 'option';
    const option = el(
      'div',
      {
        class: name,
        role: 'option',
        id: `row${i}`,
        'aria-selected': String(row !== undefined && row.path === this.chosen),
        'aria-posinset': i + 1,
        'aria-setsize': this.source.complete ? this.source.length : -1,
        on: { click: () => this.#open(i) },
      },
      row === undefined ? '…' : this.rowOf(row),
    );
    option.style.top = `${top}px`;
    return option;
  }

  #open(i) {
    const row = this.source.row(i);
    this.active = i;
    this.draw();
    if (row !== undefined) {
      this.opened(row);
    }
  }

  #key(event) {
    const page = this.#inSight - 1;
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#open(this.active);
    } else if (steps[event.key] !== undefined && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      this.move(Math.max(0, Math.min(this.source.length - 1, this.active + steps[event.key])));
    }
  }

  // Marks the row of a path as the open one.
  choose(path) {
    this.chosen = path;
    this.draw();
  }

  // Makes a row the active one, and brings it into sight.
  move(to) {
    const rows = this.source.length;
    this.active = to;
    const first = this.#first;
    const inSight = this.#inSight;
    if (to < first || to >= first + inSight) {
      const wanted = to < first ? to : to - inSight + 1;
      const way = this.space.offsetHeight - this.element.clientHeight;
      this.element.scrollTop =
        rows * ROW_HEIGHT <= HEIGHT_MAX
          ? wanted * ROW_HEIGHT
          : (wanted / Math.max(1, rows - inSight)) * way;
    }
    this.draw();
  }
}
