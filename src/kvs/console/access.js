// The page of access: users, groups, tokens, locks and the tamper log, each a view of its own.
import { el } from './dom.js';
import { groupsView } from './groups.js';
import { locksView } from './locks.js';
import { attempt } from './notice.js';
import { isAdmin, myself } from './people.js';
import { routeTo } from './route.js';
import { tamperView } from './tamper.js';
import { tokensView } from './tokens.js';
import { usersView } from './users.js';

const VIEWS = {
  users: ['Users', usersView],
  groups: ['Groups', groupsView],
  tokens: ['Tokens', tokensView],
  locks: ['Locks', locksView],
  log: ['Tamper log', tamperView],
};

function about() {
  const me = myself();
  if (me.open) {
    return 'Accounts are off (auth_enabled: false): everybody who reaches the node may do everything.';
  }
  if (!me.user_uuid) {
    return 'You have given no token.';
  }
  const groups = me.groups.map((group) => group.name).join(', ');
  return `You are ${me.nickname}, with the scopes ${me.scopes.join(', ')}${groups ? `, in ${groups}` : ''}.`;
}

export async function accessPage({ path, parameters }) {
  // Only an administrator may list the users.
  const standard = isAdmin() ? 'users' : 'tokens';
  const chosen = VIEWS[path] ? path : standard;
  const links = Object.entries(VIEWS).map(([view, [title]]) =>
    el('a', { href: routeTo('access', view), 'aria-current': view === chosen ? 'page' : undefined }, title),
  );
  const page = el(
    'div',
    {},
    el('h1', { tabindex: -1 }, 'Access'),
    el('p', { class: 'facts' }, about()),
    el('nav', { 'aria-label': 'Access', class: 'tabs' }, links),
  );
  const view = await attempt(() => VIEWS[chosen][1](parameters));
  page.append(view ?? el('p', {}, 'This is not shown to you.'));
  return page;
}
