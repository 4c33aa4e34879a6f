// The sparkline: the last values of one figure as a line, with the present one as text.
import { el, svg } from './dom.js';

const WIDTH = 240;
const HEIGHT = 40;

export function sparkline(title, values, form) {
  const max = Math.max(...values, 1e-9);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map(
    (value, i) => `${(i * step).toFixed(1)},${(HEIGHT - 2 - (value / max) * (HEIGHT - 4)).toFixed(1)}`,
  );
  const now = values.length === 0 ? 'no value yet' : form(values.at(-1));
  const label = `${title}: now ${now}, at most ${form(max)} in this time`;
  return el(
    'figure',
    { class: 'spark' },
    el('figcaption', {}, `${title} `, el('strong', {}, now)),
    svg(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label, preserveAspectRatio: 'none' },
      svg('polyline', { points: points.join(' ') }),
    ),
  );
}
