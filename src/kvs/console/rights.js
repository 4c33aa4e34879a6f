// The rights on a path: what the caller may do there and why, the same of another user for an administrator,
// and the permissions of all classes.
import { all } from './accounts.js';
import { el, field, fill, form, table } from './dom.js';
import { attempt } from './notice.js';
import { get, keyTarget, query } from './request.js';
import { groupName, isAdmin, myself, nameOf } from './people.js';

const OPERATIONS = ['read', 'write', 'create', 'delete'];
const BITS = { create: 'c', delete: 'd', write: 'w', read: 'r' };

const yesNo = (allowed) => el('span', { class: allowed ? 'good' : 'bad' }, allowed ? 'yes' : 'no');

// The decisions about all operations; `user` is the id of another user, whatever the scopes of a token.
async function decisions(caption, path, user) {
  const answers = [];
  for (const op of OPERATIONS) {
    const target = `/auth/can${query({ path, op, user_uuid: user })}`;
    answers.push((await get(target, { hidden: op !== 'read' })).json);
  }
  return table(
    caption,
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

// The question about another user, which only an administrator may ask.
async function another(path) {
  if (!isAdmin() || myself().open) {
    return null;
  }
  const users = (await all('/auth/users', 'users', { hidden: true })).filter(
    (user) => user.uuid !== myself().user_uuid,
  );
  const chosen = el(
    'select',
    {},
    users.map((user) => el('option', { value: user.uuid }, user.nickname)),
  );
  const answer = el('div', { role: 'status' });
  const show = async () => {
    const name = chosen.selectedOptions[0].textContent;
    fill(answer, await decisions(`What ${name} may do here, and why`, path, chosen.value));
  };
  return users.length === 0
    ? null
    : el(
        'div',
        {},
        form(
          () => attempt(show),
          { class: 'row', 'aria-label': 'Rights of another user' },
          field('User', chosen),
          el('button', {}, 'Show the rights of this user'),
        ),
        answer,
      );
}

export async function rightsView(path) {
  return el(
    'div',
    {},
    await decisions('What you may do here, and why', path),
    await another(path),
    await everybody(path),
    el('p', {}, 'Administrators may do everything. ', el('a', { href: '#/access/locks' }, 'All locks')),
  );
}
