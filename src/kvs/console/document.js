// The document of a key: read, edited, saved with the condition that nobody else has changed it, deleted.
import { ask } from './ask.js';
import { sidesView } from './diff.js';
import { button, el, field, fill } from './dom.js';
import { Editor } from './editor.js';
import { ago, duration, short, time } from './format.js';
import { members, pretty } from './json.js';
import { attempt, notify } from './notice.js';
import { get, keyTarget, query, send } from './request.js';

// A version as the editor needs it: text, tag, times. Undefined when there is none.
export async function readDocument(path, options = {}) {
  const answer = await get(keyTarget(path), { ...options, taken: [404] });
  if (answer.status === 404) {
    return undefined;
  }
  const { data } = members(answer.text);
  const { uuid, timestamp, expires_at: expiresAt } = answer.json;
  return { text: pretty(data), tag: answer.tag, uuid, timestamp, expiresAt };
}

// The view of an existing document. `changed` is called after a save or a delete.
export async function documentView(path, changed) {
  const version = await readDocument(path);
  return version === undefined
    ? el(
        'p',
        {},
        'There is no document here. It may have been deleted, have expired,' +
          ' or be hidden from you. Its history shows more, if you may see it.',
      )
    : new DocumentForm(path, version, changed).element;
}

class DocumentForm {
  constructor(path, version, changed) {
    this.path = path;
    this.version = version;
    this.changed = changed;
    this.editor = new Editor('Document (JSON)', version.text);
    this.ttl = el('input', { size: 8, autocomplete: 'off' });
    this.facts = el('p', { class: 'facts' });
    this.clash = el('div', {});
    this.element = el(
      'div',
      {},
      this.facts,
      this.editor.element,
      el(
        'div',
        { class: 'row' },
        field('Lives for', this.ttl, 'such as 90s, 1h, 7d; 0: without end; empty: as before'),
        button('Save', () => attempt(() => this.save()), { class: 'main' }),
        button('Delete', () => attempt(() => this.remove()), { class: 'danger' }),
      ),
      this.clash,
    );
    this.#tell();
  }

  #tell() {
    const { uuid, timestamp, expiresAt } = this.version;
    fill(
      this.facts,
      `Version ${short(uuid)}, written ${time(timestamp)} (${ago(timestamp)})`,
      expiresAt ? `; ends ${time(expiresAt)}, in ${duration(expiresAt - Date.now())}` : '',
    );
  }

  async save() {
    if (this.editor.check()) {
      return;
    }
    await this.#put({ 'If-Match': this.version.tag }, this.ttl.value.trim() || 'keep');
  }

  async #put(headers, ttl) {
    const { text } = this.editor;
    const answer = await putDocument(this.path, this.editor, headers, ttl);
    if (answer === undefined) {
      return;
    }
    if (answer.status >= 400) {
      await this.#meet();
    } else {
      this.#stored(answer, text);
    }
  }

  // Goes on from the version that the node has stored. What was typed meanwhile is not saved.
  #stored(answer, text) {
    const { uuid, timestamp, expires_at: expiresAt } = answer.json;
    this.version = { text, tag: answer.tag, uuid, timestamp, expiresAt };
    this.editor.settle(text);
    this.ttl.value = '';
    fill(this.clash);
    this.#tell();
    notify(`saved ${this.path}`);
    this.changed();
  }

  // Somebody else has changed the key: shows both sides, and lets the person decide.
  async #meet() {
    const theirs = await readDocument(this.path, { hidden: true });
    const heading = el('h3', { tabindex: -1 }, 'Somebody was faster');
    const done = (text) => {
      fill(this.clash);
      this.editor.area.focus();
      notify(text);
    };
    fill(
      this.clash,
      el(
        'section',
        { class: 'clash', 'aria-label': 'Conflict' },
        heading,
        el(
          'p',
          {},
          theirs
            ? 'The key has another version now. Nothing was saved.'
            : 'The key was deleted meanwhile. Nothing was saved.',
        ),
        sidesView(theirs?.text ?? '', this.editor.text, ['On the node', 'Yours']),
        el(
          'div',
          { class: 'row' },
          button('Keep mine', () => attempt(() => this.#keepMine(theirs)), { class: 'main' }),
          theirs
            ? button('Take theirs', () => {
                this.version = theirs;
                this.editor.text = theirs.text;
                this.editor.settle();
                this.#tell();
                done('the editor has the version of the node');
              })
            : null,
          theirs
            ? button('Edit mine further', () => {
                this.version = theirs;
                this.#tell();
                done('the next save replaces the version that you have just seen');
              })
            : null,
        ),
      ),
    );
    heading.focus();
  }

  async #keepMine(theirs) {
    if (theirs) {
      this.version = theirs;
      await this.save();
    } else if (!this.editor.check()) {
      await this.#put({ 'If-None-Match': '*' }, this.ttl.value.trim());
    }
  }

  async remove() {
    const target = keyTarget(this.path);
    if (!(await ask(`Delete ${this.path}?`, 'Delete', ['DELETE', target]))) {
      return;
    }
    const answer = await send('DELETE', target, {
      headers: { 'If-Match': this.version.tag },
      taken: [412],
    });
    if (answer.status === 412) {
      await this.#meet();
      return;
    }
    this.editor.settle();
    notify(`deleted ${this.path}: its history brings it back`);
    this.changed(true);
  }
}

// Stores the text of an editor as it stands. A fault of the JSON that the node finds is marked; the result is
// undefined then. 412, and 404 with If-Match, are results too.
async function putDocument(path, editor, headers, ttl) {
  const answer = await send('PUT', keyTarget(path) + query({ plain: true, ttl: ttl || undefined }), {
    body: editor.text,
    headers,
    taken: [400, 404, 412],
  });
  if (answer.status !== 400) {
    return answer;
  }
  const problem = answer.json;
  const place = /line (\d+), column (\d+)/.exec(problem.detail);
  if (problem.reason === 'bad_json' && place) {
    editor.show({ line: Number(place[1]), column: Number(place[2]), message: problem.detail });
  } else {
    throw Object.assign(new Error(problem.detail), { status: 400, reason: problem.reason });
  }
  return undefined;
}

// The form for a new document below a prefix. `made` is called with its key.
export function newDocumentView(prefix, made) {
  const key = el('input', { class: 'long', value: prefix, autocomplete: 'off', spellcheck: 'false' });
  const ttl = el('input', { size: 8, autocomplete: 'off' });
  const editor = new Editor('Document (JSON)', '{}');
  const create = async () => {
    const path = key.value;
    if (path === '' || path.endsWith('/')) {
      notify('a key has a name: nothing is stored under a path with a slash at its end');
      key.focus();
      return;
    }
    const { text } = editor;
    const answer = editor.check()
      ? undefined
      : await putDocument(path, editor, { 'If-None-Match': '*' }, ttl.value.trim());
    if (answer?.status === 412) {
      throw Object.assign(new Error(`${path} is there already: open it to change it`), {
        status: 412,
        reason: 'condition_failed',
      });
    } else if (answer) {
      editor.settle(text);
      notify(`created ${path}`);
      made(path);
    }
  };
  return el(
    'section',
    { 'aria-label': 'New document' },
    el('h2', { tabindex: -1 }, 'New document'),
    field('Key', key, 'segments with single slashes between them, such as users/john'),
    editor.element,
    el(
      'div',
      { class: 'row' },
      field('Lives for', ttl, 'such as 90s, 1h, 7d; empty: without end'),
      button('Create', () => attempt(create), { class: 'main' }),
    ),
  );
}
