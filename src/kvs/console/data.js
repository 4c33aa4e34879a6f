// The page of the data: the tree, level by level, on one side, a document or a tool on the other.
import { changesView } from './changes.js';
import { conflictsView } from './conflicts.js';
import { documentView, newDocumentView } from './document.js';
import { el, field, fill, form } from './dom.js';
import { bytes, plural } from './format.js';
import { historyView } from './history.js';
import { Counts, listingPage } from './listing.js';
import { attempt, complain } from './notice.js';
import { Pages } from './pages.js';
import { rightsView } from './rights.js';
import { go, routeTo } from './route.js';
import { transferView } from './transfer.js';
import { WindowList } from './windowlist.js';

const TABS = { document: 'Document', history: 'History', rights: 'Rights' };
const TOOLS = {
  new: 'New document',
  conflicts: 'Conflicts',
  changes: 'Live changes',
  transfer: 'Upload, download',
};

let level;
let frame;

const prefixOf = (path) => path.slice(0, path.lastIndexOf('/') + 1);

// One level of the tree: its keys and prefixes, in a list that fetches only what is looked at.
class Level {
  constructor(prefix, begin) {
    this.prefix = prefix;
    this.begin = begin;
    this.total = el('p', { class: 'facts' });
    this.counts = new Counts(() => this.list.draw());
    this.pages = new Pages(
      (after) => this.#read(after),
      () => this.list.draw(),
      complain,
    );
    this.list = new WindowList(`Keys below ${prefix || 'the root'}`, this.pages, {
      rowOf: (row) => this.#row(row),
      opened: ({ path }) => go('data', path),
    });
    this.element = el(
      'div',
      { class: 'level' },
      this.#crumbs(),
      this.#search(),
      this.total,
      this.list.element,
    );
    this.pages.more();
  }

  async #read(after) {
    const page = await listingPage(this.prefix, this.begin, after, after !== undefined);
    if (after === undefined) {
      fill(
        this.total,
        page.count === undefined
          ? 'You may not read all of it, so nothing is counted.'
          : `${plural(page.count, 'key')}, ${bytes(page.bytes)}`,
      );
      if (page.rows.length === 0) {
        this.total.append(this.begin ? ' Nothing here begins like that.' : ' Nothing here.');
      }
    }
    return page;
  }

  #row({ path, isPrefix }) {
    const name = el('span', { class: isPrefix ? 'name prefix' : 'name' }, path.slice(this.prefix.length));
    const total = isPrefix ? this.counts.of(path) : undefined;
    return [
      name,
      el(
        'span',
        { class: 'count' },
        total?.count === undefined ? '' : `${plural(total.count, 'key')}, ${bytes(total.bytes)}`,
      ),
    ];
  }

  #crumbs() {
    const segments = this.prefix.split('/').slice(0, -1);
    const links = [el('a', { href: routeTo('data') }, 'Everything')];
    segments.forEach((segment, i) =>
      links.push(
        ' / ',
        el('a', { href: routeTo('data', `${segments.slice(0, i + 1).join('/')}/`) }, segment),
      ),
    );
    return el('nav', { 'aria-label': 'Path', class: 'crumbs' }, links);
  }

  #search() {
    const input = el('input', {
      type: 'search',
      value: this.begin || this.prefix,
      autocomplete: 'off',
      spellcheck: 'false',
    });
    return form(
      () => {
        const begin = input.value.replace(/^\/+/, '');
        go('data', prefixOf(begin), begin.endsWith('/') || begin === '' ? {} : { begin });
      },
      {
        role: 'search',
        class: 'row',
      },
      field('Keys that begin with', input),
      el('button', {}, 'Find'),
    );
  }
}

function tabs(path, chosen) {
  return el(
    'nav',
    { 'aria-label': 'Of this key', class: 'tabs' },
    Object.entries(TABS).map(([tab, text]) =>
      el(
        'a',
        { href: routeTo('data', path, { tab }), 'aria-current': tab === chosen ? 'page' : undefined },
        text,
      ),
    ),
  );
}

async function keyView(path, tab) {
  const changed = (gone) => {
    level = undefined;
    if (gone) {
      go('data', prefixOf(path));
    } else {
      go('data', path, { tab: 'document', at: Date.now() });
    }
  };
  const saved = (gone) => (gone ? changed(true) : undefined);
  const views = {
    document: () => documentView(path, saved),
    history: () => historyView(path, () => changed(false)),
    rights: () => rightsView(path),
  };
  const view = el(
    'section',
    { 'aria-label': 'Document' },
    el('h2', { tabindex: -1, class: 'path' }, path),
    tabs(path, tab),
  );
  view.append(await views[tab]());
  return view;
}

function toolView(tool, prefix, signal) {
  switch (tool) {
    case 'new':
      return newDocumentView(prefix, (path) => {
        level = undefined;
        go('data', path);
      });
    case 'conflicts':
      return conflictsView(prefix);
    case 'changes':
      return changesView(prefix, signal);
    case 'transfer':
      return transferView(prefix, signal);
    default:
      return undefined;
  }
}

function tools(prefix, chosen) {
  return el(
    'nav',
    { 'aria-label': 'Tools', class: 'tabs' },
    Object.entries(TOOLS).map(([tool, text]) =>
      el(
        'a',
        { href: routeTo('data', prefix, { tool }), 'aria-current': tool === chosen ? 'page' : undefined },
        text,
      ),
    ),
  );
}

// The frame around a level. It stays while the level does, so that the list keeps its place.
class Frame {
  constructor(level) {
    this.tools = el('div', {});
    this.side = el('div', { class: 'side' });
    this.element = el(
      'div',
      { class: 'data' },
      el('div', { class: 'tree' }, el('h1', { tabindex: -1 }, 'Data'), this.tools, level.element),
      this.side,
    );
  }
}

export async function dataPage({ path, parameters }, signal) {
  const prefix = prefixOf(path);
  const { begin = '', tool } = parameters;
  const same = level !== undefined && level.prefix === prefix && level.begin === begin;
  // Who comes to a level sees it as it is now; who opens a key in it keeps their place.
  if (!same || (path === prefix && !tool)) {
    level = new Level(prefix, begin);
    frame = new Frame(level);
  }
  const { side, element } = frame;
  fill(frame.tools, tools(prefix, tool));
  const chosen = TABS[parameters.tab] ? parameters.tab : 'document';
  const view = tool
    ? () => toolView(tool, prefix, signal)
    : path === prefix
      ? undefined
      : () => keyView(path, chosen);
  level.list.choose(path);
  element.classList.toggle('open', view !== undefined);
  if (view === undefined) {
    fill(
      side,
      el('p', { class: 'hint' }, 'Choose a key: with the mouse, or with the arrow keys and Enter.'),
    );
  } else {
    side.setAttribute('aria-busy', 'true');
    attempt(view).then((made) => {
      if (!signal.aborted) {
        side.removeAttribute('aria-busy');
        fill(side, made);
        side.querySelector('h2')?.focus();
      }
    });
  }
  return element;
}

// Forgets what is shown, for another person.
export const forgetData = () => {
  level = undefined;
  frame = undefined;
};
