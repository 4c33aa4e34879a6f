// The state of the cluster in one sentence: a pure function of what the node reports.
import { duration, plural } from './format.js';

const LAG_MS_MAX = 10_000;

// `{ level: 'good' | 'amber' | 'bad', text }`. The sign before the text says the same as the colour.
export function judge({ health, backups }, now) {
  const { members } = health;
  const alive = members.filter((member) => member.status === 'alive').length;
  const all = members.filter((member) => member.status !== 'left').length;
  const lag = Math.max(0, ...members.map((member) => member.lag_ms ?? 0));
  const parts = [
    `${alive} of ${plural(all, 'node')} alive`,
    lag > LAG_MS_MAX ? `up to ${duration(lag)} behind` : 'in sync',
  ];
  const newest = backups?.backups.find((backup) => backup.keys !== undefined);
  const backupAt = newest?.created_at ?? health.last_backup_at;
  if (backups || backupAt) {
    parts.push(backupAt ? `backup ${duration(now - backupAt)} ago` : 'no backup yet');
  }
  const number = health.problems?.length ?? 0;
  if (!['ok', 'degraded'].includes(health.status)) {
    return {
      level: 'bad',
      text: `✕ ${health.node_id} does not serve all requests (${health.status}): ${parts.join(', ')}`,
    };
  }
  if (health.status === 'degraded' || alive < all || lag > LAG_MS_MAX) {
    const what = number > 0 ? `${plural(number, 'problem')}, ` : '';
    return {
      level: 'amber',
      text: `! ${health.node_id} works, but needs a look: ${what}${parts.join(', ')}`,
    };
  }
  return { level: 'good', text: `✓ ${health.node_id} is well: ${parts.join(', ')}` };
}
