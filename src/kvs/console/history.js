// The history of a key: its versions, the difference of one from the present, and putting it back.
import { diffView } from './diff.js';
import { button, el, fill, table } from './dom.js';
import { short, time } from './format.js';
import { members, pretty } from './json.js';
import { attempt, notify } from './notice.js';
import { get, keyTarget, query, send } from './request.js';
import { nameOf } from './people.js';
import { readDocument } from './document.js';

const PAGE = 100;

// The text of one version; undefined for a deletion or one that is gone.
export async function readVersion(path, uuid) {
  const answer = await get(keyTarget(path) + query({ revision: uuid }), { hidden: true, taken: [404] });
  return answer.status === 404 ? undefined : pretty(members(answer.text).data);
}

const stateOf = (revision) =>
  [
    revision.current ? 'present' : null,
    revision.deleted ? 'deleted' : null,
    revision.conflict ? 'lost a conflict' : null,
    revision.reason,
  ]
    .filter(Boolean)
    .join(', ');

export async function historyView(path, changed) {
  const shown = el('div', { 'aria-live': 'polite' });
  const rows = el('div', {});
  const view = el('div', {}, rows, shown);
  let after;
  const all = [];

  const compare = async (revision) => {
    const [old, now] = await Promise.all([
      readVersion(path, revision.uuid),
      readDocument(path, { hidden: true }),
    ]);
    fill(
      shown,
      el('h3', {}, `From version ${short(revision.uuid)} to the present`),
      old === undefined
        ? el('p', {}, 'This version is a deletion, or no longer kept.')
        : diffView(old, now?.text ?? '', 'Difference from the old version to the present one'),
    );
  };

  const putBack = async (revision) => {
    const current = all.find((one) => one.current && !one.deleted);
    const headers = current ? { 'If-Match': `"${current.uuid}"` } : {};
    await send('POST', keyTarget(path) + query({ restore: revision.uuid }), { headers });
    notify(`put back version ${short(revision.uuid)} of ${path}`);
    changed();
  };

  const actions = (revision) =>
    revision.deleted
      ? []
      : [
          button('Compare', () => attempt(() => compare(revision)), {
            name: `Compare version ${short(revision.uuid)}`,
          }),
          revision.current
            ? null
            : button('Put back', () => attempt(() => putBack(revision)), {
                name: `Put back version ${short(revision.uuid)}`,
              }),
        ];

  const read = async () => {
    const target = keyTarget(path) + query({ revisions: true, values: 'false', limit: PAGE, after });
    const page = (await get(target)).json;
    all.push(...page.revisions);
    after = page.next;
    const names = await Promise.all(all.map((one) => nameOf(one.author)));
    fill(
      rows,
      table(
        `Versions of ${path}, the newest first`,
        ['Version', 'Written', 'By', 'State', 'Actions'],
        all.map((revision, i) => [
          el('code', {}, short(revision.uuid)),
          time(revision.timestamp),
          names[i],
          stateOf(revision),
          el('div', { class: 'row' }, actions(revision)),
        ]),
      ),
      after ? button('Older versions', () => attempt(read)) : null,
    );
  };
  await read();
  return view;
}
