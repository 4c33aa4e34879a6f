// The Markdown of the manual as elements: headings, paragraphs, lists, tables, blocks of code, and in a line
// code, bold and links. The pages of the manual have one form, which a test keeps.
import { el } from './dom.js';
import { routeTo } from './route.js';

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)]+)\)/g;
const EXAMPLE = /localhost:8080/g;

// The name of a heading in a link, as the manual writes it.
export const anchorOf = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

// The route of a link: a page of the manual, a heading of this one, or an address.
function linkTarget(target, page) {
  const [file, anchor] = target.split('#');
  if (/^https?:/.test(target)) {
    return target;
  }
  const name = file === '' ? page : file.replace(/\.md$/, '');
  return name.includes('/') ? undefined : routeTo('manual', name, anchor ? { at: anchor } : {});
}

// A line of text. The address of this node stands for that of the examples.
function inline(text, page) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(text.slice(from, found.index));
    const [whole, code, bold, label, target] = found;
    if (code !== undefined) {
      parts.push(el('code', {}, code.replace(EXAMPLE, location.host)));
    } else if (bold !== undefined) {
      parts.push(el('strong', {}, inline(bold, page)));
    } else {
      const href = linkTarget(target, page);
      parts.push(href ? el('a', { href, rel: 'noreferrer' }, inline(label, page)) : el('span', {}, label));
    }
    from = found.index + whole.length;
  }
  parts.push(text.slice(from));
  return parts;
}

const isList = (line) => /^\s*([-*]|\d+\.) /.test(line);

class Reader {
  constructor(text, page) {
    this.lines = text.split('\n');
    this.page = page;
    this.at = 0;
  }

  get line() {
    return this.lines[this.at];
  }

  // The lines from here on while a condition holds.
  while(holds) {
    const from = this.at;
    while (this.at < this.lines.length && holds(this.line)) {
      this.at++;
    }
    return this.lines.slice(from, this.at);
  }

  inline(text) {
    return inline(text, this.page);
  }

  block() {
    const heading = /^(#+) (.*)$/.exec(this.line);
    if (heading) {
      this.at++;
      return el(
        `h${heading[1].length}`,
        { id: anchorOf(heading[2]), tabindex: -1 },
        this.inline(heading[2]),
      );
    }
    if (this.line.trimStart().startsWith('```')) {
      return this.#code();
    }
    if (this.line.startsWith('|')) {
      return this.#table();
    }
    if (isList(this.line)) {
      return this.#list();
    }
    return el(
      'p',
      {},
      this.inline(
        this.while((line) => line.trim() !== '' && !isList(line) && !/^(#|```|\|)/.test(line)).join(' '),
      ),
    );
  }

  #code() {
    const kind = this.line.trim().slice(3);
    this.at++;
    const text = this.while((line) => !line.trimStart().startsWith('```')).join('\n');
    this.at++;
    return el(
      'pre',
      { tabindex: 0, role: 'region', 'aria-label': kind.startsWith('sh') ? 'Commands' : 'Example' },
      el('code', {}, text.replace(EXAMPLE, location.host)),
    );
  }

  #table() {
    const cells = (row) =>
      row
        .replace(/^\||\|$/g, '')
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|'));
    const [head, , ...rows] = this.while((line) => line.startsWith('|'));
    return el(
      'div',
      { class: 'wide', tabindex: 0, role: 'region', 'aria-label': `Table: ${cells(head)[0] || 'values'}` },
      el(
        'table',
        {},
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            cells(head).map((cell) => el('th', { scope: 'col' }, this.inline(cell))),
          ),
        ),
        el(
          'tbody',
          {},
          rows.map((row) =>
            el(
              'tr',
              {},
              cells(row).map((cell) => el('td', {}, this.inline(cell))),
            ),
          ),
        ),
      ),
    );
  }

  // The items of a list; lines that are indented belong to the item before them.
  #list() {
    const ordered = /^\s*\d+\./.test(this.line);
    const items = [];
    while (this.at < this.lines.length && isList(this.line)) {
      const first = this.line.replace(/^\s*([-*]|\d+\.) /, '');
      this.at++;
      const more = this.while((line) => /^\s+\S/.test(line) && !isList(line));
      items.push(el('li', {}, this.inline([first, ...more.map((line) => line.trim())].join(' '))));
    }
    return el(ordered ? 'ol' : 'ul', {}, items);
  }
}

// The blocks of a page.
export function render(text, page) {
  const reader = new Reader(text, page);
  const blocks = [];
  for (;;) {
    reader.while((line) => line.trim() === '');
    if (reader.at >= reader.lines.length) {
      return blocks;
    }
    blocks.push(reader.block());
  }
}
