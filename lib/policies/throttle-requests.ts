import { type Observable, type Observer, Subscription } from 'rxjs';
import { causes, headersOf, hintOf, statusOf } from '../failure.js';
import type { Policy } from '../request.js';
import { type Scope, scopeOf, start, Task } from '../task.js';
import { checkNumber, checkOptions, checkWhole, factory } from '../values/options.js';
import { startTimer, timersAreOfRequests } from '../values/timer.js';
import { exhausted, retryHint } from './retry-hint.js';

export interface ThrottleOptions {
  /** How many requests may start within one interval. */
  readonly limit: number;
  /** Milliseconds that one limit covers, as a sliding window. @default 1000 */
  readonly interval?: number | undefined;
  /**
   * Milliseconds that are added to the interval: the server counts requests as they arrive, and the network may bring
   * two of them closer together. Over the Internet, requests that left 1,000.03 ms apart arrived 992.8 ms apart. `0`
   * for a limit that is not the server's. Nothing is added to an interval of 0. @default 25
   */
  readonly margin?: number | undefined;
  /**
   * Longest pause in milliseconds that a server can impose; longer ones are left to the retry policy. @default 120_000
   */
  readonly maxPause?: number | undefined;
}

/** A request that waits for its turn. */
interface Waiting {
  /** Starts the request, in a microtask. */
  readonly go: () => void;
  /** When it got its turn. */
  at?: number;
}

/** Milliseconds by which a request's own timer comes after the one of the queue. */
const slack = 10;

const known = ['limit', 'interval', 'margin', 'maxPause'] as const satisfies readonly (keyof ThrottleOptions)[];

/**
 * Delays requests so that at most `limit`, retries included, start within any `interval` and its margin. They start in
 * the order in which they came. A 429 or 503 that says how long to wait, or an answer that says the limit is used up,
 * pauses the whole queue.
 *
 *     const policy = pipe(throttleRequests({ limit: 10, interval: 1000 }), retryRequests());
 *
 * The returned policy value holds the state: all streams with the same value share the limit. Put it before
 * `retryRequests` in `pipe`, so that it delays each attempt. The clock is monotonic: jumps of the system time have no
 * effect.
 *
 * One timer serves the whole queue. If it is overdue, the next request sets it again. In Cloudflare Workers, where
 * timers end with the request that has set them, each waiting request also has a timer of its own.
 * @throws ConfigError for invalid options
 */
export const throttleRequests = /* @__PURE__ */ factory('throttleRequests', (options: ThrottleOptions): Policy => {
  checkOptions('throttleRequests', options, known);
  const { limit, interval = 1000, margin = 25, maxPause = 120_000 } = options;
  checkWhole('throttleRequests', 'limit', limit, 1);
  checkNumber('throttleRequests', 'interval', interval, 0);
  checkNumber('throttleRequests', 'margin', margin, 0);
  checkNumber('throttleRequests', 'maxPause', maxPause, 0, true);

  const spacing = interval === 0 ? 0 : interval + margin;

  // Start times, oldest first. Those before index `oldest` no longer count.
  let starts: number[] = [];
  let oldest = 0;
  let pausedUntil = -Infinity;
  const queue = new Set<Waiting>();
  let cancelTimer: (() => void) | undefined;
  /** When the timer was to fire. */
  let due = Infinity;

  /** Milliseconds until another request may start. */
  function waitAt(now: number): number {
    while (oldest < starts.length && (starts[oldest] ?? 0) + spacing <= now) oldest++;
    const full = starts.length - oldest >= limit;
    return Math.max(pausedUntil, full ? (starts[oldest] ?? 0) + spacing : -Infinity) - now;
  }

  function take(now: number): void {
    if (oldest > 1000 && oldest * 2 > starts.length) {
      starts = starts.slice(oldest);
      oldest = 0;
    }
    starts.push(now);
  }

  /** For a request that got its turn and was cancelled before it was sent. */
  function giveBack(at: number): void {
    const index = starts.lastIndexOf(at);
    if (index >= oldest) starts.splice(index, 1);
    if (queue.size > 0) pump();
  }

  function clearTimer(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    due = Infinity;
  }

  /** Starts the requests that may start now, and sets a timer for the rest. */
  function pump(): void {
    clearTimer();
    for (const one of queue) {
      const now = performance.now();
      const wait = waitAt(now);
      if (wait > 0) {
        due = now + Math.ceil(wait);
        cancelTimer = startTimer(Math.ceil(wait), pump);
        return;
      }
      queue.delete(one);
      one.at = now;
      take(now);
      one.go();
    }
  }

  /** A timer of one request, which looks after the queue if that of the queue was dropped. @returns its cancellation */
  function watch(one: Waiting): () => void {
    let cancel: () => void;
    const arm = () => {
      cancel = startTimer(Math.ceil(Math.max(0, waitAt(performance.now()))) + slack, () => {
        pump();
        if (queue.has(one)) arm();
      });
    };
    arm();
    return () => cancel();
  }

  function pause(ms: number | undefined): void {
    if (ms === undefined || ms <= 0 || ms > maxPause) return;
    pausedUntil = Math.max(pausedUntil, performance.now() + ms);
  }

  return <T>(source: Observable<T>): Observable<T> => {
    const scope = throttledScope(source, 'throttleRequests');

    return new Task<T>((observer, life) => {
      if (life.closed) return undefined; // A request that is never sent does not count towards the limit.
      const watching = new PauseWatcher(observer, pause);
      const now = performance.now();
      const wait = waitAt(now);
      if (queue.size === 0 && wait <= 0) {
        take(now);
        return start(source, watching, life);
      }
      try {
        scope?.wait({ reason: 'throttle', ms: Math.max(0, wait) });
      } catch (error) {
        observer.error(error);
        return undefined;
      }
      if (life.closed) return undefined; // The listener unsubscribed.
      const held = new Subscription();
      let sent = false;
      let go!: () => void;
      // A promise continues in the request of a worker that has made it, whoever resolves it.
      void new Promise<void>((resolve) => (go = resolve)).then(() => {
        cancelWatch?.();
        if (held.closed) return;
        sent = true;
        held.add(start(source, watching, life));
      });
      const one: Waiting = { go };
      const cancelWatch = timersAreOfRequests() ? watch(one) : undefined;
      held.add(() => {
        cancelWatch?.();
        queue.delete(one);
        if (queue.size === 0) clearTimer();
        if (one.at !== undefined && !sent) giveBack(one.at);
      });
      queue.add(one);
      if (queue.size === 1 || now >= due) pump();
      return held;
    }, scope);
  };
});

/** The scope of a source that `policy` throttles. Retries that would pass the throttle are reported. */
export function throttledScope(source: Observable<unknown>, policy: string): Scope | undefined {
  const scope = scopeOf(source);
  if (scope?.retries === true && scope.throttles !== true)
    scope.notice(
      `Retries pass the throttle: the policy has retryRequests before ${policy}, so only the first attempt at each page waits for it. Put ${policy} first: pipe(${policy}(…), retryRequests(…)).`,
    );
  if (scope) scope.throttles = true;
  return scope;
}

/** @internal Watches answers and errors for hints that the queue has to pause. */
export class PauseWatcher<T> implements Observer<T> {
  readonly #observer: Observer<T>;
  readonly #pause: (ms: number | undefined) => void;

  constructor(observer: Observer<T>, pause: (ms: number | undefined) => void) {
    this.#observer = observer;
    this.#pause = pause;
  }

  next(value: T): void {
    const get = headersOf(value);
    if (get) this.#pause(exhausted(get));
    this.#observer.next(value);
  }

  error(error: unknown): void {
    const { waitMs, throttled } = hintOf(error, retryHint);
    const unavailable = () => [...causes(error)].some((cause) => statusOf(cause) === 503);
    if (throttled || unavailable()) this.#pause(waitMs);
    this.#observer.error(error);
  }

  complete(): void {
    this.#observer.complete();
  }
}
