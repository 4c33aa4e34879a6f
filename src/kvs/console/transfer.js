// The transfer of documents as lines of a file (NDJSON), in the form of `kvs export` and `kvs import`:
// {"path":"a/b","data":…} or with "ttl":"90s".
import { addCommand } from './commands.js';
import { curlLine } from './curl.js';
import { button, el, field, fill } from './dom.js';
import { count, plural } from './format.js';
import { members } from './json.js';
import { attempt, notify } from './notice.js';
import { credentials, query, refusal, send } from './request.js';
import { token } from './session.js';

const OPERATIONS_MAX = 500;
const BATCH_CHARACTERS = 2_000_000;
const LINE_CHARACTERS = 20_000_000;
const FAULTS_SHOWN = 50;
// The time in which a browser has saved a file.
const SAVED_MS = 60_000;

// The lines of a stream of bytes.
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    const all = rest + (value ?? '');
    const parts = all.split('\n');
    rest = done ? '' : parts.pop();
    yield* parts.filter((part) => part.trim() !== '');
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

// The line for a file from one of the node, which has more members. Numbers keep their text.
function exported(line) {
  const { path, data, expires_at: expiresAt } = members(line);
  const ttl = expiresAt ? `,"ttl":"${Math.max(1, Number(expiresAt) - Date.now())}ms"` : '';
  return `{"path":${path},"data":${data}${ttl}}\n`;
}

const endOf = (prefix) => (prefix === '' ? undefined : `${prefix.slice(0, -1)}0`);

// Saves all documents below a prefix as a file. ('0' follows '/' in the order of keys.)
async function download(prefix) {
  const target = `/kv/_range${query({ start_key: prefix || undefined, end_key: endOf(prefix) })}`;
  const accept = { Accept: 'application/x-ndjson' };
  addCommand(curlLine('GET', target, accept, undefined, token() !== ''));
  const response = await fetch(target, { headers: credentials(accept), cache: 'no-store' });
  if (!response.ok) {
    throw refusal(response.status, await response.text());
  }
  const parts = [];
  let number = 0;
  for await (const line of lines(response.body)) {
    if (members(line).data !== undefined) {
      parts.push(new Blob([exported(line)]));
      number++;
    }
  }
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

// Writes the documents of a file, batch by batch. `told` hears the number of those that are durable, and of
// the faults by line.
async function upload(file, told) {
  let batch = [];
  let size = 0;
  let number = 0;
  let written = 0;
  const flush = async () => {
    if (batch.length === 0) {
      return;
    }
    const body = `{"ops":[${batch.map((one) => one.text).join(',')}]}`;
    const { results } = (await send('POST', '/kv/_batch', { body })).json;
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
  for await (const line of lines(file.stream())) {
    number++;
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

export function transferView(prefix) {
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
    const written = await upload(file.files[0], {
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
      '.',
    ),
    el(
      'div',
      { class: 'row' },
      button(`Download ${prefix || 'everything'}`, () => attempt(() => download(prefix)), {
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
