import type { Figures } from './figures.js';
import type { RunRecord } from './run-record.js';

/** Shorter runs say nothing of where time goes. Milliseconds. */
const shortest = 1000;

/** One line of advice from the figures of a run: the first rule that fits. `undefined` if nothing stands out. */
export function adviceOf(record: RunRecord, figures: Figures): string | undefined {
  const { sums, end, duration, waits } = record;
  const { times, latency, firstByte, body, connections, headroom, inFlight } = figures;
  if (end?.reason === 'error' && end.error)
    return sums.pages === 0
      ? 'Nothing was received: the first page failed.'
      : 'The run can continue at the page that failed: with a checkpoint (in the command: --checkpoint FILE), the same call resumes there.';
  if (sums.gaps > 0)
    return `${counted(sums.gaps, 'page')} ${sums.gaps === 1 ? 'was' : 'were'} skipped: with a checkpoint, the next run requests ${sums.gaps === 1 ? 'it' : 'them'} again.`;
  if (duration < shortest) return undefined;
  const share = (ms: number) => ms / duration;
  const rate = perSecond(sums.attempts / (duration / 1000));
  const percent = (ms: number) => `${Math.round(share(ms) * 100)}% of the time`;
  if (share(times.throttle) >= 0.5) {
    const room =
      headroom === null || headroom.lowest === 0
        ? 'if the API allows more'
        : `since the API still allowed ${whole(headroom.lowest)}${headroom.limit === null ? '' : ` of ${whole(headroom.limit)}`} requests at the lowest`;
    return `Waits for the throttle are ${percent(times.throttle)}: the run used ${rate}; try a higher rate (in the command: --rate), ${room}.`;
  }
  const asked = waits.filter(({ reason }) => reason === 'rate limit').length;
  if (share(times.retries) >= 0.2) {
    if (asked > 0)
      return `Waits that the API asked for and waits for retries are ${percent(times.retries)}: the run used ${rate} on average; try a rate limit (throttleRequests, in the command --rate) below what it sends between waits.`;
    const [most] = figures.statuses.filter(([status]) => !/^[23]\d\d$|^answered$|^cancelled$/.test(status));
    return `Waits for retries are ${percent(times.retries)}: ${counted(sums.retries, 'retry').replace('retrys', 'retries')}${most ? `, most often after ${most[0]}` : ''}; try fewer requests at the same time, or smaller pages.`;
  }
  if (share(times.rest) >= 0.5)
    return `No request is in flight for ${percent(times.rest)}: your code or the output takes it; try prefetch (in the command: --prefetch 2) to request pages meanwhile.`;
  if (connections !== null && connections.opened >= 10 && connections.opened > connections.reused)
    return `${whole(connections.opened)} connections were opened for ${whole(connections.opened + connections.reused)} requests: the server or a proxy closes them; check keep-alive.`;
  if (firstByte !== null && body !== null && body.p50 > 2 * firstByte.p50 && share(times.requests) >= 0.5)
    return `Bodies take most of the request time (${inWords(body.p50)} of ${inWords(latency?.p50 ?? 0)} at the median): ask for fewer fields, if the API lets you.`;
  if (inFlight === 1 && sums.pages >= 10 && share(times.requests) >= 0.8)
    return `Requests are ${percent(times.requests)}, one after the other: try larger pages (in the command: --size), or several at the same time (--concurrency) if positions can be computed.`;
  return undefined;
}

const whole = (n: number): string => Math.round(n).toLocaleString('en-US');
const counted = (n: number, word: string): string => `${whole(n)} ${word}${n === 1 ? '' : 's'}`;
const perSecond = (n: number): string => `${n >= 10 ? whole(n) : n.toFixed(1)} requests/s`;
const inWords = (ms: number): string => (ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${whole(ms)} ms`);
