// The members of the cluster, as this node sees them.
import { ask } from './ask.js';
import { button, el, table } from './dom.js';
import { ago, bytes, duration } from './format.js';
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
export function membersTable({ health, members }, again) {
  const rows = members.map((member) => {
    const own = member.id === health.node_id;
    return [
      own ? `${member.id} (this node)` : member.id,
      member.address,
      el('span', { class: member.status === 'alive' ? 'good' : 'bad' }, member.status),
      member.mode,
      own ? '–' : member.lag_ms === undefined ? 'unknown' : duration(member.lag_ms),
      member.version ?? (own ? health.version : undefined) ?? '–',
      diskOf(member, own, health),
      member.status === 'alive' ? 'now' : ago(member.last_seen),
      isAdmin() && ['failed', 'suspect'].includes(member.status) ? removal(member, again) : '',
    ];
  });
  return table(
    'Members',
    ['Node', 'Address', 'Status', 'Mode', 'Lag', 'Version', 'Disk free', 'Heard', 'Action'],
    rows,
  );
}

function diskOf(member, own, health) {
  const free = member.disk_free_bytes ?? (own ? health.disk_free_bytes : undefined);
  return free === undefined ? '–' : bytes(free);
}
