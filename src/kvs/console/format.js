// The forms of numbers and times for people.
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
const SECOND = 1000;
const STEPS = [
  ['d', 86_400 * SECOND],
  ['h', 3_600 * SECOND],
  ['min', 60 * SECOND],
  ['s', SECOND],
];

export const count = (number) => number.toLocaleString('en');

export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

export function bytes(number) {
  let unit = 0;
  let rest = number;
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${rest >= 100 || unit === 0 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit]}`;
}

// A duration in its two largest units: `3 d 4 h`.
export function duration(ms) {
  let rest = Math.max(0, ms);
  const parts = [];
  for (const [name, size] of STEPS) {
    const number = Math.floor(rest / size);
    if (number > 0 || parts.length > 0) {
      parts.push(`${number} ${name}`);
      rest -= number * size;
    }
    if (parts.length === 2) {
      break;
    }
  }
  return parts.length === 0 ? `${Math.round(rest)} ms` : parts.join(' ');
}

export const time = (ms) => new Date(ms).toLocaleString('sv-SE');

export const ago = (ms) => `${duration(Date.now() - ms)} ago`;

export const short = (uuid) => uuid.slice(0, 8);
