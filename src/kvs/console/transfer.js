// The transfer of documents as lines of a file (NDJSON), in the form of `kvs export` and `kvs import`:
// {"path":"a/b","data":…} or with "ttl":"90s".
import { addCommand } from './commands.js';
import { curlLine } from './curl.js';
import { button, el, field, fill } from './dom.js';
import { count, plural } from './format.js';
import { members } from './json.js';
import { attempt, notify } from './notice.js';
import { broken, credentials, query, reach, refusal, send } from './request.js';
import { token } from './session.js';

const OPERATIONS_MAX = 500;
const BATCH_CHARACTERS = 2_000_000;
const LINE_CHARACTERS = 20_000_000;
const FAULTS_SHOWN = 50;
// A file is collected in parts of this size, which the browser may keep on its disk.
const PART_CHARACTERS = 1_000_000;
// The time in which a browser has saved a file.
const SAVED_MS = 60_000;

// The lines of a stream of bytes, blank ones too. `interrupted` is the text for a stream that fails.
async function* lines(body, interrupted) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read().catch((failure) => broken(failure, interrupted));
    const all = rest + (value ?? '');
    const parts = all.split('\n');
    rest = done ? '' : parts.pop();
    yield* parts;
    if (done) {
      return;
    }
    if (rest.length > LINE_CHARACTERS) {
      throw Object.assign(
        new Error('this file has a line that is longer than any document: is it NDJSON?'),
        { status: 400 },
      );
    }
  }
}

// The line for a file from the members of one of the node, which has more. Numbers keep their text.
function exported({ path, data, expires_at: expiresAt }) {
  const ttl = expiresAt ? `,"ttl":"${Math.max(1, Number(expiresAt) - Date.now())}ms"` : '';
  return `{"path":${path},"data":${data}${ttl}}\n`;
}

const endOf = (prefix) => (prefix === '' ? undefined : `${prefix.slice(0, -1)}0`);

// The lines of a response as parts of a file, and the number of documents in them.
async function collect(body) {
  const parts = [];
  let text = '';
  let number = 0;
  for await (const line of lines(body, 'the connection broke before the end: no file was saved, try again')) {
    const item = members(line);
    if (item.data !== undefined) {
      text += exported(item);
      number++;
    }
    if (text.length >= PART_CHARACTERS) {
      parts.push(new Blob([text]));
      text = '';
    }
  }
  return { parts: [...parts, text], number };
}

// Saves all documents below a prefix as a file. ('0' follows '/' in the order of keys.)
async function download(prefix, signal) {
  const target = `/kv/_range${query({ start_key: prefix || undefined, end_key: endOf(prefix) })}`;
  const accept = { Accept: 'application/x-ndjson' };
  addCommand(curlLine('GET', target, accept, undefined, token() !== ''));
  const response = await reach(target, { headers: credentials(accept), signal });
  if (!response.ok) {
    throw refusal(response.status, await response.text());
  }
  const { parts, number } = await collect(response.body);
  const url = URL.createObjectURL(new Blob(parts, { type: 'application/x-ndjson' }));
  const name = `${prefix.replaceAll('/', '-').replace(/-$/, '') || 'everything'}.ndjson`;
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_MS);
  notify(`downloaded ${plural(number, 'document')} as ${name}`);
}

// The operation of a line, or a fault.
function operation(line) {
  const item = members(line);
  if (item.path === undefined || item.data === undefined) {
    throw new Error("a line has the members 'path' and 'data'; metadata are imported by the command");
  }
  const ttl = item.ttl === undefined ? '' : `,"ttl":${item.ttl}`;
  return `{"op":"put","path":${item.path},"data":${item.data}${ttl}}`;
}

// Writes the documents of a file, batch by batch, until the signal ends it. `told` receives the number of
// those that are durable, and the faults by line.
async function upload(file, signal, told) {
  let batch = [];
  let size = 0;
  let number = 0;
  let written = 0;
  const flush = async () => {
    if (batch.length === 0) {
      return;
    }
    const body = `{"ops":[${batch.map((one) => one.text).join(',')}]}`;
    const { results } = (await send('POST', '/kv/_batch', { body, signal })).json;
    results.forEach((result, i) => {
      if (result.status < 300) {
        written++;
      } else {
        told.fault(batch[i].number, result.detail ?? `status ${result.status}`);
      }
    });
    told.progress(written);
    batch = [];
    size = 0;
  };
  for await (const line of lines(file.stream(), 'the file cannot be read to its end: choose it again')) {
    signal.throwIfAborted();
    number++;
    if (line.trim() === '') {
      continue;
    }
    try {
      batch.push({ number, text: operation(line) });
      size += line.length;
    } catch (fault) {
      told.fault(number, fault.message);
    }
    if (batch.length >= OPERATIONS_MAX || size >= BATCH_CHARACTERS) {
      await flush();
    }
  }
  await flush();
  return written;
}

// `signal` ends what runs when the page is left.
export function transferView(prefix, signal) {
  const state = el('p', { role: 'status' });
  const faults = el('ol', { class: 'faults' });
  const file = el('input', { type: 'file', accept: '.ndjson,.jsonl,.json,.txt' });
  const begin = async () => {
    if (file.files.length === 0) {
      notify('choose a file first');
      file.focus();
      return;
    }
    let refused = 0;
    fill(faults);
    const written = await upload(file.files[0], signal, {
      progress: (number) => fill(state, `${count(number)} documents written`),
      fault: (line, detail) => {
        refused++;
        if (refused <= FAULTS_SHOWN) {
          faults.append(el('li', {}, `line ${line}: ${detail}`));
        }
      },
    });
    fill(state, `${plural(written, 'document')} written, ${plural(refused, 'line')} refused`);
  };
  return el(
    'section',
    { 'aria-label': 'Upload and download' },
    el('h2', { tabindex: -1 }, 'Upload and download'),
    el(
      'p',
      {},
      'A file has one document a line, such as ',
      el('code', {}, '{"path":"users/john","data":1}'),
      '. Stay here until it is done: who leaves the page ends it, and what is written by then stays.',
    ),
    el(
      'div',
      { class: 'row' },
      button(`Download ${prefix || 'everything'}`, () => attempt(() => download(prefix, signal)), {
        class: 'main',
      }),
    ),
    el(
      'div',
      { class: 'row' },
      field('File to upload', file),
      button('Upload', () => attempt(begin)),
    ),
    state,
    faults,
  );
}
