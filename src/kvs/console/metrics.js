// The metrics of the node, read from the text format of Prometheus, and what happened between two readings.
const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const DURATION = 'kvs_http_request_duration_seconds';

// Samples: `{ name, labels, value }`.
export function parseMetrics(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    const found = line.startsWith('#') ? null : LINE.exec(line);
    if (found) {
      const labels = Object.fromEntries(
        [...(found[2] ?? '').matchAll(LABEL)].map(([, name, value]) => [name, value]),
      );
      samples.push({ name: found[1], labels, value: Number(found[3]) });
    }
  }
  return samples;
}

// The sum of all samples of a name.
export const sum = (samples, name) =>
  samples.filter((sample) => sample.name === name).reduce((total, sample) => total + sample.value, 0);

// The numbers of requests by the upper bound of their time in seconds.
function buckets(samples) {
  const totals = new Map();
  for (const { name, labels, value } of samples) {
    if (name === `${DURATION}_bucket`) {
      totals.set(labels.le, (totals.get(labels.le) ?? 0) + value);
    }
  }
  return totals;
}

// The time in ms within which 99 of 100 requests between two readings were answered: the upper bound of their
// bucket; 0 without requests.
function slowest(before, after) {
  const old = buckets(before);
  const bounds = [...buckets(after)]
    .map(([le, number]) => [le === '+Inf' ? Infinity : Number(le), number - (old.get(le) ?? 0)])
    .sort((a, b) => a[0] - b[0]);
  const all = bounds.at(-1)?.[1] ?? 0;
  const found = bounds.find(([, number]) => number >= 0.99 * all);
  return all === 0 ? 0 : 1000 * Math.min(found[0], bounds.at(-2)?.[0] ?? 0);
}

// The rates between two readings `{ at, samples }`.
export function rates(before, after) {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const rate = (name) => Math.max(0, sum(after.samples, name) - sum(before.samples, name)) / seconds;
  return {
    requests: rate(`${DURATION}_count`),
    writes: rate('kvs_store_records_written_total'),
    latency: slowest(before.samples, after.samples),
    disk: sum(after.samples, 'kvs_store_log_bytes'),
  };
}
