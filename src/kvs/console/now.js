// The page of the present: one sentence, the members, problems, figures, backups, partners and events.
import { backupsView } from './backups.js';
import { el, fill, refresh } from './dom.js';
import { eventsView } from './events.js';
import { figuresView, remember } from './figures.js';
import { duration, plural, time } from './format.js';
import { membersTable } from './members.js';
import { parseMetrics, sum } from './metrics.js';
import { attempt, failureText } from './notice.js';
import { partnersView } from './partners.js';
import { isAdmin, myself } from './people.js';
import { get } from './request.js';
import { token } from './session.js';
import { judge } from './state.js';

const PERIOD_MS = 5_000;
const DAY_MS = 86_400_000;

// The JSON of an address, or undefined where the node has none or the caller may not see it.
async function optional(target, signal) {
  const answer = await get(target, { hidden: true, signal, taken: [401, 403, 404, 503] });
  return answer.status === 200 ? answer.json : undefined;
}

// The health of the node with all members, as far as the caller may know it.
async function readHealth(signal) {
  if (token() || myself().open) {
    return (await get('/health?verbose', { hidden: true, signal, taken: [503] })).json;
  }
  const health = (await get('/health', { hidden: true, signal, taken: [503] })).json;
  const members = (await get('/members/', { hidden: true, signal })).json;
  return {
    ...health,
    members: members.map((member) => ({ ...member, self: member.id === health.node_id })),
  };
}

async function read(signal) {
  const health = await readHealth(signal);
  const since = Date.now() - DAY_MS;
  const [backups, events] = isAdmin()
    ? await Promise.all([
        optional('/admin/backups', signal),
        optional(`/admin/events?since=${since}`, signal),
      ])
    : [];
  const metrics = await get('/metrics', { hidden: true, signal, taken: [401, 403] });
  const samples = metrics.status === 200 ? parseMetrics(metrics.text) : [];
  remember(samples);
  return { health, backups, events, samples };
}

function problemsView({ problem_details: details }) {
  const item = ({ detail, cure }) => el('li', {}, detail, cure ? el('p', { class: 'cure' }, cure) : null);
  return el(
    'section',
    { 'aria-label': 'Problems' },
    el('h2', {}, 'Problems'),
    details === undefined ? el('p', {}, 'Sign in to see them.') : null,
    details?.length === 0 ? el('p', {}, 'None.') : null,
    details?.length > 0 ? el('ul', {}, details.map(item)) : null,
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
    const facts = await read(signal);
    const { level, text } = judge(facts, Date.now());
    if (sentence.textContent !== text) {
      sentence.className = `sentence ${level}`;
      fill(sentence, text);
    }
    refresh(rest, [
      membersTable(facts.health.members, draw),
      problemsView(facts.health),
      figuresView(),
      backupsView(facts.backups, draw),
      partnersView(facts.health.partners),
      certificateView(facts),
      eventsView(facts.events),
      programView(facts),
    ]);
  };
  await attempt(draw);
  if (signal.aborted) {
    return page;
  }
  // A page that nobody sees asks for nothing, and a slow node is not asked twice at once.
  let drawing = false;
  const again = async () => {
    if (drawing || document.hidden) {
      return;
    }
    drawing = true;
    try {
      await draw();
    } catch (failure) {
      if (!signal.aborted) {
        sentence.className = 'sentence bad';
        fill(sentence, `✕ ${failureText(failure)}`);
      }
    } finally {
      drawing = false;
    }
  };
  const timer = setInterval(again, PERIOD_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  return page;
}
