// The tamper log: who did what, the newest first, with a search in all texts of a line.
import { button, el, field, fill, form, table } from './dom.js';
import { count, time } from './format.js';
import { attempt } from './notice.js';
import { nameOf } from './people.js';
import { get, query } from './request.js';

const PAGE = 1_000;
const FOUND = 100;
// The pages of one search; the person goes on by a button.
const PAGES_MAX = 20;

const textOf = (line, name) =>
  [line.act, name, line.path, line.from, line.status, line.token, line.uuid, line.what]
    .filter((part) => part !== undefined)
    .join(' ')
    .toLowerCase();

export async function tamperView() {
  const input = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const result = el('div', { 'aria-live': 'polite' });
  let found = [];
  let before;

  const rows = () =>
    found.map(({ line, name }) => [
      count(line.n),
      time(line.at),
      line.act,
      name,
      line.from ?? '',
      line.path ?? line.what ?? '',
      String(line.status ?? line.count ?? ''),
    ]);

  // Reads pages from the end to the beginning, until enough lines are found.
  const more = async () => {
    const wanted = input.value.trim().toLowerCase();
    const enough = found.length + FOUND;
    for (let page = 0; page < PAGES_MAX && before > 0 && found.length < enough; page++) {
      const after = Math.max(0, before - PAGE);
      const { lines } = (
        await get(`/admin/tamper-log${query({ after, limit: before - after })}`, { hidden: page > 0 })
      ).json;
      for (const line of lines.reverse()) {
        const name = line.who ? await nameOf(line.who) : '';
        if (wanted === '' || textOf(line, name).includes(wanted)) {
          found.push({ line, name });
        }
      }
      before = after;
    }
    fill(
      result,
      el(
        'p',
        {},
        `${count(found.length)} lines${before > 0 ? `, searched back to line ${count(before + 1)}` : ''}`,
      ),
      table(
        'Lines of the tamper log, the newest first',
        ['Line', 'When', 'Act', 'Who', 'From', 'Path', 'Status'],
        rows(),
      ),
      before > 0 ? button('Further back', () => attempt(more)) : null,
    );
  };
  const search = async () => {
    const { head } = (await get('/admin/tamper-log?limit=1', { hidden: true })).json;
    before = Number(head.split(':')[0]);
    found = [];
    await more();
  };
  await search();
  return el(
    'section',
    { 'aria-label': 'Tamper log' },
    el('h2', {}, 'Tamper log'),
    form(
      () => attempt(search),
      {
        role: 'search',
        class: 'row',
      },
      field('Lines with', input, 'a path, a name, an address, a status'),
      el('button', {}, 'Search'),
    ),
    result,
  );
}
