// The question before an action that cannot be taken back.
import { curlLine } from './curl.js';
import { el } from './dom.js';
import { token } from './session.js';

// Asks about a request, method and target, and shows its curl line. Resolves to whether the person agrees.
export const ask = (question, verb, [method, target]) =>
  choose(question, verb, 'Cancel', el('code', {}, curlLine(method, target, {}, undefined, token() !== '')));

// Asks, and resolves to whether the person chooses `yes`. Escape is `no`.
export function choose(question, yes, no, more = null) {
  const dialog = el('dialog', { 'aria-labelledby': 'question' });
  return new Promise((resolve) => {
    dialog.append(
      el(
        'form',
        { method: 'dialog', 'aria-labelledby': 'question' },
        el('h2', { id: 'question' }, question),
        more ? el('p', {}, more) : null,
        el(
          'div',
          { class: 'row' },
          el('button', { value: 'yes', class: 'danger' }, yes),
          el('button', { value: 'no', autofocus: true }, no),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
