// The live changes below a prefix: one line each, the newest first.
import { addCommand } from './commands.js';
import { curlLine } from './curl.js';
import { button, el, fill } from './dom.js';
import { time } from './format.js';
import { attempt } from './notice.js';
import { nameOf } from './people.js';
import { query } from './request.js';
import { routeTo } from './route.js';
import { token } from './session.js';
import { follow } from './stream.js';

const KEPT = 200;
const DATA_MAX = 200;

const wordOf = (change) =>
  change.access ? 'rights' : change.deleted ? 'deleted' : change.expired ? 'expired' : 'written';

async function line(change) {
  const data = change.data === undefined ? '' : JSON.stringify(change.data).slice(0, DATA_MAX);
  const by = change.author ? ` by ${await nameOf(change.author)}` : '';
  return el(
    'li',
    {},
    el('time', {}, time(change.timestamp ?? Date.now())),
    ` ${wordOf(change)} `,
    el('a', { href: routeTo('data', change.path) }, change.path),
    by,
    ' ',
    el('code', {}, data),
  );
}

// `signal` ends the stream when the page is left.
export function changesView(prefix, signal) {
  const state = el('p', { role: 'status' }, 'connecting');
  const list = el('ol', { class: 'log', role: 'log', 'aria-label': 'Changes', tabindex: 0 });
  let pause = new AbortController();
  signal.addEventListener('abort', () => pause.abort());
  const start = () => {
    const told = {
      state: (text) => fill(state, text),
      change: async (change) => {
        list.prepend(await line(change));
        while (list.children.length > KEPT) {
          list.lastChild.remove();
        }
      },
    };
    attempt(() => follow(prefix, pause.signal, told));
  };
  const toggle = button('Pause', () => {
    if (pause.signal.aborted) {
      pause = new AbortController();
      start();
    } else {
      pause.abort();
      fill(state, 'paused');
    }
    toggle.textContent = pause.signal.aborted ? 'Go on' : 'Pause';
  });
  addCommand(
    curlLine(
      'GET',
      `/kv/_changes${query({ prefix, since: 'now' })}`,
      { Accept: 'text/event-stream' },
      undefined,
      token() !== '',
    ).replace('curl', 'curl -N'),
  );
  start();
  return el(
    'section',
    { 'aria-label': 'Live changes' },
    el('h2', { tabindex: -1 }, prefix ? `Live changes below ${prefix}` : 'Live changes'),
    el(
      'div',
      { class: 'row' },
      toggle,
      button('Clear', () => fill(list)),
    ),
    state,
    list,
  );
}
