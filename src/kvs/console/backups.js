// The backups of this node: the newest ones with their age, and making one.
import { button, el, table } from './dom.js';
import { ago, bytes, plural } from './format.js';
import { attempt, notify } from './notice.js';
import { send } from './request.js';

const SHOWN = 10;

async function backUp(again) {
  const answer = await send('POST', '/admin/backup?wait=10s');
  notify(answer.status === 201 ? `made the backup ${answer.json.name}` : 'the backup is being made');
  again();
}

// `backups` is the answer of the node, or undefined when the caller may not see it.
export function backupsView(backups, again) {
  if (backups === undefined) {
    return null;
  }
  const rows = backups.backups
    .slice(0, SHOWN)
    .map((backup) => [
      backup.name,
      ago(backup.created_at),
      bytes(backup.bytes),
      backup.keys === undefined ? 'not complete' : plural(backup.keys, 'key'),
    ]);
  return el(
    'section',
    { 'aria-label': 'Backups' },
    el('h2', {}, 'Backups'),
    backups.error ? el('p', { class: 'bad' }, `The last backup failed: ${backups.error}`) : null,
    rows.length === 0
      ? el('p', {}, 'There is no backup yet.')
      : table('The newest backups of this node', ['File', 'Age', 'Size', 'Contents'], rows),
    button('Back up now', () => attempt(() => backUp(again))),
  );
}
