// The notice: one line about the last action, which screen readers read aloud.
import { el, fill } from './dom.js';

// A notice is for the page that an action leads to, too.
const FRESH_MS = 1_000;
let shownAt = 0;

const place = () => document.getElementById('notice');

export function notify(text) {
  shownAt = Date.now();
  place().className = 'notice good';
  fill(place(), text);
}

const FAULT =
  'this page has a fault, and the last action may not be done: load the page again and look;' +
  ' the console of the browser has the details';

// The text for a failure: that of a refusal. Whatever is no refusal of the node is a fault of this page.
export const failureText = (failure) => (failure.status === undefined ? FAULT : failure.message);

// Shows why something was not done. Only faults of this page stand in the console of the browser, too.
export function complain(failure) {
  if (failure.name === 'AbortError') {
    return;
  }
  place().className = 'notice bad';
  const { reason } = failure;
  fill(
    place(),
    failureText(failure),
    reason ? [' ', el('a', { href: `#/manual/problems/${reason}` }, `What ${reason} means`)] : null,
  );
  if (failure.status === undefined) {
    console.error(failure);
  }
}

// Takes the notice away when another page is shown.
export function quiet() {
  if (Date.now() - shownAt > FRESH_MS) {
    place().className = 'notice';
    fill(place());
  }
}

// Runs an action; its failure becomes the notice, and the result is undefined then.
export async function attempt(action) {
  try {
    return await action();
  } catch (failure) {
    complain(failure);
    return undefined;
  }
}
