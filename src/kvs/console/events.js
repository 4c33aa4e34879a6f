// The events of the cluster in the last day.
import { el, table } from './dom.js';
import { time } from './format.js';

// `events` is the answer of the node, or undefined when it has none or the caller may not see it.
export function eventsView(events) {
  if (events === undefined) {
    return null;
  }
  const text = (event) =>
    Object.entries(event)
      .filter(([name]) => !['id', 'at', 'level', 'message'].includes(name))
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  const all = [...events.events].reverse();
  return el(
    'section',
    { 'aria-label': 'Events' },
    el('h2', {}, 'Events of the day'),
    all.length === 0
      ? el('p', {}, 'Nothing happened in the cluster.')
      : table(
          'The newest first',
          ['When', 'What', 'More'],
          all.map((event) => [time(event.at), event.message, text(event)]),
        ),
  );
}
