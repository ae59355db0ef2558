import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, map, NEVER, of, pipe, retry, timer, toArray } from 'rxjs';
import { pageNumber, paginate, retryRequests, throttleRequests, type PagePolicy, type Transport } from 'pagewise';
import { numbered, rows, serve, until } from './support/server.js';
import { answer, counting, echo, itemsOf, plain, rejection, thrown } from './support/walks.js';

const busy: Transport = () => of(answer({}, 503));
const silent: Transport = () => NEVER;

describe('totalTimeout', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** The error of a walk, and when it came. */
  async function failure(transport: Transport, policy: PagePolicy, totalTimeout: number) {
    const begin = performance.now();
    let failed: { error: unknown; at: number } | undefined;
    paginate({ url: 'http://host/items' }, counting(3), { transport, policy, totalTimeout }).subscribe({
      error: (error: unknown) => (failed = { error, at: Math.round(performance.now() - begin) }),
    });
    await jest.advanceTimersByTimeAsync(totalTimeout - 1);
    expect(failed).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(failed?.at).toBe(totalTimeout);
    expect(jest.getTimerCount()).toBe(0);
    return failed?.error;
  }

  it('T2 ends a page that never answers, and says which page and what it waited for', async () => {
    expect(await failure(silent, retryRequests(), 5000)).toMatchObject({
      name: 'PageTimeoutError',
      message:
        'Page 1 failed: not complete within 5000 ms (`totalTimeout`), waiting for an answer, GET http://host/items',
      timeoutMs: 5000,
      waitingFor: 'an answer',
      pageIndex: 0,
      attempts: 1,
      resume: { position: 1 },
    });
  });

  it('T2 covers the waits of a retry, and is never retried', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    // Attempts at 0, 500, 1500 and 3500; the next one would be at 7500.
    expect(await failure(busy, retryRequests({ shouldRetry: () => true }), 5000)).toMatchObject({
      message:
        'Page 1 failed: not complete within 5000 ms (`totalTimeout`), waiting for a retry ' +
        '(the last attempt: 503 Service Unavailable) after 4 attempts, GET http://host/items',
      waitingFor: 'a retry',
      attempts: 4,
      cause: { name: 'HttpError', status: 503 },
    });
  });

  it("T2 covers those of rxjs's own retry, and of any policy", async () => {
    const policy: PagePolicy = retry({ delay: () => timer(100_000) });
    expect(await failure(busy, policy, 5000)).toMatchObject({ waitingFor: 'a retry', attempts: 1 });
  });

  it('T2 covers the wait in the queue of a throttle', async () => {
    const throttle = throttleRequests({ limit: 1, interval: 60_000 });
    throttle(of(1)).subscribe(); // Another stream has taken the slot.
    const error = await failure(echo, pipe(throttle, retryRequests()), 5000);
    expect(error).toMatchObject({ waitingFor: 'the throttle', attempts: 0 });
  });

  it('T2 covers an answer after retries', async () => {
    const transport: Transport = (request, { attempt, ...rest }) =>
      (attempt === 1 ? busy : silent)(request, { attempt, ...rest });
    expect(await failure(transport, retryRequests({ base: 0 }), 5000)).toMatchObject({
      waitingFor: 'an answer',
      attempts: 2,
      cause: { status: 503 },
    });
  });

  it('T2 restarts with each page, and does not run while the consumer is busy', async () => {
    const transport: Transport = ({ body }) => timer(40).pipe(map(() => answer(body)));
    const pages = paginate({ body: {} }, counting(10), {
      transport,
      policy: plain,
      totalTimeout: 50,
      nextWhen: () => timer(1000),
    });
    const done = lastValueFrom(pages.pipe(toArray()));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(itemsOf(await done)).toHaveLength(10);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('T2 covers a slow schema, whose late result changes nothing', async () => {
    const validate = () => lastValueFrom(timer(6000)).then(() => ({ issues: [{ message: 'too late' }] }));
    const schema = { '~standard': { version: 1, vendor: 'test', validate } } as const;
    const errors: unknown[] = [];
    paginate({ body: {} }, counting(3), { transport: echo, schema, totalTimeout: 5000 }).subscribe({
      error: (error: unknown) => errors.push(error),
    });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(errors).toMatchObject([{ name: 'PageTimeoutError', attempts: 1 }]);
  });

  it('the schema of a page that was fetched ahead counts as well', async () => {
    let validated = 0;
    const slow = () => lastValueFrom(timer(6000)).then(() => ({ issues: [{ message: 'too late' }] }));
    const validate = (value: unknown) => (++validated > 1 ? slow() : { value: value as number });
    const schema = { '~standard': { version: 1, vendor: 'test', validate } } as const;
    const strategy = { ...counting(3), guess: (from: number) => from + 1 };
    const errors: unknown[] = [];
    paginate({ body: {} }, strategy, { transport: echo, schema, totalTimeout: 5000, concurrency: 3 }).subscribe({
      error: (error: unknown) => errors.push(error),
    });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(errors).toMatchObject([{ name: 'PageTimeoutError', pageIndex: 1 }]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('T2 unsubscribing clears its timer', () => {
    const walk = paginate({ body: {} }, counting(2), { transport: silent, totalTimeout: 5000 }).subscribe();
    expect(jest.getTimerCount()).toBe(2); // Including the timer that keeps the process alive.
    walk.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('T2 an expired position that starts over gets a new deadline', async () => {
    let first = true;
    const transport: Transport = ({ body }) => {
      const { page } = body as { page: number };
      if (page === 2 && first) return ((first = false), later(answer({}, 410)));
      return later(answer(body));
    };
    const later = (response: ReturnType<typeof answer>) => lastValueFrom(timer(40)).then(() => response);
    const strategy = { ...counting(3), onExpired: 'restart' as const };
    const pages = paginate({ body: {} }, strategy, { transport, policy: plain, totalTimeout: 50 });
    const done = lastValueFrom(pages.pipe(toArray()));
    await jest.advanceTimersByTimeAsync(1000);
    expect(itemsOf(await done)).toEqual([1, 1, 2, 3]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('T2 there is none by default, a very long one does not overflow, and an invalid time is refused', async () => {
    const pages = (totalTimeout?: number) =>
      paginate({ body: {} }, counting(2), { transport: silent, totalTimeout }).subscribe({
        error: () => {
          throw new Error('too early');
        },
      });
    const walks = [pages(), pages(Infinity), pages(2 ** 40)];
    expect(jest.getTimerCount()).toBe(walks.length + 1); // One each keeps the process alive.
    await jest.advanceTimersByTimeAsync(2 ** 31 - 2);
    for (const walk of walks) walk.unsubscribe();
    expect(thrown(() => pages(0)).message).toBe(
      'paginate: totalTimeout must be a number of at least 1 or Infinity, not 0',
    );
  });
});

describe('totalTimeout, on a real server', () => {
  it('T2 frees the socket, and error.resume resumes at the page', async () => {
    let stuck = true;
    const page = numbered(25);
    const server = await serve((seen, response) => {
      if (!stuck || seen.url.searchParams.get('page') !== '2') page(seen, response);
    });
    const strategy = pageNumber<number>({ items: 'items', size: 10 });
    const first: number[] = [];
    const walk = paginate({ url: server.url }, strategy, { totalTimeout: 2000 });
    const error = await rejection(
      (async () => {
        for await (const { items } of walk) first.push(...items);
      })(),
    );
    expect(error).toMatchObject({ name: 'PageTimeoutError', pageIndex: 1 });
    await until('the server sees the close', () => server.aborted() === 1 && server.inFlight() === 0);
    stuck = false;
    const rest = paginate({ url: server.url }, strategy, { resumeFrom: error['resume'] as never });
    expect([...first, ...itemsOf(await lastValueFrom(rest.pipe(toArray())))]).toEqual(rows(25));
  });
});

it('is over after that turn, if no answer came while the page was frozen', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
  const walk = paginate({ body: {} }, counting(1), { transport: silent, policy: plain, totalTimeout: 500 });
  const failed = rejection(lastValueFrom(walk));
  const { now } = performance;
  jest.spyOn(performance, 'now').mockImplementation(() => Reflect.apply(now, performance, []) + 3_600_000);
  await jest.advanceTimersByTimeAsync(502);
  jest.restoreAllMocks();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
  expect(await failed).toMatchObject({ name: 'PageTimeoutError' });
});

it('is not over yet for an answer that came while the page was frozen: it gets a turn', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
  const transport: Transport = ({ body }) => timer(500).pipe(map(() => answer(body)));
  const walk = paginate({ body: {} }, counting(1), { transport, policy: plain, totalTimeout: 500 });
  const pages = lastValueFrom(walk.pipe(toArray()));
  const { now } = performance;
  jest.spyOn(performance, 'now').mockImplementation(() => Reflect.apply(now, performance, []) + 3_600_000);
  await jest.advanceTimersByTimeAsync(501);
  expect(itemsOf(await pages)).toEqual([1]);
  jest.restoreAllMocks();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

it('H3 a page ahead of its turn sends nothing after its totalTimeout', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
  let sent = 0;
  const transport: Transport = ({ body }) => {
    const { page } = body as { page: number };
    if (page > 1) sent++;
    return [answer(body, page > 1 ? 503 : 200)];
  };
  const policy = retryRequests({ retries: Infinity, base: 10, cap: 20, budget: Infinity });
  const options = { transport, policy, totalTimeout: 500, concurrency: 2 };
  const pages = paginate({ body: {} }, { ...counting(9), guess: (page) => page + 1 }, options)[Symbol.asyncIterator]();
  expect(await pages.next()).toMatchObject({ value: { items: [1] } });
  await jest.advanceTimersByTimeAsync(500);
  const atTimeout = sent;
  expect(atTimeout).toBeGreaterThan(10);
  await jest.advanceTimersByTimeAsync(60_000); // The loop works on the first page.
  expect(sent).toBe(atTimeout);
  await expect(pages.next()).rejects.toMatchObject({ name: 'PageTimeoutError', pageIndex: 1 });
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});
