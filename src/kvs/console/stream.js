// The stream of changes, read by fetch: an EventSource could not send the token.
import { broken, credentials, reach, refusal } from './request.js';

const AGAIN_MS = 2_000;

// Follows the changes below a prefix until the signal ends it. After a break of the connection it goes on
// from the last event that carried an id. `told` has change(change), state(text).
export async function follow(prefix, signal, told) {
  let last;
  while (!signal.aborted) {
    try {
      const headers = credentials({
        Accept: 'text/event-stream',
        ...(last ? { 'Last-Event-ID': last } : {}),
      });
      const since = last ? '' : '&since=now';
      const response = await reach(`/kv/_changes?prefix=${encodeURIComponent(prefix)}${since}`, {
        headers,
        signal,
      });
      if (!response.ok) {
        throw refusal(response.status, await response.text());
      }
      told.state('following');
      for await (const event of events(response.body)) {
        last = event.id ?? last;
        if (event.name === 'end') {
          throw Object.assign(new Error(JSON.parse(event.data).detail), { status: 503 });
        }
        await told.change(JSON.parse(event.data));
      }
      told.state('the stream ended: going on');
    } catch (failure) {
      if (signal.aborted) {
        return;
      }
      // What is no break of the connection would be so again, too.
      if (failure.status === undefined || (failure.status >= 400 && failure.status < 500)) {
        throw failure;
      }
      told.state(`interrupted, trying again: ${failure.message}`);
    }
    await pause(signal);
  }
}

const pause = (signal) =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : AGAIN_MS);
    signal.addEventListener('abort', end);
  });

// The events of a body: `{ id, name, data }`.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read().catch(broken);
    if (done) {
      return;
    }
    rest += value;
    let end = rest.indexOf('\n\n');
    while (end >= 0) {
      const event = parse(rest.slice(0, end));
      rest = rest.slice(end + 2);
      end = rest.indexOf('\n\n');
      if (event.data !== undefined) {
        yield event;
      }
    }
  }
}

function parse(text) {
  const event = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    const name = { id: 'id', data: 'data', event: 'name' }[line.slice(0, colon)];
    if (name) {
      event[name] = value;
    }
  }
  return event;
}
