import { jest } from '@jest/globals';
import { config, finalize, Observable, of, pipe, Subscription, take } from 'rxjs';
import {
  breakRequests, checkpoint, distinctItems, eachPage, items, paginate, resumeOnError, retryRequests, throttleRequests, type Page, type Pages, type PageResponse, type PaginateOptions, type Policy, type Strategy, type WalkEvent,
} from 'pagewise'; // prettier-ignore
import { answer } from '../support/walks.js';

export const actions = ['throws', 'unsubscribes', 'aborts', 'subscribes again'] as const;
export type Action = (typeof actions)[number];

/** When a callback acts: at its `n`th call. */
export interface Moment {
  readonly callback: string;
  readonly n: number;
  readonly action: Action;
}

export interface Variant {
  readonly consumer: 'subscriber' | 'take' | 'operators' | 'loop' | 'eachPage';
  readonly concurrency: number;
  /** Whether the transport answers within the call. */
  readonly immediate: boolean;
  /** Whether requests wait for the throttle. */
  readonly tight: boolean;
}

/** What happened in one run. */
export interface Outcome {
  /** How often each callback was called, and for what. */
  readonly calls: ReadonlyMap<string, number>;
  /** Where the thrown error, or the reason of the abort, was heard. */
  readonly heard: readonly string[];
  /** What else failed, or was said after the end. */
  readonly faults: readonly string[];
  /** The pages that arrived in the walk, and in the one that a callback started. */
  readonly pages: readonly number[];
  readonly again: readonly number[] | undefined;
}

const reason = { why: 'enough' };
const limit = 30;
const budget = 56;
/** What may be called when the walk is over: what reads an answer that is there, and the event of the end. */
const pure = new Set(['items', 'next', 'total', 'schema', 'guess', 'place', 'events.end']);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Whether an error is the one that a callback has thrown, or holds it. */
function holds(error: unknown, thrown: unknown): boolean {
  if (error === thrown) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { cause, errors } = error as { cause?: unknown; errors?: readonly unknown[] };
  return (cause !== undefined && holds(cause, thrown)) || (errors?.some((one) => holds(one, thrown)) ?? false);
}

/**
 * A walk of five pages, in virtual time: one that is retried, one that needs new credentials, one that is skipped, one
 * with a notice, and the last one. Each callback acts at its moment, and what is left afterwards is counted.
 */
export async function walkWith(variant: Variant, moment?: Moment): Promise<Outcome> {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] });
  const random = jest.spyOn(Math, 'random').mockReturnValue(0.5); // The same moments in each run.
  const calls = new Map<string, number>();
  const heard: string[] = [];
  const faults: string[] = [];
  const pages: number[] = [];
  const thrown = new Error('a callback threw');
  const controller = new AbortController();
  const sent: string[] = [];
  let inFlight = 0;
  let leased = 0;
  let acted = false;
  let over = false;
  let ended = false;
  /** Whether nothing may happen any more, other than what is under way. */
  let silent = false;
  let stop = (): void => undefined;
  let again: number[] | undefined;
  let againOver = true;

  function hear(where: string, error: unknown): void {
    if (holds(error, thrown) || error === reason) heard.push(where);
    else faults.push(`${where}: ${String(error)}`);
  }
  const strangers = [
    ['unhandledRejection', (error: unknown) => hear('unhandledRejection', error)],
    ['uncaughtException', (error: unknown) => hear('uncaughtException', error)],
  ] as const;
  for (const [name, listener] of strangers) process.on(name, listener);
  config.onUnhandledError = (error) => hear('onUnhandledError', error);
  const printed = jest.spyOn(console, 'error').mockImplementation((error) => hear('console', error));

  /** Called by each callback. @param main whether it belongs to the walk itself, not to the one that it started */
  function call(callback: string, main = true): void {
    if (!main) return;
    if (ended) return;
    const handed = callback === 'store.set' || (moment?.action === 'aborts' && /^(loop|eachPage)$/.test(variant.consumer) && /^(consumer|project)/.test(callback)); // prettier-ignore
    if (silent && !pure.has(callback) && !handed) faults.push(`${callback} is called after the end`);
    const n = (calls.get(callback) ?? 0) + 1;
    calls.set(callback, n);
    if (callback !== moment?.callback || n !== moment.n || acted) return;
    acted = true;
    switch (moment.action) {
      case 'throws':
        throw thrown;
      case 'unsubscribes':
        silent = over = true;
        stop();
        break;
      case 'aborts':
        silent = !calls.has('events.end');
        controller.abort(reason);
        break;
      case 'subscribes again':
        again = [];
        againOver = false;
        walk(false).subscribe({
          next: ({ items }) => again?.push(...items),
          error: (error: unknown) => {
            faults.push(`the other walk: ${String(error)}`);
            againOver = true;
          },
          complete: () => (againOver = true),
        });
    }
  }

  const budgeted = retryRequests({
    retries: 9,
    base: 100,
    budget,
    shouldRetry: (_error, usual) => (call('shouldRetry'), usual),
    onUnauthorized: async () => call('onUnauthorized'),
  });
  const throttle = throttleRequests(variant.tight ? { limit: 1, interval: 50 } : { limit, interval: 1e9 });
  const breaker = {
    async execute<T>(send: () => Promise<T>): Promise<T> {
      call('breaker');
      leased++;
      return send().finally(() => leased--);
    },
  };
  const policy = pipe(throttle, budgeted, breakRequests(breaker)) as Policy;

  function respond(page: number, attempt: number): PageResponse {
    if (page === 1 && attempt === 1) return answer({}, 503);
    if (page === 2 && attempt === 1) return answer({}, 401);
    if (page === 3) return answer({}, 422);
    return answer({ page, ...(page === 4 ? { success: false } : {}) });
  }

  function walk(main: boolean): Pages<number> {
    let made = false; // What a callback throws before, paginate throws.
    const own = (name: string) => call(name, main && made);
    const strategy: Strategy<number, number> = {
      name: 'pages',
      first: 1,
      place: (request, page) => (own('place'), { ...request, body: { page } }),
      items: (body) => (own('items'), [(body as { page: number }).page]),
      next: ({ position }) => (own('next'), position < 5 ? position + 1 : undefined),
      total: () => (own('total'), undefined),
      guess: (position) => (own('guess'), position < 5 ? position + 1 : undefined),
    };
    const options: PaginateOptions<number> = {
      transport: ({ body }, { pageIndex, attempt }) => {
        const { page } = body as { page: number };
        sent.push(`${pageIndex} ${attempt}`);
        own('transport');
        if (variant.immediate) return [respond(page, attempt)];
        return new Observable<PageResponse>((subscriber) => {
          inFlight++;
          const timer = setTimeout(() => {
            subscriber.next(respond(page, attempt));
            subscriber.complete();
          }, 10);
          return () => clearTimeout(timer);
        }).pipe(finalize(() => inFlight--));
      },
      policy: (source) => {
        own('policy');
        return policy(source);
      },
      check: () => (own('check'), undefined),
      schema: { '~standard': { version: 1, vendor: 'spec', validate: (value: unknown) => (own('schema'), { value: value as number }) } }, // prettier-ignore
      until: () => (own('until'), false),
      ...(variant.concurrency === 1 ? { nextWhen: () => (own('nextWhen'), of(true)) } : {}),
      skipFailedPages: { max: 1 },
      concurrency: variant.concurrency,
      totalTimeout: 1e6,
      ...(main ? { signal: controller.signal } : {}),
      ...(main && variant.consumer === 'eachPage'
        ? { checkpoint: checkpoint({ get: () => void own('store.get'), set: () => void own('store.set') }, 'job') }
        : {}),
      events: { next: (event: WalkEvent) => own(event.type === 'wait' ? `events.wait for the ${event.reason}` : `events.${event.type}`) }, // prettier-ignore
    };
    const headers = () => (own('headers'), {});
    const stream = paginate({ headers }, strategy, options as never);
    made = true;
    return stream;
  }

  const observer = (take: (page: unknown) => void) => ({
    next: (page: unknown) => {
      if (over) faults.push('a page comes after the end');
      take(page);
      call('consumer.next');
    },
    error: (error: unknown) => {
      if (over) faults.push('it fails after the end');
      over = true;
      hear('error', error);
    },
    complete: () => {
      if (over) faults.push('it completes after the end');
      over = true;
      call('consumer.complete');
    },
  });
  /** Subscribes so that it can also be unsubscribed while subscribing. */
  function follow(stream: Observable<unknown>, take: (page: unknown) => void): void {
    const life = new Subscription();
    stop = () => {
      try {
        life.unsubscribe();
      } catch (error) {
        hear('unsubscribe', error);
      }
    };
    new Observable((subscriber) => {
      life.add(subscriber);
      return stream.subscribe(subscriber);
    }).subscribe(observer(take));
  }
  const takePage = (page: unknown) => pages.push(...(page as Page<number>).items);

  const consume: Record<Variant['consumer'], () => void> = {
    subscriber: () => follow(walk(true), takePage),
    take: () => follow(walk(true).pipe(take(2)), takePage),
    operators: () =>
      follow(
        walk(true).pipe(
          resumeOnError({
            times: 1,
            delay(error) {
              hear('resumeOnError.delay', error);
              call('resumeOnError.delay');
              return of(true);
            },
          }),
          distinctItems(
            (item) => (call('distinctItems.key'), item),
            () => call('distinctItems.report'),
          ),
          items(),
        ),
        (item) => pages.push(item as number),
      ),
    loop() {
      const iterator = walk(true)[Symbol.asyncIterator]();
      stop = () => {
        try {
          void Promise.resolve(iterator.return?.()).catch((error: unknown) => hear('return', error));
        } catch (error) {
          hear('return', error);
        }
      };
      const loop = async () => {
        try {
          for await (const page of iterator) {
            if (over) break;
            takePage(page);
            call('consumer.next');
          }
        } catch (error) {
          hear('loop', error);
        }
        over = true;
      };
      void loop();
    },
    eachPage: () =>
      follow(
        eachPage(walk(true), (page) => {
          call('project');
          takePage(page);
          return of(true);
        }),
        () => undefined,
      ),
  };

  try {
    consume[variant.consumer]();
    for (let idle = 0; idle < 300 && !(over && againOver); idle++) {
      await turn();
      if ((!over || !againOver) && jest.getTimerCount() > 0) {
        try {
          jest.advanceTimersToNextTimer();
        } catch (error) {
          hear('uncaughtException', error);
        }
      }
    }
    for (let i = 0; i < 4; i++) await turn();
    if (!over) faults.push('it does not end');
    if (!againOver) faults.push('the other walk does not end');
    const late = jest.getTimerCount();
    if (late > 0) {
      // How RxJS reports what a consumer throws is a timer too.
      const before = heard.length;
      jest.advanceTimersToNextTimer();
      if (heard.length === before) faults.push(`${late} timers are left`);
      else if (jest.getTimerCount() > 0) faults.push(`${jest.getTimerCount()} timers are left`);
    }
    if (inFlight !== 0) faults.push(`${inFlight} requests are left`);
    if (leased !== 0) faults.push(`${leased} leases of the breaker are left`);

    ended = true;
    // What is left of the throttle and of the budget, after all is over.
    if (variant.tight) jest.advanceTimersByTime(1000);
    let free = 0;
    const most = variant.tight ? 1 : limit + 1;
    for (let started = true; started && free < most;) {
      started = false;
      const one = of(1).pipe(throttle).subscribe(() => (started = true)); // prettier-ignore
      one.unsubscribe();
      if (started) free++;
    }
    const slots = variant.tight ? [1] : [limit - sent.length, limit - sent.length - 1];
    if (!slots.includes(free)) faults.push(`the throttle has ${free} slots instead of ${slots[0]}`);
    let attempts = 0;
    let spent = false;
    new Observable((subscriber) => (attempts++, subscriber.error({ status: 503 })))
      .pipe(budgeted)
      .subscribe({ error: () => (spent = true) });
    for (let idle = 0; idle < 20 && !spent; idle++) {
      await turn();
      if (jest.getTimerCount() > 0) jest.advanceTimersToNextTimer();
    }
    // A retry that was sent, and did not succeed, has its cost.
    const unpaid = sent.includes('0 2') && (!pages.includes(1) || moment?.callback === 'transport') ? 1 : 0;
    const retries = [budget / 14, budget / 14 - unpaid];
    if (!retries.includes(attempts - 1)) faults.push(`the budget has ${attempts - 1} retries instead of ${retries[0]}`);
  } finally {
    for (const [name, listener] of strangers) process.off(name, listener);
    config.onUnhandledError = null;
    printed.mockRestore();
    random.mockRestore();
    jest.useRealTimers();
  }
  return { calls, heard, faults, pages, again };
}
