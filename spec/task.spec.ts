import { describe, expect, it, jest } from '@jest/globals';
import {
  breakRequests,
  CallbackError,
  fetchTransport,
  HttpError,
  pageNumber,
  paginate,
  retryRequests,
  throttleRequests,
  type Strategy,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import {
  concat,
  defer,
  lastValueFrom,
  Observable,
  of,
  pipe,
  Subscription,
  tap,
  throwError,
  timeout,
  toArray,
} from 'rxjs';
import { json, serve } from './support/server.js';
import { answer, counting, echo, itemsOf, rejection } from './support/walks.js';

const guessing = (last: number): Strategy<number, number> => ({ ...counting(last), guess: (from) => from + 1 });
const pageOf = (body: unknown) => (body as { page: number }).page;
type Middle = <T>(source: Observable<T>) => Observable<T>;

/** A user's operators, none of which makes a Task. */
const middles: [string, Middle][] = [
  ['tap', (source) => source.pipe(tap({}))],
  ['timeout', (source) => source.pipe(timeout(60_000))],
  ['new Observable', (source) => new Observable((subscriber) => source.subscribe(subscriber))],
  ['defer', (source) => defer(() => source)],
];

/** Page 3 answers 429 once, and says how long to wait. */
function limited() {
  const sent: number[] = [];
  const refusal = { at: -Infinity };
  const transport: Transport = async ({ body }) => {
    const page = pageOf(body);
    await Promise.resolve();
    if (page === 3 && refusal.at === -Infinity) {
      refusal.at = performance.now();
      return answer({}, 429, { 'retry-after-ms': '80' });
    }
    sent.push(page);
    return answer({ page });
  };
  return { transport, sent, refusal };
}

describe("a user's operator between throttle and retry", () => {
  it.each(middles)(
    '%s: a 429 holds all lanes back, waits name their page, and each page comes once',
    async (_name, middle) => {
      const { transport, refusal } = limited();
      const early: number[] = [];
      const waits: WalkEvent[] = [];
      const events = {
        next(event: WalkEvent) {
          if (event.type === 'wait' && event.reason === 'retry') waits.push(event);
          // Timers may fire up to a millisecond early.
          if (event.type === 'request' && waits.length > 0 && performance.now() < refusal.at + 79)
            early.push(event.pageIndex);
        },
      };
      const policy = pipe(throttleRequests({ limit: 1000 }), middle, retryRequests({ base: 0 }));
      const pages$ = paginate({ body: {} }, guessing(12), { transport, policy, concurrency: 4, events });
      expect(itemsOf(await lastValueFrom(pages$.pipe(toArray())))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect(waits).toEqual([
        expect.objectContaining({ pageIndex: 2, throttled: true, error: expect.any(HttpError) as unknown }),
      ]);
      expect(early).toEqual([]);
    },
  );

  it.each(middles)('%s: an error of its own is not retried', async (_name, middle) => {
    const { transport, sent } = limited();
    const mine: Middle = (source) =>
      concat(
        source,
        throwError(() => Object.assign(new Error('mine'), { code: 'ECONNRESET' })),
      );
    const failing: Middle = (source) => defer(() => (sent.includes(5) ? throwError(() => new Error('mine')) : source));
    const policy = pipe(throttleRequests({ limit: 1000 }), middle, failing, retryRequests({ base: 0 }));
    const error = await rejection(
      lastValueFrom(paginate({ body: {} }, guessing(12), { transport, policy, concurrency: 4 })),
    );
    expect(error).toBeInstanceOf(CallbackError);
    expect((error.cause as Error).message).toBe('mine');
    // After its value an attempt is over, whatever the operator adds.
    const once = paginate({ body: {} }, counting(1), {
      transport: () => of(answer({ page: 1 })),
      policy: pipe(mine, retryRequests()),
    });
    expect(await lastValueFrom(once.pipe(toArray()))).toHaveLength(1);
  });

  it('throwError: nothing is sent, and nothing retried', async () => {
    const { transport, sent } = limited();
    const policy = pipe(
      throttleRequests({ limit: 1000 }),
      () => throwError(() => new Error('mine')),
      retryRequests({ base: 0 }),
    );
    const error = await rejection(
      lastValueFrom(paginate({ body: {} }, guessing(4), { transport, policy, concurrency: 4 })),
    );
    expect((error.cause as Error).message).toBe('mine');
    expect(sent).toEqual([]);
  });
});

/** Calls `run`, and counts how many Observables are subscribed to meanwhile. */
async function subscriptions(run: () => Promise<unknown>): Promise<number> {
  const proto = Observable.prototype as { subscribe: unknown };
  const subscribe = proto.subscribe as (this: unknown, ...given: unknown[]) => Subscription;
  let count = 0;
  proto.subscribe = function (this: unknown, ...given: unknown[]) {
    count++;
    return subscribe.apply(this, given);
  };
  try {
    await run();
  } finally {
    proto.subscribe = subscribe;
  }
  return count;
}

describe('policies of this library', () => {
  const breaker = { execute: <T>(fn: () => Promise<T>) => fn() };
  const walk = (policy: Parameters<typeof paginate>[2] extends infer O ? NonNullable<O> : never) =>
    subscriptions(async () => {
      const transport: Transport = ({ body }) => Promise.resolve(answer(body));
      const pages$ = paginate({ body: {} }, counting(10), { transport, ...policy });
      expect(await lastValueFrom(pages$.pipe(toArray()))).toHaveLength(10);
    });

  it('put no Observable between the walk and its attempts, alone or combined', async () => {
    const alone = await walk({ policy: retryRequests() });
    expect(await walk({ policy: pipe(throttleRequests({ limit: 1000 }), retryRequests()) })).toBe(alone);
    expect(await walk({ policy: throttleRequests({ limit: 1000 }) })).toBe(alone);
    expect(await walk({ policy: <T>(source: T) => source })).toBe(alone);
    // A user's operator costs three a page, and works.
    expect(await walk({ policy: pipe(throttleRequests({ limit: 1000 }), tap({}), retryRequests()) })).toBe(
      alone + 3 * 10,
    );
    expect(await walk({ policy: pipe(retryRequests(), breakRequests(breaker)) })).toBe(alone);
  });

  it('hold none of 10,000 failed attempts of one page', async () => {
    // A teardown kept for each attempt shows here: those added and not removed, the maximum of any subscription.
    const held = new WeakMap<Subscription, number>();
    let most = 0;
    const { add, remove } = Subscription.prototype;
    // Waits of 0 ms take a millisecond each.
    const { setTimeout } = globalThis;
    globalThis.setTimeout = ((go: () => void) => setImmediate(go)) as unknown as typeof setTimeout;
    Subscription.prototype.add = function (teardown) {
      Reflect.apply(add, this, [teardown]);
      const count = (held.get(this) ?? 0) + (teardown && !this.closed ? 1 : 0);
      held.set(this, count);
      most = Math.max(most, count);
    };
    Subscription.prototype.remove = function (teardown) {
      Reflect.apply(remove, this, [teardown]);
      held.set(this, (held.get(this) ?? 0) - 1);
    };
    let attempts = 0;
    const transport: Transport = () =>
      new Observable((subscriber) => {
        subscriber.next(++attempts > 10_000 ? answer({ page: 1 }) : answer({}, 503));
        subscriber.complete();
        return () => undefined;
      });
    try {
      const policy = retryRequests({ retries: Infinity, base: 0, cap: 0 });
      await lastValueFrom(paginate({ body: {} }, counting(1), { transport, policy }));
    } finally {
      globalThis.setTimeout = setTimeout;
      Subscription.prototype.add = add;
      Subscription.prototype.remove = remove;
    }
    expect(attempts).toBe(10_001);
    expect(most).toBeLessThan(10);
  });

  it('name the page in each wait, including those of the throttle', async () => {
    const waits: WalkEvent[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'wait' && waits.push(event)) };
    const transport: Transport = ({ body }) => [answer(body)];
    const policy = throttleRequests({ limit: 1, interval: 1000 });
    jest.useFakeTimers(); // On a busy machine the walk itself could take as long as the interval.
    try {
      const walk = lastValueFrom(paginate({ body: {} }, counting(3), { transport, policy, events }));
      await jest.advanceTimersByTimeAsync(5000);
      await walk;
    } finally {
      jest.useRealTimers();
    }
    expect(waits.map((wait) => wait.type === 'wait' && [wait.reason, wait.pageIndex])).toEqual([
      ['throttle', 1],
      ['throttle', 2],
    ]);
  });
});

describe('transports and policies that a walk starts directly', () => {
  it('are still called when wrapped by code that copies their other properties', async () => {
    const server = await serve((_, response) => json(response, { items: [1], pages: 1 }));
    const called: string[] = [];
    const inner = fetchTransport();
    const transport: Transport = Object.assign((...asked: Parameters<Transport>) => {
      called.push('transport');
      return inner(...asked);
    }, inner);
    const policy = Object.assign(<T>(source: T): T => {
      called.push('policy');
      return source;
    }, retryRequests());
    const strategy = pageNumber<number>({ items: 'items', totalPages: 'pages' });
    const pages$ = paginate({ url: server.url }, strategy, { transport, policy });
    expect(await lastValueFrom(pages$.pipe(toArray()))).toHaveLength(1);
    expect(called).toEqual(['policy', 'transport']);
  });

  it('take the first answer: what a transport emits after it is not another attempt', async () => {
    let attempts = 0;
    const transport: Transport = () => {
      attempts++;
      return concat(
        of(answer({ page: 1 })),
        throwError(() => new Error('socket hang up')),
      );
    };
    const policy = retryRequests({ base: 0 });
    const pages$ = paginate({ url: 'http://api.test/' }, counting(1), { transport, policy });
    expect(await lastValueFrom(pages$.pipe(toArray()))).toHaveLength(1);
    expect(attempts).toBe(1);
  });

  it('cancel what a transport continues with after its answer', async () => {
    let open = 0;
    const transport: Transport = () =>
      new Observable((subscriber) => {
        open++;
        subscriber.next(answer({ page: 1 }));
        return () => open--;
      });
    await lastValueFrom(paginate({ url: 'http://api.test/' }, counting(1), { transport }));
    expect(open).toBe(0);
  });
});

describe('a walk that is aborted before it is subscribed to', () => {
  it.each([
    ['known', {}],
    ['looked up', { resumeFrom: Promise.resolve(undefined) }],
  ])('also has its end event, whether its beginning is %s', async (_name, options) => {
    const told: WalkEvent[] = [];
    const reason = new Error('enough');
    const events = { next: (event: WalkEvent) => void told.push(event) };
    const pages$ = paginate({ body: {} }, counting(3), {
      transport: echo,
      events,
      signal: AbortSignal.abort(reason),
      ...options,
    });
    expect(await rejection(lastValueFrom(pages$))).toBe(reason);
    expect(told).toEqual([expect.objectContaining({ type: 'end', reason: 'error', pages: 0 })]);
  });
});
