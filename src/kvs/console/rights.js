// The rights on a path: what the caller may do there and why, and the permissions of all classes.
import { el, table } from './dom.js';
import { get, keyTarget, query } from './request.js';
import { groupName, nameOf } from './people.js';

const OPERATIONS = ['read', 'write', 'create', 'delete'];
const BITS = { create: 'c', delete: 'd', write: 'w', read: 'r' };

const yesNo = (allowed) => el('span', { class: allowed ? 'good' : 'bad' }, allowed ? 'yes' : 'no');

async function mine(path) {
  const answers = [];
  for (const op of OPERATIONS) {
    answers.push((await get(`/auth/can${query({ path, op })}`, { hidden: op !== 'read' })).json);
  }
  return table(
    'What you may do here, and why',
    ['Operation', 'Allowed', 'Class', 'Why'],
    answers.map((can) => [can.op, yesNo(can.allowed), can.standing, can.why]),
  );
}

async function everybody(path) {
  const metadata = (await get(`${keyTarget(path)}/metadata`, { hidden: true })).json;
  const [owner, group] = await Promise.all([nameOf(metadata.owner_uuid), groupName(metadata.group_uuid)]);
  const classes = metadata.permissions_text.split(',');
  const rows = [
    ['owner', owner],
    ['group', group],
    ['others', 'everybody else with a token'],
  ];
  const from = metadata.inherited_from ? `set at ${metadata.inherited_from}` : 'set here';
  return [
    table(
      `Who may do what: ${metadata.permissions_text}, ${from}, for ${metadata.applies_to}`,
      ['Class', 'Who', ...OPERATIONS],
      rows.map(([name, who], i) => [
        name,
        who,
        ...OPERATIONS.map((op) => yesNo(classes[i].includes(BITS[op]))),
      ]),
    ),
    metadata.subtree_permissions_text
      ? el(
          'p',
          {},
          'The subtree, which is the ceiling, has ',
          el('code', {}, metadata.subtree_permissions_text),
          '.',
        )
      : null,
  ];
}

export async function rightsView(path) {
  return el(
    'div',
    {},
    await mine(path),
    await everybody(path),
    el('p', {}, 'Administrators may do everything. ', el('a', { href: '#/access/locks' }, 'All locks')),
  );
}
