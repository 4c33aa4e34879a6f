// The groups of users: made, changed, removed.
import { all } from './accounts.js';
import { ask } from './ask.js';
import { button, el, field, fill, form } from './dom.js';
import { plural, short } from './format.js';
import { attempt, notify } from './notice.js';
import { isAdmin } from './people.js';
import { get, send } from './request.js';

// A list of boxes, one for each user, those of `members` checked.
function choice(users, members) {
  const boxes = users.map((user) => {
    const box = el('input', { type: 'checkbox', value: user.uuid, checked: members.includes(user.uuid) });
    return el('label', { class: 'box' }, box, ` ${user.nickname}`);
  });
  const set = el('fieldset', {}, el('legend', {}, 'Members'), boxes);
  // Members that are no known user any more stay as they are.
  const unknown = members.filter((member) => !users.some((user) => user.uuid === member));
  return {
    set,
    chosen: () => [...unknown, ...[...set.querySelectorAll('input:checked')].map((box) => box.value)],
  };
}

export async function groupsView() {
  const list = el('div', {});
  const users = isAdmin() ? await all('/auth/users', 'users', { hidden: true }) : [];

  const remove = async (group) => {
    const target = `/auth/groups/${group.uuid}`;
    if (await ask(`Remove the group ${group.name}?`, 'Remove', ['DELETE', target])) {
      await send('DELETE', target);
      notify(`removed the group ${group.name}`);
      await read();
    }
  };
  // The list of groups has no members: those of a group are read when somebody wants to see them.
  const card = (group) => {
    const target = `/auth/groups/${group.uuid}`;
    const inside = el('div', {});
    const show = ({ members }) => {
      const { set, chosen } = choice(users, members);
      const save = async () => {
        const answer = await send('PUT', target, { body: JSON.stringify({ members: chosen() }) });
        notify(`changed the group ${group.name}`);
        show(answer.json);
      };
      fill(
        inside,
        el('p', {}, plural(members.length, 'member')),
        set,
        button('Save', () => attempt(save), { name: `Save the group ${group.name}` }),
      );
    };
    const open = async () => show((await get(target)).json);
    return el(
      'section',
      { class: 'card', 'aria-label': `Group ${group.name}` },
      el('h3', {}, group.name, ' ', el('code', { title: group.uuid }, short(group.uuid))),
      el(
        'div',
        { class: 'row' },
        button('Show', () => attempt(open), { name: `Show the group ${group.name}` }),
        button('Remove', () => attempt(() => remove(group)), {
          class: 'danger',
          name: `Remove the group ${group.name}`,
        }),
      ),
      inside,
    );
  };
  const read = async () => {
    const groups = await all('/auth/groups', 'groups');
    fill(list, groups.length === 0 ? el('p', {}, 'There is no group.') : groups.map(card));
  };
  const name = el('input', { autocomplete: 'off', required: true, maxlength: 100 });
  const first = choice(users, []);
  const make = async () => {
    await send('POST', '/auth/groups', {
      body: JSON.stringify({ name: name.value, members: first.chosen() }),
    });
    notify(`made the group ${name.value}`);
    name.value = '';
    await read();
  };
  await read();
  return el(
    'section',
    { 'aria-label': 'Groups' },
    el('h2', {}, 'Groups'),
    list,
    !isAdmin()
      ? null
      : [
          el('h3', {}, 'New group'),
          form(
            () => attempt(make),
            { 'aria-label': 'New group' },
            field('Name', name),
            first.set,
            el('button', { class: 'main' }, 'Make the group'),
          ),
        ],
  );
}
