// The members of the cluster, as this node sees them.
import { ask } from './ask.js';
import { button, el, table } from './dom.js';
import { bytes, duration, time } from './format.js';
import { attempt, notify } from './notice.js';
import { isAdmin } from './people.js';
import { send } from './request.js';

function removal(member, again) {
  const target = `/members/${encodeURIComponent(member.id)}`;
  return button(
    'Remove',
    () =>
      attempt(async () => {
        if (await ask(`Remove ${member.id} from the cluster for good?`, 'Remove', ['DELETE', target])) {
          await send('DELETE', target);
          notify(`removed ${member.id}`);
          again();
        }
      }),
    { class: 'danger', name: `Remove ${member.id} from the cluster` },
  );
}

// The table of the members; `again` draws it anew after a change.
export function membersTable(members, again) {
  const isSecure = members.some((member) => member.certificate_ends_at !== undefined);
  const rows = members.map((member) => {
    const alive = member.status === 'alive';
    return [
      member.self ? `${member.id} (this node)` : member.id,
      member.address,
      el('span', { class: alive ? 'good' : 'bad' }, alive ? member.status : statusOf(member)),
      member.mode,
      member.self ? '–' : member.lag_ms === undefined ? 'unknown' : duration(member.lag_ms),
      member.disk_free_bytes === undefined ? '–' : bytes(member.disk_free_bytes),
      member.uptime_ms === undefined ? '–' : duration(member.uptime_ms),
      member.version ?? '–',
      ...(isSecure ? [certificateEnd(member)] : []),
      isAdmin() && ['failed', 'suspect'].includes(member.status) ? removal(member, again) : '',
    ];
  });
  return table(
    'Members',
    [
      ...['Node', 'Address', 'Status', 'Mode', 'Lag', 'Disk free', 'Up', 'Version'],
      ...(isSecure ? ['Certificate ends'] : []),
      'Action',
    ],
    rows,
  );
}

function certificateEnd({ certificate_ends_at: end }) {
  return end === undefined ? '–' : time(end);
}

function statusOf({ status, silent_ms: silentMs, last_seen: heard }) {
  return `${status} for ${duration(silentMs ?? Date.now() - heard)}`;
}
