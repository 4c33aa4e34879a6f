// The difference of two texts, line by line (Myers, 1986). Two texts that differ in more than DISTANCE_MAX
// lines are shown one after the other: the search for a shorter way would take too long.
import { el } from './dom.js';

const DISTANCE_MAX = 800;
const CONTEXT = 3;
const SIGNS = { same: '  ', old: '- ', new: '+ ' };

// The steps from `before` to `after`: `{ kind: 'same' | 'old' | 'new', line }`.
export function steps(before, after) {
  const a = before.split('\n');
  const b = after.split('\n');
  const trace = search(a, b);
  return trace
    ? walk(a, b, trace)
    : [...a.map((line) => ({ kind: 'old', line })), ...b.map((line) => ({ kind: 'new', line }))];
}

// The furthest reach on each diagonal after each number of changes.
function search(a, b) {
  let reach = new Map([[1, 0]]);
  const trace = [];
  for (let d = 0; d <= Math.min(a.length + b.length, DISTANCE_MAX); d++) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach.get(k - 1) < reach.get(k + 1));
      let x = down ? reach.get(k + 1) : reach.get(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) {
        x++;
      }
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) {
        return trace;
      }
    }
  }
  return undefined;
}

function walk(a, b, trace) {
  const found = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d];
    const k = x - y;
    const down = k === -d || (k !== d && reach.get(k - 1) < reach.get(k + 1));
    const fromX = reach.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      found.push({ kind: 'same', line: a[--x] });
      y--;
    }
    if (d > 0) {
      found.push(down ? { kind: 'new', line: b[--y] } : { kind: 'old', line: a[--x] });
    }
  }
  return found.reverse();
}

// The difference as an element: changed lines with a few around them.
export function diffView(before, after, label) {
  const all = steps(before, after);
  const near = new Set();
  all.forEach((step, i) => {
    for (let j = i - CONTEXT; step.kind !== 'same' && j <= i + CONTEXT; j++) {
      near.add(j);
    }
  });
  if (near.size === 0) {
    return el('p', {}, 'No difference.');
  }
  const lines = [];
  all.forEach((step, i) => {
    if (near.has(i)) {
      lines.push(el('span', { class: `line ${step.kind}` }, `${SIGNS[step.kind]}${step.line}\n`));
    } else if (near.has(i - 1)) {
      lines.push(el('span', { class: 'line gap' }, '⋯\n'));
    }
  });
  return el('pre', { class: 'diff', role: 'region', 'aria-label': label, tabindex: 0 }, lines);
}

// Both sides beside each other, with what differs marked: the conflict of two people.
export function sidesView(before, after, [beforeLabel, afterLabel]) {
  const all = steps(before, after);
  const side = (label, kind) =>
    el(
      'section',
      { 'aria-label': label },
      el('h4', {}, label),
      el(
        'pre',
        { class: 'diff', tabindex: 0, role: 'region', 'aria-label': `${label}: text` },
        all
          .filter((step) => step.kind === 'same' || step.kind === kind)
          .map((step) => el('span', { class: `line ${step.kind}` }, `${step.line}\n`)),
      ),
    );
  return el('div', { class: 'sides' }, side(beforeLabel, 'old'), side(afterLabel, 'new'));
}
