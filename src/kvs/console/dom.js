// The makers of elements. Every text becomes a text node, so no document is ever read as HTML.

// An element. Traits are attributes; `on` holds listeners by event, `value` and `checked` are properties.
// A trait that is false, null or undefined is left out. Children are elements, texts, or lists of both.
export function el(tag, traits = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, trait] of Object.entries(traits)) {
    if (name === 'on') {
      Object.entries(trait).forEach(([event, listener]) => element.addEventListener(event, listener));
    } else if (name === 'value' || name === 'checked') {
      element[name] = trait;
    } else if (trait !== false && trait !== null && trait !== undefined) {
      element.setAttribute(name, trait === true ? '' : trait);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

// An element of SVG.
export function svg(tag, traits = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  Object.entries(traits).forEach(([name, trait]) => element.setAttribute(name, trait));
  element.append(...children);
  return element;
}

// Replaces all children.
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined),
  );
  return element;
}

// Replaces the children that have changed. What is the same stays, with the focus and the place of a reader;
// a button that is drawn anew gets the focus back.
export function refresh(element, children) {
  const wanted = children.filter((child) => child !== null);
  const focused = element.contains(document.activeElement) ? nameOf(document.activeElement) : undefined;
  const old = [...element.children];
  wanted.forEach((child, i) => {
    if (old[i] === undefined) {
      element.append(child);
    } else if (!old[i].isEqualNode(child)) {
      old[i].replaceWith(child);
    }
  });
  old.slice(wanted.length).forEach((child) => child.remove());
  if (focused && !element.contains(document.activeElement)) {
    [...element.querySelectorAll('button')].find((one) => nameOf(one) === focused)?.focus();
  }
}

const nameOf = (control) => control.getAttribute('aria-label') ?? control.textContent;

// A button that is busy while its action runs, so that no action runs twice. `name` is its accessible name
// where the text alone does not say enough: it contains the text.
export function button(text, action, traits = {}) {
  const { name, ...others } = traits;
  const made = el('button', { type: 'button', 'aria-label': name, ...others }, text);
  made.addEventListener('click', async () => {
    if (made.getAttribute('aria-busy') === 'true') {
      return;
    }
    made.setAttribute('aria-busy', 'true');
    try {
      await action(made);
    } finally {
      made.removeAttribute('aria-busy');
    }
  });
  return made;
}

// A form that stays on its page: its button, or Enter, runs the action, but not while it runs already.
export function form(action, traits, ...children) {
  const made = el('form', traits, ...children);
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (made.getAttribute('aria-busy') === 'true') {
      return;
    }
    made.setAttribute('aria-busy', 'true');
    try {
      await action();
    } finally {
      made.removeAttribute('aria-busy');
    }
  });
  return made;
}

let fields = 0;

// A field with its label before it. `control` is an input, a select or a text area.
export function field(label, control, hint) {
  control.id = control.id || `field${++fields}`;
  const parts = [el('label', { for: control.id }, label), control];
  if (hint) {
    control.setAttribute('aria-describedby', `${control.id}hint`);
    parts.push(el('span', { class: 'hint', id: `${control.id}hint` }, hint));
  }
  return el('div', { class: 'field' }, parts);
}

// A table. Heads are texts; a row is a list of cells; the first cell of a row is its head. The roles stand
// there because a narrow screen shows each cell as a line of its own, which is no table to a browser.
export function table(caption, heads, rows) {
  const cell = (content, i) =>
    i === 0
      ? el('th', { scope: 'row', role: 'rowheader' }, content)
      : el('td', { role: 'cell', 'data-head': heads[i] }, content);
  const head = heads.map((text) => el('th', { scope: 'col', role: 'columnheader' }, text));
  return el(
    'div',
    { class: 'wide' },
    el(
      'table',
      { role: 'table', class: 'list' },
      el('caption', {}, caption),
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, head)),
      el(
        'tbody',
        { role: 'rowgroup' },
        rows.map((cells) => el('tr', { role: 'row' }, cells.map(cell))),
      ),
    ),
  );
}
