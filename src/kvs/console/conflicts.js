// The inbox of conflicts: keys that two nodes wrote before they heard of each other. One version won; any
// write resolves.
import { sidesView } from './diff.js';
import { button, el, fill } from './dom.js';
import { short } from './format.js';
import { attempt, notify } from './notice.js';
import { get, keyTarget, query, send } from './request.js';
import { readVersion } from './history.js';
import { routeTo } from './route.js';

const PAGE = 50;

async function resolve(conflict, uuid, done) {
  const ttl = uuid === conflict.winner ? 'keep' : undefined;
  await send('POST', keyTarget(conflict.path) + query({ restore: uuid, ttl }), {
    headers: { 'If-Match': `"${conflict.winner}"` },
  });
  notify(`resolved ${conflict.path}: version ${short(uuid)} is kept`);
  await done();
}

async function conflictView(conflict, done) {
  const kept = await readVersion(conflict.path, conflict.winner);
  const sides = await Promise.all(
    conflict.losers.map(async (loser) => {
      const lost = await readVersion(conflict.path, loser);
      return [
        sidesView(kept ?? '', lost ?? '', [`Won: ${short(conflict.winner)}`, `Lost: ${short(loser)}`]),
        lost === undefined
          ? el('p', {}, 'The version that lost is a deletion, or no longer kept.')
          : button('Keep the one that lost', () => attempt(() => resolve(conflict, loser, done)), {
              name: `Keep the one that lost: ${short(loser)} of ${conflict.path}`,
            }),
      ];
    }),
  );
  return el(
    'section',
    { class: 'card', 'aria-label': `Conflict of ${conflict.path}` },
    el('h3', {}, el('a', { href: routeTo('data', conflict.path) }, conflict.path)),
    sides,
    kept === undefined
      ? null
      : button('Keep the winner', () => attempt(() => resolve(conflict, conflict.winner, done)), {
          class: 'main',
          name: `Keep the winner of ${conflict.path}`,
        }),
  );
}

export async function conflictsView(prefix) {
  const list = el('div', {});
  const read = async () => {
    const page = (await get(`/kv/_conflicts${query({ prefix: prefix || undefined, limit: PAGE })}`)).json;
    const cards = [];
    for (const conflict of page.conflicts) {
      cards.push(await conflictView(conflict, read));
    }
    fill(
      list,
      cards.length > 0
        ? cards
        : el(
            'p',
            {},
            'No unresolved conflict on this node. A version that lost is' +
              ' kept where it was written: look at the other nodes too.',
          ),
      page.next ? el('p', {}, 'There are more. Resolve these first.') : null,
    );
  };
  await read();
  return el(
    'section',
    { 'aria-label': 'Conflicts' },
    el('h2', { tabindex: -1 }, prefix ? `Conflicts below ${prefix}` : 'Conflicts'),
    list,
  );
}
