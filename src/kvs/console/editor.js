// The editor of a JSON text: with numbers of lines, and a mark at the line of the error.
import { button, el, field, fill } from './dom.js';
import { faultOf, pretty } from './json.js';
import { watchUnsaved } from './unsaved.js';

const LINE_HEIGHT = 20;
const AT_ONCE = 50_000;
const PAUSE_MS = 300;

export class Editor {
  constructor(label, text) {
    this.numbers = el('pre', { class: 'numbers', 'aria-hidden': true });
    this.mark = el('div', { class: 'mark', hidden: true, 'aria-hidden': true });
    this.area = el('textarea', {
      class: 'code',
      spellcheck: 'false',
      autocapitalize: 'off',
      wrap: 'off',
      rows: 16,
      value: text,
      on: { input: () => this.#later(), scroll: () => this.#place() },
    });
    this.message = el('p', { class: 'fault', role: 'alert' });
    this.message.id = 'fault';
    this.area.setAttribute('aria-describedby', 'fault');
    this.toFault = button('Go to the error', () => this.#select(), { hidden: true });
    const frame = field(label, this.area);
    frame.classList.add('editor');
    this.area.before(el('div', { class: 'gutter' }, this.numbers, this.mark));
    this.element = el(
      'div',
      {},
      frame,
      el(
        'div',
        { class: 'row' },
        button('Format', () => this.format()),
        this.toFault,
      ),
      this.message,
    );
    this.check();
    this.settle();
    watchUnsaved(() => this.area.isConnected && this.text !== this.settled);
  }

  // Notes the text that is stored, the present one unless another is given: it may be left.
  settle(text = this.text) {
    this.settled = text;
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    this.area.value = text;
    this.check();
  }

  format() {
    if (!this.check()) {
      this.text = pretty(this.text);
    }
  }

  // Shows the fault of the text, if it has one, and returns it.
  check() {
    this.fault = faultOf(this.text);
    this.show(this.fault);
    return this.fault;
  }

  // Marks a fault with line, column and message: the one found here, or one that the node has found.
  show(fault) {
    this.fault = fault;
    const lines = this.text.split('\n').length;
    fill(this.numbers, Array.from({ length: lines }, (_, i) => i + 1).join('\n'));
    fill(this.message, fault ? `Line ${fault.line}, column ${fault.column}: ${fault.message}.` : null);
    this.area.setAttribute('aria-invalid', String(fault !== undefined));
    this.mark.hidden = fault === undefined;
    this.toFault.hidden = fault === undefined;
    this.#place();
  }

  #later() {
    if (this.text.length < AT_ONCE) {
      this.check();
    } else {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), PAUSE_MS);
    }
  }

  #place() {
    this.numbers.style.transform = `translateY(${-this.area.scrollTop}px)`;
    if (this.fault) {
      const top = (this.fault.line - 1) * LINE_HEIGHT - this.area.scrollTop;
      this.mark.style.transform = `translateY(${top}px)`;
    }
  }

  #select() {
    const lines = this.text.split('\n');
    const from = lines.slice(0, this.fault.line - 1).join('\n').length + (this.fault.line > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(from + this.fault.column - 1, from + lines[this.fault.line - 1].length);
    this.area.scrollTop = Math.max(0, (this.fault.line - 4) * LINE_HEIGHT);
  }
}
