// The figures of the last minutes, in the memory of this page: a line for each, drawn from the metrics.
import { el } from './dom.js';
import { bytes } from './format.js';
import { rates } from './metrics.js';
import { sparkline } from './sparkline.js';

const KEPT = 120;

let last;
const figures = { requests: [], latency: [], writes: [], disk: [] };

// A reading of the metrics; the figures grow by one.
export function remember(samples) {
  const reading = { at: Date.now(), samples };
  if (last) {
    Object.entries(rates(last, reading)).forEach(([name, value]) => {
      figures[name].push(value);
      figures[name].splice(0, Math.max(0, figures[name].length - KEPT));
    });
  }
  last = reading;
}

export function figuresView() {
  const forms = {
    requests: (value) => `${value.toFixed(1)} a second`,
    writes: (value) => `${value.toFixed(1)} a second`,
    latency: (value) => `${value.toFixed(1)} ms`,
    disk: bytes,
  };
  const titles = {
    requests: 'Requests',
    latency: '99 of 100 answered within',
    writes: 'Writes',
    disk: 'Log on the disk',
  };
  return el(
    'section',
    { 'aria-label': 'The last minutes' },
    el('h2', {}, 'The last minutes'),
    el(
      'div',
      { class: 'sparks' },
      Object.keys(figures).map((name) => sparkline(titles[name], figures[name], forms[name])),
    ),
  );
}
