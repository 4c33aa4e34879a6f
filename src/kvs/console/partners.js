// The other sites, which exchange files with this one: when each was heard of, and what waits for it.
import { el, table } from './dom.js';
import { ago, plural, time } from './format.js';

function direction({ sends, receives }) {
  return sends ? (receives ? 'both ways' : 'only out') : 'only in';
}

function waiting({ waiting: versions, waits_until: until }) {
  return versions === 0 ? 'nothing' : `${plural(versions, 'dead version')}, until ${time(until)}`;
}

function merge({ unfinished }) {
  return unfinished ? el('span', { class: 'bad' }, 'a merge has not ended') : '–';
}

// `partners` is what the health of the node tells of them, or undefined when there are none.
export function partnersView(partners) {
  if (partners === undefined) {
    return null;
  }
  const rows = partners.map((partner) => [
    partner.name,
    direction(partner),
    partner.heard_at === 0 ? 'not yet' : ago(partner.heard_at),
    partner.last_bundle === 0 ? 'none' : partner.last_bundle,
    waiting(partner),
    merge(partner),
  ]);
  return el(
    'section',
    { 'aria-label': 'Partners' },
    el('h2', {}, 'Partners'),
    table(
      'The sites that exchange files with this one',
      ['Partner', 'Files go', 'Heard of', 'Last bundle', 'Waits for it', 'Merge'],
      rows,
    ),
    el('p', {}, el('a', { href: '#/manual/airgap' }, 'Bundles and receipts')),
  );
}
