// The users: made, renamed, made administrators, removed.
import { all } from './accounts.js';
import { ask } from './ask.js';
import { button, el, field, fill, form, table } from './dom.js';
import { short, time } from './format.js';
import { attempt, notify } from './notice.js';
import { send } from './request.js';

export async function usersView() {
  const list = el('div', {});
  const name = el('input', { autocomplete: 'off', required: true, maxlength: 100 });
  const admin = el('input', { type: 'checkbox' });

  const change = async (user, body, text) => {
    await send('PUT', `/auth/users/${user.uuid}`, { body: JSON.stringify(body) });
    notify(text);
    await read();
  };
  const rename = async (user, input) => {
    await change(user, { nickname: input.value }, `renamed ${user.nickname} to ${input.value}`);
  };
  const remove = async (user) => {
    const target = `/auth/users/${user.uuid}`;
    if (await ask(`Remove ${user.nickname} for good, with all tokens?`, 'Remove', ['DELETE', target])) {
      await send('DELETE', target);
      notify(`removed ${user.nickname}`);
      await read();
    }
  };
  const row = (user) => {
    const input = el('input', {
      value: user.nickname,
      'aria-label': `Nickname of ${user.nickname}`,
      maxlength: 100,
    });
    return [
      el(
        'div',
        { class: 'row' },
        input,
        button('Rename', () => attempt(() => rename(user, input)), { name: `Rename ${user.nickname}` }),
      ),
      el('code', { title: user.uuid }, short(user.uuid)),
      time(user.created_at),
      el(
        'div',
        { class: 'row' },
        user.admin ? 'administrator' : '',
        button(
          user.admin ? 'Take the flag' : 'Make administrator',
          () =>
            attempt(() =>
              change(
                user,
                { admin: !user.admin },
                `${user.nickname} ${user.admin ? 'is no' : 'is an'}` + ' administrator now',
              ),
            ),
          { name: `${user.admin ? 'Take the flag' : 'Make administrator'}: ${user.nickname}` },
        ),
      ),
      button('Remove', () => attempt(() => remove(user)), {
        class: 'danger',
        name: `Remove ${user.nickname}`,
      }),
    ];
  };
  const read = async () => {
    const users = await all('/auth/users', 'users');
    fill(list, table('Users', ['Nickname', 'Id', 'Made', 'Administrator', 'Action'], users.map(row)));
  };
  const make = async () => {
    await send('POST', '/auth/users', {
      body: JSON.stringify({ nickname: name.value, ...(admin.checked ? { admin: true } : {}) }),
    });
    notify(`made the user ${name.value}`);
    name.value = '';
    await read();
  };
  await read();
  return el(
    'section',
    { 'aria-label': 'Users' },
    el('h2', {}, 'Users'),
    list,
    el('h3', {}, 'New user'),
    form(
      () => attempt(make),
      { class: 'row', 'aria-label': 'New user' },
      field('Nickname', name),
      field('Administrator', admin),
      el('button', { class: 'main' }, 'Make the user'),
    ),
  );
}
