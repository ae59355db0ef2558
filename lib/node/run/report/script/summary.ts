/** The head of the report: what was asked, how it ended, the sums, and where the time went. */
export const summary = /* js */ `
const reasons = { 'last-page': ['Complete', ''], until: ['Stopped by until', ''], nextWhen: ['Stopped by nextWhen', ''], unsubscribed: ['The subscriber left', 'wait'], error: ['Failed', 'bad'] };
(() => {
  const { end, sums } = data;
  const first = data.request;
  byId('what').textContent = first ? first.method + (first.url ? ' ' + first.url : '') : 'No request was sent';
  let [ending, kind] = end ? reasons[end.reason] : ['Not over when this was written', 'wait'];
  if (end && end.reason === 'error' && !end.error) [ending, kind] = ['Aborted', 'wait'];
  if (end && end.reason === 'last-page' && sums.gaps > 0) [ending, kind] = ['Complete but for ' + counted(sums.gaps, 'page'), 'wait'];
  const began = new Date(data.startedAt);
  const date = began.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }) + ', ' + began.toLocaleTimeString('en-GB');
  byId('meta').append(el('span', { class: 'badge ' + kind }, ending), el('span', {}, ms(data.duration)), el('time', { datetime: began.toISOString() }, date));
  document.title = 'Pagewise run: ' + ending.toLowerCase() + ', ' + counted(sums.pages, 'page');
  if (end && end.error) byId('failure').append(el('div', { class: 'error', role: 'note' }, el('b', {}, end.error.name), end.error.message));

  const answered = sorted(A.ms.filter((_, at) => A.failure[at] === 0));
  const seconds = duration / 1000;
  const tile = (name, value, more) => byId('tiles').append(el('div', {}, el('dt', {}, name), el('dd', {}, value), el('dd', {}, more)));
  const known = sums.bytes > 0;
  tile('Pages', whole(sums.pages), sums.gaps > 0 ? counted(sums.gaps, 'page') + ' left out' : short(sums.pages / seconds) + ' a second');
  tile('Items', sums.items < 1e8 ? whole(sums.items) : short(sums.items), short(sums.items / seconds) + ' a second');
  tile('Requests', whole(sums.attempts), sums.retries === 0 ? 'none of them a retry' : counted(sums.retries, 'retry').replace('retrys', 'retries'));
  tile('Data', known ? bytes(sums.bytes) : '–', known ? bytes(sums.bytes / seconds) + ' a second' : answered.length ? 'not told by the transport' : 'nothing was answered');
  tile('Median request', answered.length ? ms(quantile(answered, 0.5)) : '–', answered.length ? '95% within ' + ms(quantile(answered, 0.95)) : 'nothing was answered');
  tile('Waits', whole(sums.waits), sums.waits === 0 ? 'nothing was held back' : ms(times.retried + times.throttled) + ' with nothing under way');

  const parts = [['c-ok', 'requests under way', times.asked], ['c-wait', 'waits for retries and rate limits', times.retried], ['c-off', 'held back by the throttle', times.throttled], ['c-none', 'elsewhere, such as your code', times.rest]];
  for (const [color, name, time] of parts) {
    if (time <= 0) continue;
    const piece = el('i', { class: color });
    piece.style.flex = String(time / duration) + ' 1 0';
    byId('time-bar').append(piece);
    byId('time-legend').append(el('span', {}, el('i', { class: color }), el('span', {}, name + ' ', el('b', {}, ms(time)), ' ' + share(time / duration))));
  }
  byId('left-out').textContent = sums.leftOut === 0 ? '' : 'Charts and tables show the first ' + whole(A.start.length) + ' requests; ' + whole(sums.leftOut) + ' later ones are in the sums only.';
})();
`;
