// The commands: the last actions of this person as curl lines, at the foot of each page.
import { button, el, fill } from './dom.js';
import { notify } from './notice.js';

const KEPT = 20;
const lines = [];

export function addCommand(line) {
  if (lines[0] !== line) {
    lines.unshift(line);
    lines.length = Math.min(lines.length, KEPT);
    show();
  }
}

// Forgets all lines, for another person.
export function clearCommands() {
  lines.length = 0;
  fill(document.getElementById('commands'));
}

async function copy(line) {
  try {
    await navigator.clipboard.writeText(line);
    notify('copied');
  } catch {
    notify('this browser lets no page copy here: mark the line and copy it yourself');
  }
}

function show() {
  const foot = document.getElementById('commands');
  const open = foot.querySelector('details')?.open;
  const older = lines.slice(1).map((line) => el('li', {}, el('code', {}, line)));
  fill(
    foot,
    el(
      'p',
      { class: 'command' },
      el('span', { class: 'label' }, 'The same with curl: '),
      el('code', { id: 'command' }, lines[0]),
    ),
    button('Copy', () => copy(lines[0]), { name: 'Copy the curl line' }),
    older.length === 0 ? null : el('details', { open }, el('summary', {}, 'Earlier'), el('ol', {}, older)),
  );
}
