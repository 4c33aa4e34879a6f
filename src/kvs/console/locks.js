// The locks: the metadata that are set, as a tree of paths; set and removed by an administrator.
import { all } from './accounts.js';
import { ask } from './ask.js';
import { button, el, field, fill, form } from './dom.js';
import { attempt, notify } from './notice.js';
import { groupName, isAdmin, nameOf } from './people.js';
import { keyTarget, query, send } from './request.js';

const CLASSES = ['owner', 'group', 'others'];
const BITS = [
  ['c', 'create'],
  ['d', 'delete'],
  ['w', 'write'],
  ['r', 'read'],
];
const LOCKED = 'cdwr,----,----';

const metadataTarget = (path, parameters = {}) =>
  (path === '' ? '/kv/metadata' : `${keyTarget(path)}/metadata`) + query(parameters);

// Twelve boxes; `text()` is their form `cdwr,c-wr,c--r`.
function bitsForm(standard) {
  const parts = standard.split(',');
  const sets = CLASSES.map((name, i) =>
    el(
      'fieldset',
      {},
      el('legend', {}, `May, as ${name}`),
      BITS.map(([bit, word]) =>
        el(
          'label',
          { class: 'box' },
          el('input', { type: 'checkbox', value: bit, checked: parts[i].includes(bit) }),
          ` ${word}`,
        ),
      ),
    ),
  );
  const text = () =>
    sets
      .map((set) =>
        BITS.map(([bit]) => (set.querySelector(`input[value=${bit}]`).checked ? bit : '-')).join(''),
      )
      .join(',');
  return { element: el('div', { class: 'row' }, sets), text };
}

// The items as a tree: `{ segment, items, below }`.
function treeOf(items) {
  const root = { segment: '', items: [], below: new Map() };
  for (const item of items) {
    let node = root;
    for (const segment of item.path === '' ? [] : item.path.split('/')) {
      if (!node.below.has(segment)) {
        node.below.set(segment, { segment, items: [], below: new Map() });
      }
      node = node.below.get(segment);
    }
    node.items.push(item);
  }
  return root;
}

async function itemView(item, remove) {
  const [owner, group] = await Promise.all([
    nameOf(item.user_uuid ?? item.owner_uuid),
    groupName(item.group_uuid),
  ]);
  const kind =
    item.applies_to === 'own_keys' ? `for the own keys of ${owner}` : `for the subtree, owner ${owner}`;
  const path = item.path || 'the root';
  return el(
    'div',
    { class: 'row' },
    el('code', {}, item.permissions_text),
    ` ${kind}, ${group}`,
    item.older_version ? el('strong', {}, ' of an older version: look over it') : null,
    item.applies_to === 'own_keys'
      ? null
      : button('Remove', () => remove(item), { class: 'danger', name: `Remove the lock of ${path}` }),
  );
}

async function branch(node, remove) {
  const below = await Promise.all([...node.below.values()].map((child) => branch(child, remove)));
  return el(
    'li',
    {},
    el('span', { class: 'name' }, node.segment || 'the root'),
    await Promise.all(node.items.map((item) => itemView(item, remove))),
    below.length === 0 ? null : el('ul', {}, below),
  );
}

function lockForm(users, groups, done) {
  const path = el('input', { class: 'long', autocomplete: 'off', spellcheck: 'false' });
  const option = (value, text) => el('option', { value }, text);
  const owner = el(
    'select',
    {},
    option('', 'as it is'),
    users.map((user) => option(user.uuid, user.nickname)),
  );
  const group = el(
    'select',
    {},
    option('', 'as it is'),
    groups.map((one) => option(one.uuid, one.name)),
  );
  const bits = bitsForm(LOCKED);
  const set = async () => {
    const body = {
      permissions_text: bits.text(),
      ...(owner.value ? { owner_uuid: owner.value } : {}),
      ...(group.value ? { group_uuid: group.value } : {}),
    };
    const name = path.value.replace(/^\/+|\/+$/g, '');
    await send('PUT', metadataTarget(name), { body: JSON.stringify(body) });
    notify(`set ${body.permissions_text} at ${name || 'the root'}`);
    await done();
  };
  return form(
    () => attempt(set),
    { 'aria-label': 'Set a lock' },
    field('Path', path, 'holds for it and everything below; empty: the root'),
    el('div', { class: 'row' }, field('Owner', owner), field('Group', group)),
    bits.element,
    el('button', { class: 'main' }, 'Set the lock'),
  );
}

export async function locksView() {
  const list = el('div', {});
  const remove = (item) =>
    attempt(async () => {
      const target = metadataTarget(item.path, { applies_to: item.applies_to });
      if (
        await ask(
          `Remove the lock of ${item.path || 'the root'}? What is set above it holds again.`,
          'Remove',
          ['DELETE', target],
        )
      ) {
        await send('DELETE', target);
        notify(`removed the lock of ${item.path || 'the root'}`);
        await read();
      }
    });
  const read = async () => {
    const items = await all('/kv/_metadata', 'items');
    fill(
      list,
      items.length === 0
        ? el('p', {}, 'No lock is set: the setting default_permissions holds everywhere.')
        : el('ul', { class: 'locks' }, await branch(treeOf(items), remove)),
    );
  };
  await read();
  const users = isAdmin() ? await all('/auth/users', 'users', { hidden: true }) : [];
  const groups = await all('/auth/groups', 'groups', { hidden: true });
  return el(
    'section',
    { 'aria-label': 'Locks' },
    el('h2', {}, 'Locks'),
    list,
    el('h3', {}, 'Set a lock'),
    lockForm(users, groups, read),
    el('p', {}, el('a', { href: '#/manual/access?at=locks' }, 'What a lock does')),
  );
}
