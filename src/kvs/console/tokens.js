// The tokens: made and shown once, listed without their text, revoked.
import { all } from './accounts.js';
import { ask } from './ask.js';
import { button, el, field, fill, form, table } from './dom.js';
import { duration, short, time } from './format.js';
import { attempt, notify } from './notice.js';
import { isAdmin, myself, nameOf } from './people.js';
import { send } from './request.js';

const SCOPES = ['read', 'write', 'create', 'delete', 'admin'];

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify('copied');
  } catch {
    notify('this browser lets no page copy here: mark the token and copy it yourself');
  }
}

// The only look at a token: the store keeps nothing but a hash.
function onceView({ token, expires_at: expiresAt }, done) {
  return el(
    'div',
    { class: 'card', role: 'region', 'aria-label': 'The new token' },
    el('p', {}, `This is the token. It is shown only now, and ends ${time(expiresAt)}.`),
    el('p', {}, el('code', { id: 'token', class: 'token' }, token)),
    el(
      'div',
      { class: 'row' },
      button('Copy', () => copy(token), { name: 'Copy the token' }),
      button('I have it', done),
    ),
  );
}

export async function tokensView() {
  const list = el('div', {});
  const once = el('div', { 'aria-live': 'polite' });
  const users = isAdmin() ? await all('/auth/users', 'users', { hidden: true }) : [];
  const user = el(
    'select',
    {},
    users.map((one) =>
      el('option', { value: one.uuid, selected: one.uuid === myself().user_uuid }, one.nickname),
    ),
  );
  const life = el('input', { value: '24h', size: 8, autocomplete: 'off' });
  const scopes = el(
    'fieldset',
    {},
    el('legend', {}, 'Scopes'),
    SCOPES.filter((scope) => scope !== 'admin' || isAdmin()).map((scope) =>
      el(
        'label',
        { class: 'box' },
        el('input', { type: 'checkbox', value: scope, checked: scope === 'read' }),
        ` ${scope}`,
      ),
    ),
  );

  const revoke = async (token) => {
    const target = `/auth/tokens/${token.id}`;
    if (await ask(`Revoke the token ${short(token.id)}?`, 'Revoke', ['DELETE', target])) {
      await send('DELETE', target);
      notify(`revoked the token ${short(token.id)}`);
      await read();
    }
  };
  const read = async () => {
    const tokens = await all('/auth/tokens', 'tokens');
    const names = await Promise.all(tokens.map((token) => nameOf(token.user_uuid)));
    fill(
      list,
      table(
        'Living tokens',
        ['Id', 'User', 'Scopes', 'Made', 'Ends in', 'Action'],
        tokens.map((token, i) => [
          el('code', {}, short(token.id)),
          names[i],
          token.scopes.join(', '),
          time(token.issued_at),
          duration(token.expires_at - Date.now()),
          token.id === myself().token_id
            ? 'this one: you use it'
            : button('Revoke', () => attempt(() => revoke(token)), {
                class: 'danger',
                name: `Revoke the token ${short(token.id)}`,
              }),
        ]),
      ),
    );
  };
  const make = async () => {
    const chosen = [...scopes.querySelectorAll('input:checked')].map((box) => box.value);
    const body = {
      ...(isAdmin() ? { user_uuid: user.value } : {}),
      scopes: chosen,
      expires_in: life.value,
    };
    const made = (await send('POST', '/auth/tokens', { body: JSON.stringify(body) })).json;
    fill(
      once,
      onceView(made, () => fill(once)),
    );
    await read();
  };
  await read();
  return el(
    'section',
    { 'aria-label': 'Tokens' },
    el('h2', {}, 'Tokens'),
    list,
    once,
    el('h3', {}, 'New token'),
    form(
      () => attempt(make),
      { 'aria-label': 'New token' },
      el(
        'div',
        { class: 'row' },
        isAdmin() ? field('User', user) : null,
        field('Lives for', life, 'such as 12h, 30d'),
      ),
      scopes,
      el('button', { class: 'main' }, 'Make the token'),
    ),
  );
}
