/** Numbers as texts, and sums over the run. */
export const numbers = /* js */ String.raw`
const data = JSON.parse(document.getElementById('data').textContent);
const A = data.attempts, P = data.pages, duration = Math.max(data.duration, 0.001);
const byId = (id) => document.getElementById(id);
const whole = (n) => Math.round(n).toLocaleString('en-US');
const cut = (n, digits) => n.toFixed(digits).replace(/\.0+$/, '');
const short = (n) => n >= 1e6 ? cut(n / 1e6, n < 1e7 ? 1 : 0) + 'M' : n >= 1e4 ? cut(n / 1e3, n < 1e5 ? 1 : 0) + 'k' : n >= 100 || n === Math.round(n) ? whole(n) : n.toFixed(1);
const ms = (t) => t === 0 ? '0 ms' : t < 1 ? t.toFixed(2) + ' ms' : t < 10 ? t.toFixed(1) + ' ms' : t < 1000 ? Math.round(t) + ' ms'
  : t < 60000 ? (t / 1000).toFixed(t < 10000 ? 2 : 1) + ' s' : t < 3600000 ? Math.floor(t / 60000) + ' min ' + Math.floor(t % 60000 / 1000) + ' s' : Math.floor(t / 3600000) + ' h ' + Math.floor(t % 3600000 / 60000) + ' min';
const bytes = (n) => n < 0 ? '–' : n < 1000 ? whole(n) + ' B' : n < 1e6 ? (n / 1e3).toFixed(n < 1e5 ? 1 : 0) + ' kB' : n < 1e9 ? (n / 1e6).toFixed(1) + ' MB' : (n / 1e9).toFixed(2) + ' GB';
const share = (part) => part <= 0 ? '0%' : part < 0.001 ? '< 0.1%' : part < 0.1 ? (part * 100).toFixed(1) + '%' : Math.round(part * 100) + '%';
const counted = (n, word) => whole(n) + ' ' + word + (n === 1 ? '' : 's');
const quantile = (sorted, q) => sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
const sorted = (list) => Float64Array.from(list).sort();
const most = (list) => { let top = 0; for (const n of list) if (n > top) top = n; return top; };
const el = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  made.append(...children);
  return made;
};

// The attempts of each page, the time until its last one ended, and the bytes of its answer.
const rows = P.index.map((index, row) => ({ row, index, start: P.start[row], end: P.start[row] + P.ms[row], items: P.items[row], how: P.end[row], attempts: [], bytes: -1, time: 0 }));
A.page.forEach((page, at) => {
  const row = rows[page];
  row.attempts.push(at);
  if (A.bytes[at] >= 0 && A.failure[at] === 0) row.bytes = A.bytes[at];
  row.time = Math.max(row.time, A.start[at] + A.ms[at] - row.start);
});
const isGivenUp = (at) => A.failure[at] === 1, isFailed = (at) => A.failure[at] > 1;
const statusOf = (at) => isGivenUp(at) ? 'given up' : A.status[at] > 0 ? String(A.status[at]) + (isFailed(at) && A.status[at] < 300 ? ' ' + data.failures[A.failure[at]][0] : '') : isFailed(at) ? data.failures[A.failure[at]][0] : 'answered';

// How long something of a kind was under way, overlaps counted once.
function union(list) {
  list.sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [from, to] of list) {
    const last = merged[merged.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
const lengthOf = (merged) => merged.reduce((sum, [from, to]) => sum + to - from, 0);
const times = (() => {
  const asking = A.start.map((start, at) => [start, start + A.ms[at]]);
  const waits = data.waits.map(([at, length]) => [at, Math.min(at + length, duration)]);
  const retries = data.waits.filter(([, , reason]) => reason !== 'throttle').map(([at, length]) => [at, Math.min(at + length, duration)]);
  const copy = (list) => list.map((one) => one.slice());
  const asked = lengthOf(union(copy(asking)));
  const retried = lengthOf(union(copy(asking).concat(copy(retries))));
  const waited = lengthOf(union(copy(asking).concat(copy(waits))));
  return { asked, retried: retried - asked, throttled: waited - retried, rest: Math.max(0, duration - waited) };
})();
`;
