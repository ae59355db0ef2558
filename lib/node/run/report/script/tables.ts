/** The tables: slowest pages, which can be sorted; waits, failures, drift, skipped pages, notices. */
export const tables = /* js */ `
(() => {
  const table = (id, heads, lines, empty) => {
    if (lines.length === 0) return void byId(id).replaceChildren(el('p', { class: 'empty' }, empty));
    const head = el('tr', {}, ...heads.map(([name, wide]) => el('th', { scope: 'col', class: wide ? 'left' : '' }, name)));
    const body = lines.map((cells) => el('tr', {}, ...cells.map((cell, i) => el('td', { class: heads[i][1] ? 'wide' : '' }, cell))));
    byId(id).replaceChildren(el('table', {}, el('thead', {}, head), el('tbody', {}, ...body)));
  };

  // Slowest pages.
  const columns = [
    ['Page', (row) => row.index, (row) => { const go = el('button', { type: 'button', title: 'Show in the waterfall' }, whole(row.index + 1)); go.onclick = () => waterfallOf.show(row.row); return go; }],
    ['Start', (row) => row.start, (row) => ms(row.start)],
    ['Time', (row) => row.time, (row) => ms(row.time)],
    ['Attempts', (row) => row.attempts.length, (row) => whole(row.attempts.length)],
    ['Slowest attempt', (row) => most(row.attempts.map((at) => A.ms[at])), (row) => ms(most(row.attempts.map((at) => A.ms[at])))],
    ['Items', (row) => row.items, (row) => row.how === 1 ? whole(row.items) : '–'],
    ['Size', (row) => row.bytes, (row) => bytes(row.bytes)],
    ['Ended', (row) => row.how === 1 ? 0 : 1, (row) => row.how === 1 ? statusOf(row.attempts[row.attempts.length - 1]) : row.how === 2 ? 'skipped' : statusOf(row.attempts[row.attempts.length - 1])],
  ];
  const shown = 15;
  let by = 2, down = true;
  function slow(focus) {
    if (rows.length === 0) return void byId('slow').replaceChildren(el('p', { class: 'empty' }, 'No page was requested.'));
    const value = columns[by][1];
    const list = rows.slice().sort((a, b) => (down ? value(b) - value(a) : value(a) - value(b)) || a.row - b.row).slice(0, shown);
    const heads = columns.map(([name], i) => {
      const button = el('button', { type: 'button' }, name);
      button.onclick = () => { [by, down] = [i, i === by ? !down : true]; slow(i); };
      return el('th', { scope: 'col', 'aria-sort': i === by ? (down ? 'descending' : 'ascending') : 'none' }, button);
    });
    const lines = list.map((row) => el('tr', {}, ...columns.map(([, , cell]) => el('td', {}, cell(row)))));
    byId('slow').replaceChildren(el('table', {}, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...lines)));
    if (focus !== undefined) heads[focus].firstChild.focus();
  }
  byId('slow-count').textContent = rows.length > shown ? shown + ' of ' + whole(rows.length) + ', sort by any column' : '';
  slow();

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
