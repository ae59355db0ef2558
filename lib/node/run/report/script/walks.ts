/** Filters, finding a page by its number, opening at the failure, and the choice between several walks. */
export const walks = /* js */ `
const names = { failed: 'Failed', retried: 'Retried', slow: 'Slow', empty: 'Empty', short: 'Short', duplicate: 'Duplicate' };
const titles = { failed: 'Skipped, or the last attempt failed', retried: 'More than one attempt', slow: 'Among the slowest 5 %, and at least twice the median', empty: 'No items', short: 'Fewer items than most pages, but not the last page', duplicate: 'The items of an earlier page, or emitted before' };
function filter(name) {
  view = name === undefined ? rows : rows.filter(({ row }) => groups[name].has(row));
  for (const button of byId('filters').children) button.setAttribute('aria-pressed', String(button.dataset.name === (name || 'all')));
  byId('found').textContent = '';
  waterfallOf.refresh();
  refreshTable();
}
// Selects a row in the waterfall and in the table; if the filter hides it, without the filter.
function choose(row, moves) {
  if (!view.includes(rows[row])) filter();
  markRow(row, moves);
  waterfallOf.show(row, moves);
}
(() => {
  const button = (name, text, count, title) => {
    const made = el('button', { type: 'button', 'aria-pressed': String(name === 'all'), 'data-name': name, title }, text, ' ', el('small', {}, whole(count)));
    made.disabled = count === 0 && name !== 'all';
    made.onclick = () => filter(name === 'all' ? undefined : name);
    byId('filters').append(made);
  };
  button('all', 'All', rows.length, 'All pages');
  for (const name of Object.keys(names)) button(name, names[name], groups[name].size, titles[name]);
  byId('find').onsubmit = (event) => {
    event.preventDefault();
    const number = Number(byId('number').value);
    const found = rows.findLast(({ index }) => index === number - 1);
    if (found) choose(found.row, true);
    byId('found').textContent = found ? '' : 'Page ' + whole(number) + ' was not requested' + (data.sums.leftOut > 0 ? ', or is only counted' : '') + '.';
  };
  if (rows.length === 0) byId('find').closest('.bar-of-tools').hidden = true;
  const failure = data.end && data.end.error ? failedRow(data.end.error.pageIndex) : rows[F.groups.failed[0]];
  if (failure) choose(failure.row, false);

  if (report.runs.length < 2) return;
  byId('runs-card').hidden = false;
  byId('runs-count').textContent = whole(report.runs.length) + ' in this report';
  const heads = ['Walk', 'Ended', 'Pages', 'Items', 'Requests', 'Retries', 'Time', 'Median', '99%'];
  const lines = report.runs.map((run, i) => {
    const go = el('button', { type: 'button' }, run.label || 'Walk ' + (i + 1));
    go.onclick = () => {
      document.querySelector('main').replaceWith(blank.cloneNode(true));
      show(i);
      byId('runs').querySelectorAll('td button')[i].focus();
    };
    const { sums, figures: { latency } } = run;
    const ended = !run.end ? 'still running' : run.end.error ? run.end.error.name : (reasons[run.end.reason] || [run.end.reason])[0].toLowerCase() + (sums.gaps > 0 ? ', ' + counted(sums.gaps, 'page') + ' skipped' : '');
    const cells = [go, ended, whole(sums.pages), whole(sums.items), whole(sums.attempts), whole(sums.retries), ms(run.duration), latency ? ms(latency.p50) : '–', latency ? ms(latency.p99) : '–'];
    return el('tr', i === at ? { 'aria-current': 'true' } : {}, ...cells.map((cell) => el('td', {}, cell)));
  });
  byId('runs').append(el('table', {}, el('thead', {}, el('tr', {}, ...heads.map((name) => el('th', { scope: 'col' }, name)))), el('tbody', {}, ...lines)));
})();
`;
