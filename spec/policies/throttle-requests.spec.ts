import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defer, forkJoin, lastValueFrom, NEVER, Observable, of, pipe, throwError, timer } from 'rxjs';
import { finalize, mergeMap, toArray } from 'rxjs';
import {
  CheckError,
  ConfigError,
  HttpError,
  paginate,
  retryRequests,
  throttleRequests,
  type Policy,
  type ThrottleOptions,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { heapInUse } from '../support/heap.js';
import { answer, counting, echo, rejection, thrown } from '../support/walks.js';

/** Without a margin, for tests that are about something else. */
const exactly = (options: ThrottleOptions) => throttleRequests({ margin: 0, ...options });

describe('throttleRequests', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const starts = () => {
    const at: number[] = [];
    const begin = performance.now();
    const request = <T>(source: Observable<T>) => defer(() => (at.push(Math.round(performance.now() - begin)), source));
    return { at, request };
  };

  it('starts at most `limit` requests in any interval, in order', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 3, interval: 1000 });
    const order: number[] = [];
    for (let i = 0; i < 8; i++) policy(request(of(i))).subscribe((value) => order.push(value));
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 0, 0, 1000, 1000, 1000, 2000, 2000]);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('the window slides with each request', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 2, interval: 1000 });
    const send = () => policy(request(of(0))).subscribe();
    send();
    await jest.advanceTimersByTimeAsync(900);
    send();
    await jest.advanceTimersByTimeAsync(150); // 1050: the first is out of the window, the second is not.
    send();
    send();
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 900, 1050, 1900]);
  });

  it('a request made while the queue moves comes after those that wait, even if there is room', async () => {
    const policy = exactly({ limit: 2, interval: 1000 });
    const order: string[] = [];
    const ask = (name: string, then?: () => void) =>
      policy(defer(() => (order.push(name), then?.(), of(name)))).subscribe();
    for (const name of ['a', 'b']) ask(name);
    ask('c', () => ask('e'));
    ask('d');
    await jest.advanceTimersByTimeAsync(5000);
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('R15 counts attempts, retries included', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const { at, request } = starts();
    let left = 3;
    const source = request(defer(() => (left-- > 0 ? throwError(() => new HttpError(answer({}, 503))) : of('done'))));
    const done = lastValueFrom(pipe(exactly({ limit: 1, interval: 200 }), retryRequests())(source));
    await jest.advanceTimersByTimeAsync(5000);
    expect(await done).toBe('done');
    expect(at).toEqual([0, 200, 400, 600]);
  });

  it('R15 is shared by every stream that uses the same value, and by no other', async () => {
    const run = async (policies: Policy[]) => {
      const at: number[] = [];
      const begin = performance.now();
      const transport: Transport = ({ body }) => (at.push(Math.round(performance.now() - begin)), [answer(body)]);
      const walks = policies.map((policy) =>
        paginate({ body: {} }, counting(3), { transport, policy }).pipe(toArray()),
      );
      const done = lastValueFrom(forkJoin(walks));
      await jest.advanceTimersByTimeAsync(10_000);
      await done;
      return at;
    };
    const one = exactly({ limit: 2, interval: 1000 });
    expect(await run([one, one])).toEqual([0, 0, 1000, 1000, 2000, 2000]);
    const fresh = () => exactly({ limit: 2, interval: 1000 });
    expect(await run([fresh(), fresh()])).toEqual([0, 0, 0, 0, 1000, 1000]);
  });

  it('R15 a queued wait ends with its subscription, and uses no slot', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 1, interval: 1000 });
    policy(request(of(0))).subscribe();
    const queued = policy(request(of(1))).subscribe();
    expect(jest.getTimerCount()).toBe(1);
    queued.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    await jest.advanceTimersByTimeAsync(1000);
    policy(request(of(2))).subscribe();
    expect(at).toEqual([0, 1000]);
  });

  it.each([
    ['a 429 with a hint', throwError(() => new HttpError(answer({}, 429, { 'retry-after': '5' }))), 5000],
    ['a 503 with a hint', throwError(() => new HttpError(answer({}, 503, { 'retry-after': '5' }))), 5000],
    [
      'an answer with nothing remaining',
      of(answer({}, 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '5' })),
      5000,
    ],
    ['a RateLimit header with r=0', of(answer({}, 200, { ratelimit: '"default";r=0;t=5' })), 5000],
    ['a 429 without a hint', throwError(() => new HttpError(answer({}, 429))), 0],
    ['a 404 with a hint', throwError(() => new HttpError(answer({}, 404, { 'retry-after': '5' }))), 0],
    [
      'an answer with something remaining',
      of(answer({}, 200, { 'ratelimit-remaining': '1', 'ratelimit-reset': '5' })),
      0,
    ],
    ['a 503 as a cause', throwError(() => new Error('x', { cause: { status: 503, headers: { 'retry-after': '5' } } })), 5000],
    ["a check's rate limit", throwError(() => new CheckError('busy', answer({}, 200), { throttled: true, afterMs: 5 })), 5],
    ["a check's other wait", throwError(() => new CheckError('busy', answer({}, 200), { afterMs: 5 })), 0],
    ['a hint of two minutes', throwError(() => new HttpError(answer({}, 429, { 'retry-after': '120' }))), 120_000],
    ['a hint above two minutes', throwError(() => new HttpError(answer({}, 429, { 'retry-after-ms': '120001' }))), 0],
    ['a hint of nothing', throwError(() => new HttpError(answer({}, 429, { 'retry-after': '0' }))), 0],
    ['what is no answer', of('text', null, { headers: 5 }), 0],
    ['a hint above maxPause', throwError(() => new HttpError(answer({}, 429, { 'retry-after': '3600' }))), 0],
  ])('R15 %s pauses every queued request that long', async (_name, first, expected) => {
    const { at, request } = starts();
    const policy = exactly({ limit: 10, interval: 1 });
    policy(request(first as Observable<unknown>)).subscribe({ error: () => {} });
    for (const i of [1, 2]) policy(request(of(i))).subscribe();
    await jest.advanceTimersByTimeAsync(130_000);
    expect(at).toEqual([0, expected, expected]);
  }); // prettier-ignore

  it('R15 maxPause is the longest pause; of two, the longer counts', async () => {
    const hinted = (ms: number) => throwError(() => new HttpError(answer({}, 429, { 'retry-after-ms': `${ms}` })));
    const paused = async (maxPause: number, ...waits: number[]) => {
      const { at, request } = starts();
      const policy = exactly({ limit: 10, interval: 0, maxPause });
      const all = waits.map((ms) => hinted(ms));
      // All of them are in flight before the first has answered.
      for (const one of all) policy(timer(1).pipe(mergeMap(() => one))).subscribe({ error: () => {} });
      await jest.advanceTimersByTimeAsync(1);
      policy(request(of(0))).subscribe();
      await jest.advanceTimersByTimeAsync(200_000);
      return at;
    };
    expect(await paused(500, 500)).toEqual([501]);
    expect(await paused(500, 501)).toEqual([1]);
    expect(await paused(500, 501, 300)).toEqual([301]);
    expect(await paused(500, 400, 300)).toEqual([401]);
    expect(await paused(500, 300, 400)).toEqual([401]);
    expect(await paused(0, 1)).toEqual([1]);
    expect(await paused(Infinity, 150_000)).toEqual([150_001]);
  });

  it('R15 a pause that is longer than the window holds, and a shorter one does not open it', async () => {
    for (const [pause, expected] of [
      [1500, 1500],
      [500, 1000],
    ] as const) {
      const { at, request } = starts();
      const policy = exactly({ limit: 1 });
      const error = new HttpError(answer({}, 429, { 'retry-after-ms': `${pause}` }));
      policy(request(throwError(() => error))).subscribe({ error: () => {} });
      policy(request(of(1))).subscribe();
      await jest.advanceTimersByTimeAsync(5000);
      expect(at).toEqual([0, expected]);
    }
  });

  it('R15 cancelled requests in the queue delay no others, and one timer serves all', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 1, interval: 1000 });
    policy(request(of(0))).subscribe();
    const queued = [1, 2, 3].map((i) => policy(request(of(i))).subscribe());
    expect(jest.getTimerCount()).toBe(1);
    queued[0]?.unsubscribe();
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1000);
    expect(at).toEqual([0, 1000]);
    expect(jest.getTimerCount()).toBe(1);
    queued[2]?.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 1000]);
  });

  it('R15 a timer that the runtime has dropped is set again by the next request', async () => {
    const { at, request } = starts();
    const policy = throttleRequests({ limit: 1, interval: 1000, margin: 0 });
    const set = jest.spyOn(globalThis, 'setTimeout');
    policy(request(of(0))).subscribe();
    policy(request(of(1))).subscribe();
    for (const { value } of set.mock.results) clearTimeout(value as NodeJS.Timeout);
    await jest.advanceTimersByTimeAsync(3000);
    expect(at).toEqual([0]);
    policy(request(of(2))).subscribe();
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 3000, 4000]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('R15 gives back the turn of a request that is cancelled before it is sent', async () => {
    const { at, request } = starts();
    const policy = throttleRequests({ limit: 1, interval: 1000, margin: 0 });
    policy(request(of(0))).subscribe();
    const queued = policy(request(of(1))).subscribe();
    policy(request(of(2))).subscribe();
    jest.advanceTimersByTime(1000); // Its turn, and no microtask yet.
    queued.unsubscribe();
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 1000]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('R15 does not give back a turn that no longer counts', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 1, interval: 1000 });
    policy(request(of(0))).subscribe();
    const queued = policy(request(of(1))).subscribe();
    for (const i of [2, 3]) policy(request(of(i))).subscribe();
    jest.advanceTimersByTime(2000); // Two turns, and no microtask yet.
    queued.unsubscribe();
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 2000, 3000]);
  });

  it('R15 a subscriber that is closed already uses no slot', () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 1, interval: 1000 });
    const closed = new Observable<number>((subscriber) => {
      subscriber.complete();
      return policy(of(0)).subscribe(subscriber);
    });
    closed.subscribe();
    policy(request(of(1))).subscribe();
    expect(at).toEqual([0]);
  });

  it('R15 at the end of a pause starts at once', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 9, interval: 1000 });
    const error = new HttpError(answer({}, 429, { 'retry-after-ms': '500' }));
    policy(throwError(() => error)).subscribe({ error: () => {} });
    await jest.advanceTimersByTimeAsync(500);
    policy(request(of(1))).subscribe();
    expect(at).toEqual([500]);
  });

  describe('in Cloudflare Workers, where timers end with their request', () => {
    const { navigator } = globalThis;
    beforeEach(() => {
      Object.defineProperty(globalThis, 'navigator', {
        value: { userAgent: 'Cloudflare-Workers' },
        configurable: true,
      });
    });
    afterEach(() => {
      Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
    });

    it('R15 a request waits by a timer of its own', async () => {
      const { at, request } = starts();
      const policy = throttleRequests({ limit: 1, interval: 1000 });
      const set = jest.spyOn(globalThis, 'setTimeout');
      policy(request(of(0))).subscribe();
      policy(request(of(1))).subscribe(); // Of a request that ends while it waits: all its timers are gone.
      for (const { value } of set.mock.results) clearTimeout(value as NodeJS.Timeout);
      await jest.advanceTimersByTimeAsync(100);
      policy(request(of(2))).subscribe();
      policy(request(of(3))).subscribe();
      await jest.advanceTimersByTimeAsync(10_000);
      expect(at).toHaveLength(4);
      expect(at.at(-1)).toBeLessThan(3100);
      for (const [i, time] of at.slice(1).entries()) expect(time - at[i]!).toBeGreaterThanOrEqual(1000);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('R15 a request waits on by its own timer, if the one after it has ended with the timer of the queue', async () => {
      const { at, request } = starts();
      const policy = exactly({ limit: 1, interval: 1000 });
      for (const i of [0, 1, 2, 3]) policy(request(of(i))).subscribe();
      const set = jest.spyOn(globalThis, 'setTimeout');
      await jest.advanceTimersByTimeAsync(1100); // Each has looked after the queue, the last one last.
      for (const { value } of set.mock.results.slice(-2)) clearTimeout(value as NodeJS.Timeout);
      await jest.advanceTimersByTimeAsync(1000);
      expect(at).toEqual([0, 1000, expect.any(Number)]);
      expect(at[2]).toBeLessThan(2100);
    });

    it('R15 one that is cancelled leaves no timer', async () => {
      const policy = throttleRequests({ limit: 1, interval: 1000 });
      const queued = [1, 2, 3].map((i) => policy(of(i)).subscribe());
      expect(jest.getTimerCount()).toBeGreaterThan(1);
      for (const one of queued) one.unsubscribe();
      expect(jest.getTimerCount()).toBe(0);
    });

    it.each([1, 2, 7])('R15 holds the limit of %d, and the order', async (limit) => {
      const { at, request } = starts();
      const policy = throttleRequests({ limit, interval: 1000 });
      const order: number[] = [];
      for (let i = 0; i < 30; i++) {
        policy(request(of(i))).subscribe((value) => order.push(value));
        await jest.advanceTimersByTimeAsync(37);
      }
      await jest.advanceTimersByTimeAsync(60_000);
      expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i));
      for (const [i, time] of at.slice(limit).entries()) expect(time - at[i]!).toBeGreaterThanOrEqual(1000);
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('T3 a started request ends with its subscription', async () => {
    const policy = exactly({ limit: 1, interval: 1000 });
    let ended = 0;
    const endless = NEVER.pipe(finalize(() => ended++));
    const atOnce = policy(endless).subscribe();
    const queued = policy(endless).subscribe();
    await jest.advanceTimersByTimeAsync(1000);
    atOnce.unsubscribe();
    expect(ended).toBe(1);
    queued.unsubscribe();
    expect([ended, jest.getTimerCount()]).toEqual([2, 0]);
  });

  it('passes values, errors and completion on unchanged', async () => {
    const policy = exactly({ limit: 9 });
    const mine = new Error('mine');
    expect(await lastValueFrom(policy(of(1, 2)).pipe(toArray()))).toEqual([1, 2]);
    expect(await rejection(lastValueFrom(policy(throwError(() => mine))))).toBe(mine);
  });

  it('E11 a listener that throws when notified of a wait fails its own stream, and uses no slot', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 1, interval: 1000 });
    policy(request(of(0))).subscribe();
    const events = {
      next: ({ type }: WalkEvent) => {
        if (type === 'wait') throw new Error('mine');
      },
    };
    const failed = rejection(lastValueFrom(paginate({ body: {} }, counting(2), { transport: echo, policy, events })));
    await jest.advanceTimersByTimeAsync(0);
    expect(await failed).toMatchObject({ name: 'CallbackError', cause: new Error('mine') });
    expect(jest.getTimerCount()).toBe(0);
    policy(request(of(1))).subscribe();
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 1000]);
  });

  it('R14 a jump of the wall clock changes no wait', async () => {
    for (const jump of [3_600_000, -3_600_000]) {
      const { at, request } = starts();
      const policy = exactly({ limit: 1, interval: 1000 });
      for (const i of [1, 2, 3]) policy(request(of(i))).subscribe();
      jest.setSystemTime(Date.now() + jump);
      await jest.advanceTimersByTimeAsync(5000);
      expect(at).toEqual([0, 1000, 2000]);
    }
  });

  it('reports its waits', async () => {
    const seen: WalkEvent[] = [];
    const policy = exactly({ limit: 1, interval: 1000 });
    const done = lastValueFrom(
      paginate({ body: {} }, counting(2), { transport: echo, policy, events: { next: (event) => seen.push(event) } }),
    );
    await jest.advanceTimersByTimeAsync(2000);
    await done;
    expect(seen.filter(({ type }) => type === 'wait')).toMatchObject([{ reason: 'throttle', ms: 1000 }]);
  });

  it('bounds its memory: a million requests leave nothing behind', () => {
    const policy = exactly({ limit: 1_000_000, interval: 0 });
    let count = 0;
    for (let i = 0; i < 100_000; i++) policy(of(i)).subscribe(() => count++);
    expect([count, jest.getTimerCount()]).toEqual([100_000, 0]);
  });

  it('keeps no start that no longer counts, however high the limit', async () => {
    const policy = exactly({ limit: 1_000_000_000, interval: 10 });
    const send = async (seconds: number) => {
      for (let i = 0; i < seconds * 100; i++) {
        for (let j = 0; j < 1000; j++) policy(of(j)).subscribe();
        await jest.advanceTimersByTimeAsync(10);
      }
    };
    await send(0.2);
    const before = heapInUse();
    await send(2);
    // 200,000 starts would be 1,600,000 bytes.
    expect(heapInUse() - before).toBeLessThan(800_000);
  });

  it('still counts exactly after it has dropped old starts', async () => {
    const { at, request } = starts();
    const policy = exactly({ limit: 1500, interval: 1000 });
    for (let i = 0; i < 6000; i++) policy(request(of(i))).subscribe();
    await jest.advanceTimersByTimeAsync(5000);
    expect(at).toEqual([0, 1000, 2000, 3000].flatMap((ms) => Array<number>(1500).fill(ms)));
  });

  it.each([
    ['retry, throttle', (a: Policy, b: Policy) => pipe(b, a), 1],
    [
      'retry, an operator of yours, throttle',
      (a: Policy, b: Policy) =>
        pipe(
          b,
          finalize(() => {}),
          a,
        ),
      1,
    ],
    ['throttle, retry', (a: Policy, b: Policy) => pipe(a, b), 0],
    ['throttle, retry, throttle', (a: Policy, b: Policy) => pipe(a, b, a), 0],
    ['throttle alone', (a: Policy) => a, 0],
  ] as const)('reports retries that pass it, once a walk: %s', async (_name, policyOf, notices) => {
    const heard: string[] = [];
    const events = { next: (event: WalkEvent) => event.type === 'notice' && heard.push(event.message) };
    const policy = policyOf(exactly({ limit: 100 }), retryRequests());
    for (const walks of [1, 2]) {
      await paginate({ body: {} }, counting(3), { transport: echo, policy, events: events }).forEach(() => {});
      expect(heard).toHaveLength(walks * notices);
    }
    for (const message of heard) expect(message).toContain('pipe(throttleRequests(…), retryRequests(…))');
  });

  it('reports nothing if there are no retries', async () => {
    const events = { next: jest.fn() };
    const policy = pipe(retryRequests({ retries: 0 }), exactly({ limit: 9 })) as Policy;
    await paginate({ body: {} }, counting(1), { transport: echo, policy, events }).forEach(() => {});
    expect(events.next).not.toHaveBeenCalledWith(expect.objectContaining({ type: 'notice' }));
  });

  it('R15 adds a margin to the interval, 25 ms by default: the network brings requests closer together', async () => {
    const run = async (options: ThrottleOptions) => {
      const { at, request } = starts();
      const policy = throttleRequests(options);
      for (let i = 0; i < 5; i++) policy(request(of(i))).subscribe();
      await jest.advanceTimersByTimeAsync(10_000);
      return at;
    };
    expect(await run({ limit: 2 })).toEqual([0, 0, 1025, 1025, 2050]);
    expect(await run({ limit: 2, interval: 100 })).toEqual([0, 0, 125, 125, 250]);
    expect(await run({ limit: 1, margin: 8 })).toEqual([0, 1008, 2016, 3024, 4032]);
    expect(await run({ limit: 2, margin: 0 })).toEqual([0, 0, 1000, 1000, 2000]);
    expect(await run({ limit: 1, interval: 0 })).toEqual([0, 0, 0, 0, 0]);
  });

  it('R15 the margin is part of each announced wait, counts for all streams that share it, and adds nothing to a hint', async () => {
    const waits: number[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'wait' && waits.push(event.ms)) };
    const one = throttleRequests({ limit: 1, interval: 100, margin: 50 });
    const { at, request } = starts();
    const walk = () =>
      paginate({ body: {} }, counting(2), { transport: echo, policy: pipe(request, one) as Policy, events });
    const done = lastValueFrom(forkJoin([walk(), walk()]));
    await jest.advanceTimersByTimeAsync(10_000);
    await done;
    expect(at).toEqual([0, 150, 300, 450]);
    expect(waits[0]).toBe(150);

    const { at: paused, request: next } = starts();
    const hinted = throttleRequests({ limit: 5 });
    hinted(next(throwError(() => new HttpError(answer({}, 429, { 'retry-after': '5' }))))).subscribe({
      error: () => {},
    });
    hinted(next(of(0))).subscribe();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(paused).toEqual([0, 5000]);
  });

  it.each<[ThrottleOptions, string]>([
    [{ limit: 0 }, 'limit must be a whole number of at least 1, not 0'],
    [{ limit: 1.5 }, 'limit must be a whole number of at least 1, not 1.5'],
    [{ limit: 1, interval: -1 }, 'interval must be a number of at least 0, not -1'],
    [{ limit: 1, interval: Infinity }, 'interval must be a number of at least 0, not Infinity'],
    [{ limit: 1, margin: -1 }, 'margin must be a number of at least 0, not -1'],
    [{ limit: 1, maxPause: -1 }, 'maxPause must be a number of at least 0 or Infinity, not -1'],
    [
      { rate: 1 } as never,
      'unknown option "rate"; expected one of limit, interval, margin, maxPause. Set policy: throttleRequests({ limit: … })',
    ],
  ])('refuses %p', (options, message) => {
    const error = thrown(() => throttleRequests(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(`throttleRequests: ${message}`);
  });
});
