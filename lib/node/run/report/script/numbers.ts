/** Follows the system's light or dark theme until the button is pressed. */
export const theme = /* js */ `
(() => {
  const root = document.documentElement, button = byId('theme'), system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const dark = chosenTheme === undefined ? system.matches : chosenTheme;
    root.dataset.theme = dark ? 'dark' : 'light';
    button.textContent = dark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', dark ? 'Switch to the light theme' : 'Switch to the dark theme');
    waterfallOf.draw();
  };
  button.onclick = () => { chosenTheme = root.dataset.theme !== 'dark'; apply(); };
  system.onchange = apply;
  apply();
})();
`;

/** Formats numbers, and sums up the run. */
export const numbers = /* js */ String.raw`
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
const quantile = (sorted, q) => sorted.length === 0 ? 0 : sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)];
const sorted = (list) => Float64Array.from(list).sort();
const most = (list) => { let top = 0; for (const n of list) if (n > top) top = n; return top; };
const el = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  made.append(...children);
  return made;
};

// The attempts of each page, the time until its last one ended, and the bytes of its answer.
const rows = P.index.map((index, row) => ({ row, index, start: P.start[row], end: P.start[row] + P.ms[row], items: P.items[row], how: P.end[row], attempts: [], bytes: -1, time: 0, head: -1 }));
A.page.forEach((page, at) => {
  const row = rows[page];
  row.attempts.push(at);
  if (A.bytes[at] >= 0 && A.failure[at] === 0) row.bytes = A.bytes[at];
  if (A.failure[at] === 0) row.head = A.head[at];
  row.time = Math.max(row.time, A.start[at] + A.ms[at] - row.start);
});
const isCancelled = (at) => A.failure[at] === 1, isFailed = (at) => A.failure[at] > 1;
const statusOf = (at) => isCancelled(at) ? 'cancelled' : A.status[at] > 0 ? String(A.status[at]) + (isFailed(at) && A.status[at] < 300 ? ' ' + data.failures[A.failure[at]][0] : '') : isFailed(at) ? data.failures[A.failure[at]][0] : 'answered';

const F = data.figures, times = F.times;
const groups = Object.fromEntries(Object.entries(F.groups).map(([name, list]) => [name, new Set(list)]));
// The rows that the filter shows.
let view = rows;
`;

/** The head of the report: the request, the outcome, the sums, and where the time went. */
export const summary = /* js */ `
const failedRow = (pageIndex) => { for (let i = rows.length - 1; i >= 0; i--) if (pageIndex === undefined ? groups.failed.has(i) : rows[i].index === pageIndex) return rows[i]; };
const reasons = { 'last-page': ['Complete', ''], until: ['Stopped early', ''], nextWhen: ['Stopped by nextWhen', ''], unsubscribed: ['Unsubscribed', 'wait'], error: ['Failed', 'bad'] };
(() => {
  const { end, sums } = data;
  const first = data.request;
  byId('what').textContent = first ? first.method + (first.url ? ' ' + first.url : '') : 'No request was sent';
  let [ending, kind] = end ? reasons[end.reason] : ['Still running when this was written', 'wait'];
  if (end && end.reason === 'error' && !end.error) [ending, kind] = ['Aborted', 'wait'];
  if (end && end.reason === 'last-page' && sums.gaps > 0) [ending, kind] = ['Complete except for ' + counted(sums.gaps, 'page'), 'wait'];
  const began = new Date(data.startedAt);
  const zone = report.timeZone ? { timeZone: report.timeZone } : {};
  const date = began.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', ...zone }) + ', ' + began.toLocaleTimeString('en-GB', { timeZoneName: 'short', ...zone }) + (report.timeZone && report.timeZone !== 'UTC' ? ' (' + report.timeZone + ')' : '');
  byId('meta').append(el('span', { class: 'badge ' + kind }, ending), el('span', {}, ms(data.duration)), el('time', { datetime: began.toISOString() }, date), el('span', {}, 'Pagewise ' + report.version + ', Node ' + report.node));
  document.title = (data.label ? data.label + ': ' : 'Pagewise run: ') + ending.toLowerCase() + ', ' + counted(sums.pages, 'page');
  if (end && end.error) {
    const { name, message, detail, pageIndex } = end.error;
    const box = el('div', { class: 'error', role: 'note' }, el('b', {}, name), detail && message.endsWith(detail) ? message.slice(0, -detail.length).replace(/; the API says: $/, '') : message);
    if (detail) box.append(el('blockquote', {}, 'The API says: ' + detail));
    const row = failedRow(pageIndex);
    if (row) {
      const go = el('button', { type: 'button' }, 'Show page ' + whole(row.index + 1));
      go.onclick = () => choose(row.row, true);
      box.append(go);
    }
    byId('failure').append(box);
  }
  if (data.advice) { byId('advice').hidden = false; byId('advice').append(el('b', {}, 'Advice'), data.advice); }
  for (const [name, value] of Object.entries(data.about)) {
    byId('about').hidden = false;
    byId('about').append(el('dt', {}, name), el('dd', {}, typeof value === 'number' ? whole(value) : value));
  }

  const seconds = duration / 1000, { latency, connections, headroom } = F;
  const tile = (name, value, more) => byId('tiles').append(el('div', {}, el('dt', {}, name), el('dd', {}, value), el('dd', {}, more)));
  const known = sums.bytes > 0;
  tile('Pages', whole(sums.pages), sums.gaps > 0 ? counted(sums.gaps, 'page') + ' skipped' : short(sums.pages / seconds) + ' per second');
  tile('Items', sums.items < 1e8 ? whole(sums.items) : short(sums.items), short(sums.items / seconds) + ' per second');
  tile('Requests', whole(sums.attempts), (sums.retries === 0 ? 'no retries' : counted(sums.retries, 'retry').replace('retrys', 'retries')) + ', at most ' + whole(F.inFlight) + ' at the same time');
  tile('Data', known ? bytes(sums.bytes) : '–', known ? bytes(sums.bytes / seconds) + ' per second' : latency ? 'not reported by the transport' : 'nothing was answered');
  tile('Median request', latency ? ms(latency.p50) : '–', latency ? '90% within ' + ms(latency.p90) + ', 99% within ' + ms(latency.p99) : 'nothing was answered');
  tile('Waits', whole(sums.waits), sums.waits === 0 ? 'nothing was held back' : ms(times.retries + times.throttle) + ' without a request in flight');
  tile('Connections', connections ? whole(connections.opened) : '–', connections ? counted(connections.reused, 'request') + ' reused one' : 'not reported');
  tile('Lowest rate limit', headroom ? whole(headroom.lowest) : '–', headroom ? (headroom.limit === null ? 'requests left' : 'of ' + whole(headroom.limit) + ' requests left') : 'the API did not say');

  const parts = [['c-ok', 'requests in flight', times.requests], ['c-wait', 'waits for retries and rate limits', times.retries], ['c-off', 'held back by the throttle', times.throttle], ['c-none', 'elsewhere, such as your code', times.rest]];
  for (const [color, name, time] of parts) {
    if (time <= 0) continue;
    const piece = el('i', { class: color });
    piece.style.flex = String(time / duration) + ' 1 0';
    byId('time-bar').append(piece);
    byId('time-legend').append(el('span', {}, el('i', { class: color }), el('span', {}, name + ' ', el('b', {}, ms(time)), ' ' + share(time / duration))));
  }
  byId('left-out').textContent = sums.leftOut === 0 ? '' : 'Charts and tables show the first ' + whole(A.start.length) + ' requests; ' + whole(sums.leftOut) + ' later ones are only counted.';
})();
`;
