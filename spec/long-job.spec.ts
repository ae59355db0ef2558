import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { checkpoint, paginate, retryRequests, throttleRequests, type Transport } from 'pagewise';
import { pipe } from 'rxjs';
import { answer, counting } from './support/walks.js';

const hour = 3_600_000;

describe('a job of ten hours', () => {
  // Immediates stay real: after one, all that is due has happened, however slow the machine is.
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => void jest.useRealTimers());

  it('keeps its rate, follows rotating credentials, waits out a pause of two hours, and completes', async () => {
    // Eight hours at one page every ten seconds: the real time depends on the pages, not on the hours.
    const interval = 10_000;
    const pages = (8 * hour) / interval;
    const start = Date.now();
    const now = () => Date.now() - start;
    const tokenNow = () => `token ${Math.floor(now() / hour)}`;
    let token = tokenNow();
    let expired = 0;
    const sent: number[] = [];
    const transport: Transport = ({ headers, body }) => {
      // Maintenance in the fifth and sixth hour.
      if (now() >= 4 * hour && now() < 6 * hour) {
        const left = Math.ceil((6 * hour - now()) / 1000);
        return [answer('', 503, { 'retry-after': String(left) })];
      }
      if ((headers as Record<string, string>)['authorization'] !== tokenNow()) {
        expired++;
        return [answer('', 401)];
      }
      sent.push(now());
      return [answer(body)];
    };
    const store = new Map<string, string>();
    const walk = paginate({ body: {}, headers: () => [{ authorization: token }] }, counting(pages), {
      transport,
      policy: pipe(
        throttleRequests({ limit: 1, interval }),
        retryRequests({ maxRetryAfter: 3 * hour, onUnauthorized: () => [(token = tokenNow())] }),
      ),
      checkpoint: checkpoint(store, 'job'),
    });
    const seen: number[] = [];
    let ended: unknown;
    void (async () => {
      for await (const { items } of walk) seen.push(...items);
    })().then(
      () => (ended = 'complete'),
      (error: unknown) => (ended = error),
    );
    for (let turn = 0; turn < 10 * pages && ended === undefined; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      jest.advanceTimersToNextTimer();
    }

    expect(ended).toBe('complete');
    expect(seen).toEqual(Array.from({ length: pages }, (_, i) => i + 1));
    expect(expired).toBeGreaterThanOrEqual(7);
    expect(sent.at(-1)).toBeGreaterThan(9.9 * hour);
    const tooSoon = sent.filter((at, i) => i > 0 && at - sent[i - 1]! < interval - 1);
    expect(tooSoon).toEqual([]);
    expect(store.get('job')).toContain('"done":true');
  });
});
