// The question before an action that cannot be taken back, with the curl line that does the same.
import { el } from './dom.js';
import { curlLine } from './curl.js';
import { token } from './session.js';

// Asks, and resolves to whether the person agrees. `request` is method and target.
export function ask(question, verb, [method, target]) {
  const dialog = el('dialog', { 'aria-labelledby': 'question' });
  return new Promise((resolve) => {
    const form = el(
      'form',
      { method: 'dialog', 'aria-labelledby': 'question' },
      el('h2', { id: 'question' }, question),
      el('p', {}, el('code', {}, curlLine(method, target, {}, undefined, token() !== ''))),
      el(
        'div',
        { class: 'row' },
        el('button', { value: 'yes', class: 'danger' }, verb),
        el('button', { value: 'no', autofocus: true }, 'Cancel'),
      ),
    );
    dialog.append(form);
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
