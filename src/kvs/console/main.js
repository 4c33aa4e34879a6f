// The start of the console: who the caller is, and which page is shown.
import { accessPage } from './access.js';
import { clearCommands } from './commands.js';
import { dataPage, forgetData } from './data.js';
import { button, el, field, fill, form } from './dom.js';
import { manualPage } from './manual.js';
import { complain, quiet } from './notice.js';
import { nowPage } from './now.js';
import { isAdmin, myself, setMe } from './people.js';
import { get, onUnauthorized } from './request.js';
import { parseRoute } from './route.js';
import { forget, goesWithout, goWithout, keep, token } from './session.js';
import { mayLeave } from './unsaved.js';

const PAGES = {
  now: ['Now', nowPage],
  data: ['Data', dataPage],
  access: ['Access', accessPage],
  manual: ['Manual', manualPage],
};

const main = document.getElementById('page');
let leaving = new AbortController();
// The address of the page that is shown.
let shown = '';

function showNavigation(chosen) {
  fill(
    document.getElementById('pages'),
    Object.entries(PAGES).map(([page, [title]]) =>
      el('a', { href: `#/${page}/`, 'aria-current': page === chosen ? 'page' : undefined }, title),
    ),
  );
  const me = myself();
  const name = me.nickname
    ? `${me.nickname}${isAdmin() ? ' (administrator)' : ''}`
    : me.open
      ? 'accounts are off'
      : 'nobody';
  fill(
    document.getElementById('person'),
    el('span', {}, name),
    button(token() ? 'Sign out' : 'Sign in', signOut),
  );
}

// Forgets the person and what was shown to them: whoever comes next may be another.
function leave() {
  leaving.abort();
  forget();
  forgetData();
  clearCommands();
  setMe({});
}

async function signOut() {
  if (await mayLeave()) {
    leave();
    await start();
  }
}

// The page of the present route. A page may end its work when `leaving` is aborted.
async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  shown = location.hash;
  const route = parseRoute(shown);
  const [title, page] = PAGES[route.page] ?? PAGES.now;
  showNavigation(PAGES[route.page] ? route.page : 'now');
  document.title = `${title} – KVS`;
  quiet();
  main.setAttribute('aria-busy', 'true');
  try {
    const made = await page(route, signal);
    if (!signal.aborted && main.firstChild !== made) {
      fill(main, made);
      main.querySelector('h1')?.focus();
    }
  } catch (failure) {
    if (signal.aborted) {
      return;
    }
    fill(main, el('h1', { tabindex: -1 }, title), el('p', {}, 'This page could not be shown.'));
    complain(failure);
  } finally {
    if (!signal.aborted) {
      main.removeAttribute('aria-busy');
    }
  }
}

function signInForm(why) {
  const input = el('input', { type: 'password', autocomplete: 'off', required: true, class: 'long' });
  const card = form(
    () => {
      keep(input.value.trim());
      return start();
    },
    { class: 'card', 'aria-label': 'Sign in' },
    el('h1', { tabindex: -1 }, 'Sign in'),
    why ? el('p', { class: 'bad', role: 'alert' }, why) : null,
    el(
      'p',
      {},
      'On the machine of the node, ',
      el('code', {}, 'java -jar kvs.jar token'),
      ' prints a token.',
    ),
    field('Token', input, 'it stays in this tab, until you close it or sign out'),
    el('p', {}, 'No token is needed while accounts are off, or to read what is open to all.'),
    el(
      'div',
      { class: 'row' },
      el('button', { class: 'main' }, 'Sign in'),
      button('Go on without a token', () => {
        goWithout();
        return start();
      }),
    ),
  );
  leaving.abort();
  main.removeAttribute('aria-busy');
  fill(main, card);
  fill(document.getElementById('person'));
  document.title = 'Sign in – KVS';
  input.focus();
}

// Finds out who the caller is, and shows the page, or the form for a token.
async function start() {
  quiet();
  try {
    const health = await get('/health', { hidden: true, taken: [503], anyone: true });
    fill(document.getElementById('node'), health.json.node_id);
    if (!token() && !goesWithout()) {
      setMe({});
      signInForm();
      return;
    }
    const answer = await get('/auth/whoami', { hidden: true, taken: [401, 403, 503] });
    if (answer.status === 401 && token()) {
      leave();
      signInForm(`The node does not take this token: ${answer.json.detail}`);
      return;
    }
    const open = answer.json.reason === 'auth_disabled';
    setMe(answer.status === 200 ? answer.json : { open, admin: open });
    await show();
  } catch (failure) {
    complain(failure);
  }
}

onUnauthorized((problem) => {
  if (token()) {
    leave();
    signInForm(`The node no longer takes your token: ${problem.detail ?? ''}`);
  }
});

document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', async () => {
  if (location.hash === shown || !(token() || goesWithout())) {
    return;
  }
  if (await mayLeave()) {
    show();
  } else {
    history.replaceState(null, '', shown);
  }
});
window.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  complain(event.reason ?? new Error('a rejection without a reason'));
});
start();
