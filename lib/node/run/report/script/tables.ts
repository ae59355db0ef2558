/** The tables: all pages, filtered and sorted; statuses, parts of a request, waits, failures, drift, skipped pages, notices. */
export const tables = /* js */ `
let refreshTable, markRow;
(() => {
  const table = (id, heads, lines, empty) => {
    if (lines.length === 0) return void byId(id).replaceChildren(el('p', { class: 'empty' }, empty));
    const head = el('tr', {}, ...heads.map(([name, wide]) => el('th', { scope: 'col', class: wide ? 'left' : '' }, name)));
    const body = lines.map((cells) => el('tr', {}, ...cells.map((cell, i) => el('td', { class: heads[i][1] ? 'wide' : '' }, cell))));
    byId(id).replaceChildren(el('table', {}, el('thead', {}, head), el('tbody', {}, ...body)));
  };

  // All pages: filtered, sorted, a hundred at a time.
  const endOf = (row) => row.how === 2 ? 'skipped' : statusOf(row.attempts[row.attempts.length - 1]);
  const columns = [
    ['Page', (row) => row.index, (row) => { const go = el('button', { type: 'button', title: 'Show in the waterfall' }, whole(row.index + 1)); go.onclick = () => choose(row.row, true); return go; }],
    ['Start', (row) => row.start, (row) => ms(row.start)],
    ['Time', (row) => row.time, (row) => ms(row.time)],
    ['Attempts', (row) => row.attempts.length, (row) => whole(row.attempts.length)],
    ['Slowest attempt', (row) => most(row.attempts.map((at) => A.ms[at])), (row) => ms(most(row.attempts.map((at) => A.ms[at])))],
    ['First byte', (row) => row.head, (row) => row.head < 0 ? '–' : ms(row.head)],
    ['Items', (row) => row.items, (row) => row.how === 1 ? whole(row.items) : '–'],
    ['Size', (row) => row.bytes, (row) => bytes(row.bytes)],
    ['Ended', (row) => row.how === 1 ? endOf(row) : '~' + endOf(row), endOf],
  ];
  const shown = 50;
  let by = 2, down = true, from = 0, current = -1, order = [];
  function sort() {
    const value = columns[by][1];
    const compare = (a, b) => { const [x, y] = [value(a), value(b)]; return x < y ? -1 : x > y ? 1 : 0; };
    order = view.slice().sort((a, b) => (down ? compare(b, a) : compare(a, b)) || a.row - b.row);
  }
  function fill(focus) {
    byId('pages-count').textContent = rows.length === 0 ? '' : 'sort by any column';
    if (order.length === 0) {
      byId('pages').replaceChildren(el('p', { class: 'empty' }, rows.length === 0 ? 'No page was requested.' : 'No such page.'));
      byId('pager').replaceChildren();
      return;
    }
    const heads = columns.map(([name], i) => {
      const button = el('button', { type: 'button' }, name);
      button.onclick = () => { [by, down, from] = [i, i === by ? !down : true, 0]; sort(); fill(); byId('pages').querySelectorAll('th button')[i].focus(); };
      return el('th', { scope: 'col', 'aria-sort': i === by ? (down ? 'descending' : 'ascending') : 'none' }, button);
    });
    const lines = order.slice(from, from + shown).map((row) => el('tr', row.row === current ? { 'aria-current': 'true' } : {}, ...columns.map(([, , cell]) => el('td', {}, cell(row)))));
    byId('pages').replaceChildren(el('table', {}, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...lines)));
    const last = Math.floor((order.length - 1) / shown) * shown;
    const go = (name, to, ends) => {
      const button = el('button', { type: 'button', 'aria-label': name[1] }, name[0]);
      button.disabled = ends;
      button.onclick = () => { from = to; fill(name[1]); };
      return button;
    };
    byId('pager').replaceChildren(el('span', { role: 'status' }, whole(from + 1) + '–' + whole(Math.min(order.length, from + shown)) + ' of ' + whole(order.length)),
      ...(order.length <= shown ? [] : [go(['«', 'First rows'], 0, from === 0), go(['‹', 'Previous rows'], from - shown, from === 0), go(['›', 'Next rows'], from + shown, from === last), go(['»', 'Last rows'], last, from === last)]));
    if (focus) { const same = byId('pager').querySelector('[aria-label="' + focus + '"]'); (same.disabled ? byId('pager').querySelector('button:not(:disabled)') : same).focus(); }
  }
  refreshTable = () => { from = 0; sort(); fill(); };
  // Turns to the row, and marks it.
  markRow = (row, turns) => {
    current = row;
    if (turns) from = Math.max(0, Math.floor(order.findIndex((one) => one.row === row) / shown) * shown);
    fill();
  };
  refreshTable();

  // Statuses, and the parts of a request.
  const attempts = F.statuses.reduce((sum, [, n]) => sum + n, 0);
  table('statuses', [['Status', true], ['Attempts', false], ['Share', false]],
    F.statuses.slice(0, 50).map(([status, n]) => {
      const meter = el('i', { class: 'meter ' + (/^[23]\\d\\d$|^answered$/.test(status) ? 'c-ok' : status === 'cancelled' ? 'c-off' : 'c-bad') });
      meter.style.width = (n / attempts * 60).toFixed(1) + 'px';
      return [el('span', {}, meter, status), whole(n), share(n / attempts)];
    }), 'No request was sent.');
  const phase = (name, of) => of ? [[name, ms(of.p50), ms(of.p90), ms(of.p99), ms(of.most)]] : [];
  table('phases', [['Part', true], ['50%', false], ['90%', false], ['99%', false], ['Longest', false]],
    [...phase('First byte', F.firstByte), ...phase('Body', F.body), ...phase('Whole', F.latency)], 'No request was answered.');

  // Waits by reason.
  const names = { retry: ['c-wait', 'before a retry'], 'rate limit': ['c-ask', 'requested by the server'], throttle: ['c-off', 'in the queue of the throttle'] };
  const groups = new Map();
  for (const [, length, reason, error] of data.waits) {
    const key = reason + ' ' + (error || '');
    const group = groups.get(key) || { reason, error, times: [] };
    group.times.push(length);
    groups.set(key, group);
  }
  const sum = (list) => list.reduce((all, n) => all + n, 0);
  table('waits', [['Reason', true], ['Waits', false], ['Total', false], ['Longest', false]],
    [...groups.values()].sort((a, b) => sum(b.times) - sum(a.times)).map(({ reason, error, times }) => [
      el('span', {}, el('i', { class: 'dot ' + names[reason][0] }), names[reason][1] + (error ? ', after ' + error : '')),
      whole(times.length), ms(sum(times)), ms(most(times)),
    ]), 'Nothing was held back.');

  // Failed attempts by what failed.
  const kinds = new Map();
  A.failure.forEach((failure) => { if (failure > 0) kinds.set(failure, (kinds.get(failure) || 0) + 1); });
  table('failures', [['Error', true], ['Attempts', false]],
    [...kinds].sort((a, b) => b[1] - a[1]).slice(0, 50).map(([failure, n]) => {
      const [name, message] = data.failures[failure];
      return [el('span', {}, el('b', {}, name), message ? ': ' + message : ''), whole(n)];
    }), 'No attempt failed.');

  // As text: a search finds it in closed details too, and only what is in sight is laid out.
  const cells = rows.map((row) => ['Page ' + whole(row.index + 1), 'from ' + ms(row.start), ms(row.time), row.how === 1 ? counted(row.items, 'item') : row.how === 2 ? 'skipped' : 'not emitted',
    row.bytes < 0 ? '' : bytes(row.bytes), row.attempts.map((at) => statusOf(at) + ' in ' + ms(A.ms[at])).join(', then ')]);
  const widths = [0, 1, 2, 3, 4].map((i) => most(cells.map((line) => line[i].length)) + 2);
  for (let from = 0; from < cells.length; from += 100)
    byId('lines').append(el('pre', {}, cells.slice(from, from + 100).map((line) => line.map((cell, i) => i < 5 ? cell.padEnd(widths[i]) : cell).join('').trimEnd()).join('\\n') + '\\n'));
  byId('as-text').hidden = cells.length === 0;

  // Drift.
  const { end, sums } = data;
  const pair = (list, name, value, last) => list.append(el('dt', last ? { class: 'sum' } : {}, name), el('dd', last ? { class: 'sum' } : {}, value));
  const list = el('dl', { class: 'kv' });
  const total = end && end.total !== null ? end.total : undefined;
  pair(list, 'Announced by the API', total === undefined ? 'not read' : whole(total));
  pair(list, 'Received', whole(end ? end.received : sums.items));
  if (end && end.received > sums.items) pair(list, 'In earlier runs', whole(end.received - sums.items));
  if (total !== undefined) {
    const more = end.received - total;
    pair(list, 'Difference', more === 0 ? 'none' : (more > 0 ? '+' : '−') + whole(Math.abs(more)), true);
  }
  byId('drift').append(list);
  const why = total === undefined ? 'To compare, set total in the strategy (in the command: --total).'
    : end.received === total ? '' : end.reason === 'last-page'
      ? 'Rows were inserted or deleted while they were read, pages were skipped, or the total counts something else.' : 'The walk ended before its last page.';
  if (why) byId('drift').append(el('p', { class: 'note' }, why));

  table('gaps', [['Page', false], ['Why', true]], data.gaps.map(([index, name, message]) => [whole(index + 1), el('span', {}, el('b', {}, name), message ? ': ' + message : '')]), 'No page was skipped.');
  byId('notices-card').hidden = data.notices.length === 0;
  table('notices', [['At', false], ['Notice', true]], data.notices.map(([at, message]) => [ms(at), message]), '');
})();
`;
