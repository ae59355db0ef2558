import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  concat,
  defer,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  type Subscription,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { CallbackError, HttpError, paginate, retryRequests, type Policy, type Transport } from 'pagewise';
import { answer, counting, rejection, thrown } from '../support/walks.js';

const status = (code: number) => new HttpError(answer({}, code));

/** Skips every wait of a run. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let over = false;
  const end = () => (over = true);
  promise.then(end, end);
  for (let i = 0; i < 10_000 && !over; i++) {
    await jest.advanceTimersByTimeAsync(0);
    if (!over && jest.getTimerCount() > 0) await jest.advanceTimersToNextTimerAsync();
  }
  return promise;
}

/** How many attempts one request makes that fails with `code` for its first `failures` attempts. */
async function attempts(policy: Policy, code: number, failures = Infinity): Promise<number> {
  let made = 0;
  const source = defer(() => (++made > failures ? of('done') : throwError(() => status(code))));
  await settled(lastValueFrom(source.pipe(policy)).catch(() => undefined));
  return made;
}

describe('the retry budget', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('R10 is on by default: 500 tokens, a retry costs 14', async () => {
    const policy = retryRequests({ retries: 1000 });
    expect(await attempts(policy, 503)).toBe(1 + 35); // 35 · 14 = 490
    expect(await attempts(policy, 503)).toBe(1); // 10 are left
    expect(await attempts(policy, 429)).toBe(1 + 2);
  });

  it('R10 a retry after a rate limit costs 5', async () => {
    expect(await attempts(retryRequests({ retries: 1000 }), 429)).toBe(1 + 100);
  });

  it('R10 unsubscribing before the answer returns no tokens', async () => {
    const policy = retryRequests({ retries: 1, budget: 27 });
    expect(await attempts(policy, 503)).toBe(2); // 13 are left.
    NEVER.pipe(policy).subscribe().unsubscribe();
    expect(await attempts(policy, 503)).toBe(1);
  });

  it('R10 an answer that fails after its first value returns no tokens', async () => {
    const policy = retryRequests({ retries: 1, budget: 28 });
    const broken = concat(
      of('a'),
      throwError(() => status(503)),
    );
    await settled(lastValueFrom(broken.pipe(policy)).catch(() => undefined)); // One retry, which fails as well: 14 are left.
    expect(await attempts(policy, 503)).toBe(2);
    expect(await attempts(policy, 503)).toBe(1);
  });

  it('R10 nor does one that fails permanently after its first value', async () => {
    const policy = retryRequests({ retries: 1, budget: 27 });
    expect(await attempts(policy, 503)).toBe(2); // 13 are left.
    const refused = concat(
      of('a'),
      throwError(() => status(404)),
    );
    await settled(lastValueFrom(refused.pipe(policy)).catch(() => undefined));
    expect(await attempts(policy, 503)).toBe(1);
  });

  it('R10 used up, the page immediately fails with its last error, and says so', async () => {
    let requests = 0;
    const transport: Transport = () => [answer({}, ++requests > 1 ? 502 : 503)];
    const request = { url: 'http://host/items?key=hush' };
    const pages = paginate(request, counting(3), { transport, policy: retryRequests({ retries: 5, budget: 14 }) });
    const error = await settled(rejection(lastValueFrom(pages)));
    expect(error).toMatchObject({
      name: 'RetryBudgetError',
      message:
        'Page 1 failed: 502 Bad Gateway, and the retry budget is used up after 2 attempts, GET http://host/items?key=…',
      attempts: 2,
      resume: { position: 1 },
      cause: { name: 'HttpError', status: 502 },
    });
    expect(requests).toBe(2);
  });

  it('R10 outside Pagewise the last error is the cause, unchanged', async () => {
    const mine = Object.freeze(Object.assign(new Error('down'), { status: 503 }));
    const source = throwError(() => mine).pipe(retryRequests({ budget: 0 }));
    const error = await rejection(lastValueFrom(source));
    expect(error).toMatchObject({ name: 'RetryBudgetError', cause: mine });
    expect(error.message).toBe('Error: down, and the retry budget is used up');
  });

  it('R10 a failed last attempt does not involve the budget', async () => {
    const source = throwError(() => status(503)).pipe(retryRequests({ retries: 1, budget: 14 }));
    expect(await settled(rejection(lastValueFrom(source)))).toMatchObject({ name: 'HttpError', status: 503 });
    expect(
      await rejection(lastValueFrom(throwError(() => status(404)).pipe(retryRequests({ budget: 0 })))),
    ).toMatchObject({ name: 'HttpError', status: 404 });
  });

  it('R10 a success returns what its last retry cost', async () => {
    const policy = retryRequests({ retries: 1000, budget: 28 });
    for (let i = 0; i < 20; i++) expect(await attempts(policy, 503, 1)).toBe(2);
    expect(await attempts(policy, 503, 2)).toBe(3); // Took 28, returned 14.
    expect(await attempts(policy, 503)).toBe(2);
  });

  it('R10 a success without a retry returns 1, and never exceeds the budget', async () => {
    const policy = retryRequests({ retries: 1000, budget: 28 });
    expect(await attempts(policy, 503)).toBe(3);
    for (let i = 0; i < 13; i++) await attempts(policy, 503, 0);
    expect(await attempts(policy, 503)).toBe(1);
    await attempts(policy, 503, 0);
    expect(await attempts(policy, 503)).toBe(2);
    for (let i = 0; i < 1000; i++) await attempts(policy, 503, 0);
    expect(await attempts(policy, 503)).toBe(3);
  });

  it('R10 a page is a success even if the walk takes its answer and unsubscribes', async () => {
    const policy = retryRequests({ retries: 1000, budget: 14 });
    expect(await attempts(policy, 503)).toBe(2);
    const transport: Transport = ({ body }) => [answer(body)];
    await settled(lastValueFrom(paginate({ body: {} }, counting(14), { transport, policy }).pipe(toArray())));
    expect(await attempts(policy, 503)).toBe(2);
    for (let i = 0; i < 14; i++) await lastValueFrom(concat(of('one'), NEVER).pipe(policy, take(1)));
    expect(await attempts(policy, 503)).toBe(2);
  });

  it('R10 a source that emits and then fails is no success', async () => {
    const policy = retryRequests({ retries: 1000, budget: 14 });
    let made = 0;
    const failing = defer(() => {
      made++;
      return concat(
        of('partial'),
        throwError(() => status(503)),
      );
    });
    await settled(rejection(lastValueFrom(failing.pipe(policy))));
    expect(made).toBe(2);
  });

  it('R10 a wait that is unsubscribed from returns its tokens: nothing was sent', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(1); // A wait of less than a millisecond would pass immediately.
    const policy = retryRequests({ retries: 1000, budget: 14 });
    for (let i = 0; i < 5; i++) {
      const waiting = throwError(() => status(503))
        .pipe(policy)
        .subscribe({ error: () => undefined });
      await jest.advanceTimersByTimeAsync(0);
      expect(jest.getTimerCount()).toBe(1);
      waiting.unsubscribe();
    }
    expect(await attempts(policy, 503)).toBe(2);
  });

  /** Gets to the second attempt of a source whose first one fails. */
  async function retrying(policy: Policy, second: Observable<unknown>, by = (source: Observable<unknown>) => source) {
    let made = 0;
    const source = defer(() => (made++ === 0 ? throwError(() => status(503)) : second));
    const retried = by(source.pipe(policy)).subscribe({ error: () => undefined });
    await jest.advanceTimersByTimeAsync(0);
    if (jest.getTimerCount() > 0) await jest.advanceTimersToNextTimerAsync();
    await jest.advanceTimersByTimeAsync(0);
    expect(made).toBe(2);
    return retried;
  }

  it('R10 a retry that is unsubscribed from before its answer returns no tokens', async () => {
    const policy = retryRequests({ retries: 1, budget: 14 });
    (await retrying(policy, NEVER)).unsubscribe();
    expect(await attempts(policy, 503)).toBe(1);
  });

  it('R10 a retry whose answer is taken, with an end of it that is not awaited, returns its tokens', async () => {
    const policy = retryRequests({ retries: 1, budget: 14 });
    await retrying(policy, concat(of('one'), NEVER), (source) => source.pipe(take(1)));
    expect(await attempts(policy, 503)).toBe(2);
  });

  it("R10 a retry that fails by a caller's function returns its tokens, and a first attempt that does so has none", async () => {
    const policy = retryRequests({ retries: 1, budget: 14 });
    const broken = throwError(() => new CallbackError('headers', new Error('mine')));
    await retrying(policy, broken);
    expect(await attempts(policy, 503)).toBe(2);
    await lastValueFrom(broken.pipe(policy)).catch(() => undefined);
    for (let i = 0; i < 13; i++) await attempts(policy, 503, 0);
    await lastValueFrom(broken.pipe(policy)).catch(() => undefined);
    expect(await attempts(policy, 503)).toBe(1);
  });

  it('R10 unsubscribing within shouldRetry takes no tokens', async () => {
    const policy = retryRequests({ retries: 1, budget: 14, shouldRetry: () => (waiting.unsubscribe(), true) });
    const waiting: Subscription = throwError(() => status(503))
      .pipe(policy)
      .subscribe({ error: () => undefined });
    await jest.advanceTimersByTimeAsync(1000);
    expect(await attempts(policy, 503)).toBe(2);
  });

  it('R10 a retry that is cancelled before it was sent returns its tokens', async () => {
    const policy = retryRequests({ retries: 1, budget: 14 });
    let asked = 0;
    const headers = () => (asked++ === 0 ? of({}) : NEVER);
    const transport: Transport = () => [answer({}, 503)];
    const walk = paginate({ body: {}, headers }, counting(1), { transport, policy }).subscribe();
    await jest.advanceTimersByTimeAsync(0);
    if (jest.getTimerCount() > 0) await jest.advanceTimersByTimeAsync(1000);
    expect(asked).toBe(2);
    walk.unsubscribe();
    expect(await attempts(policy, 503)).toBe(2);
  });

  it('R10 S12 the state is in the policy value: streams that share it share the budget, others do not', async () => {
    const transport: Transport = () => [answer({}, 503)];
    const asked = async (policy: Policy) =>
      (await settled(rejection(lastValueFrom(paginate({ body: {} }, counting(3), { transport, policy })))))['attempts'];
    const shared = retryRequests({ budget: 28, retries: 9 });
    expect(await asked(shared)).toBe(3);
    expect(await asked(shared)).toBe(1);
    expect(await asked(retryRequests({ budget: 28, retries: 9 }))).toBe(3);
  });

  it('R10 can be set and turned off; endless retries have no budget unless it is set', async () => {
    expect(await attempts(retryRequests({ retries: 100, budget: Infinity }), 503)).toBe(101);
    expect(await attempts(retryRequests({ retries: Infinity }), 503, 200)).toBe(201);
    expect(await attempts(retryRequests({ retries: Infinity, budget: 14 }), 503)).toBe(2);
    expect(thrown(() => retryRequests({ budget: -1 })).message).toBe(
      'retryRequests: budget must be a number of at least 0 or Infinity, not -1',
    );
  });
});
