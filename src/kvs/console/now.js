// The page of the present: one sentence, the members, problems, figures, backups and events.
import { backupsView } from './backups.js';
import { el, fill, refresh } from './dom.js';
import { eventsView } from './events.js';
import { figuresView, remember } from './figures.js';
import { duration, plural, time } from './format.js';
import { membersTable } from './members.js';
import { parseMetrics, sum } from './metrics.js';
import { attempt } from './notice.js';
import { isAdmin } from './people.js';
import { get } from './request.js';
import { judge } from './state.js';

const PERIOD_MS = 5_000;
const DAY_MS = 86_400_000;

// Whether this node has events; a node that answered otherwise once is not asked again.
let eventsThere = true;

const hidden = { hidden: true };

// The JSON of an address, or undefined where the node has none or the caller may not see it.
async function optional(target) {
  const answer = await get(target, { hidden: true, taken: [401, 403, 404, 503] });
  return answer.status === 200 ? answer.json : undefined;
}

async function read() {
  const health = (await get('/health', { hidden: true, taken: [503] })).json;
  const members = (await get('/members/', hidden)).json;
  const backups = isAdmin() ? await optional('/admin/backups') : undefined;
  const events =
    isAdmin() && eventsThere
      ? await optional(`/admin/events?since=${Date.now() - DAY_MS}&limit=200`)
      : undefined;
  eventsThere = isAdmin() ? events !== undefined : eventsThere;
  const metrics = await get('/metrics', { hidden: true, taken: [401, 403] });
  const samples = metrics.status === 200 ? parseMetrics(metrics.text) : [];
  remember(samples);
  return { health, members, backups, events, samples };
}

function problems({ health }) {
  const all = health.problems ?? [];
  const text = (problem) => (typeof problem === 'string' ? problem : problem.detail);
  return el(
    'section',
    { 'aria-label': 'Problems' },
    el('h2', {}, 'Problems'),
    all.length === 0
      ? el('p', {}, health.problems ? 'None.' : 'Sign in to see them.')
      : el(
          'ul',
          {},
          all.map((problem) => el('li', {}, text(problem))),
        ),
    el('p', {}, el('a', { href: '#/manual/3am' }, 'What to do at 3 am')),
  );
}

function certificateView({ samples }) {
  const end = sum(samples, 'kvs_tls_certificate_end_time_seconds');
  return end === 0
    ? null
    : el(
        'section',
        { 'aria-label': 'Certificate' },
        el('h2', {}, 'Certificate'),
        el(
          'p',
          {},
          `The certificate of this node ends ${time(1000 * end)}, in ${duration(1000 * end - Date.now())}.`,
        ),
      );
}

function programView({ health }) {
  return health.uptime_ms === undefined
    ? null
    : el(
        'p',
        { class: 'facts' },
        `${plural(health.keys ?? 0, 'key')}; up ${duration(health.uptime_ms)}; version ${health.version}`,
      );
}

export async function nowPage(route, signal) {
  const sentence = el('p', { class: 'sentence', role: 'status' });
  const rest = el('div', {});
  const page = el('div', {}, el('h1', { tabindex: -1 }, 'Now'), sentence, rest);
  const draw = async () => {
    const facts = await read();
    const { level, text } = judge(facts, Date.now());
    if (sentence.textContent !== text) {
      sentence.className = `sentence ${level}`;
      fill(sentence, text);
    }
    refresh(rest, [
      membersTable(facts, draw),
      problems(facts),
      figuresView(),
      backupsView(facts.backups, draw),
      certificateView(facts),
      eventsView(facts.events),
      programView(facts),
    ]);
  };
  await attempt(draw);
  const timer = setInterval(
    () =>
      draw().catch((failure) => {
        sentence.className = 'sentence bad';
        fill(sentence, `✕ ${failure.message}`);
      }),
    PERIOD_MS,
  );
  signal.addEventListener('abort', () => clearInterval(timer));
  return page;
}
