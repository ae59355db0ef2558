import { Observable, type Observer, type Subscriber } from 'rxjs';
import { policyScope } from '../attempt.js';
import { causes, headersOf, statusOf } from '../failure.js';
import type { Policy } from '../request.js';
import { checkNumber, checkOptions, checkWhole } from '../values/options.js';
import { startTimer } from '../values/timer.js';
import { exhausted, hintOf } from './retry-hint.js';

export interface ThrottleOptions {
  /** Requests that may start within one interval. */
  readonly limit: number;
  /** Milliseconds that the limit covers, as a window that slides with each request. @default 1000 */
  readonly interval?: number | undefined;
  /** Milliseconds of the longest wait that a server can impose on the queue; what asks for more is left to retry. @default 120_000 */
  readonly maxPause?: number | undefined;
}

const known = ['limit', 'interval', 'maxPause'] as const satisfies readonly (keyof ThrottleOptions)[];

/**
 * Holds requests back so that at most `limit` start within any `interval`, retries included, in the order they came.
 * A 429 or 503 that says how long to wait, or an answer that says the limit is used up, pauses the whole queue.
 *
 *     const policy = pipe(throttleRequests({ limit: 10, interval: 1000 }), retryRequests());
 *
 * The state lives in the value that this returns: every stream that is given the same value shares the limit. Put it
 * before `retryRequests` in `pipe`, so that each attempt passes it. Time is monotonic: no jump of the clock matters.
 * @throws ConfigError for options that can't work
 */
export function throttleRequests(options: ThrottleOptions): Policy {
  checkOptions('throttleRequests', options, known);
  const { limit, interval = 1000, maxPause = 120_000 } = options;
  checkWhole('throttleRequests', 'limit', limit, 1);
  checkNumber('throttleRequests', 'interval', interval, 0);
  checkNumber('throttleRequests', 'maxPause', maxPause, 0, true);

  // When what still counts was started, oldest first; what is before `oldest` is over.
  let starts: number[] = [];
  let oldest = 0;
  let pausedUntil = -Infinity;
  const queue = new Set<() => void>();
  let cancelTimer: (() => void) | undefined;

  /** Milliseconds until another one may start. */
  function waitAt(now: number): number {
    while (oldest < starts.length && (starts[oldest] ?? 0) + interval <= now) oldest++;
    const full = starts.length - oldest >= limit;
    return Math.max(pausedUntil, full ? (starts[oldest] ?? 0) + interval : -Infinity) - now;
  }

  function take(now: number): void {
    if (oldest > 1000 && oldest * 2 > starts.length) {
      starts = starts.slice(oldest);
      oldest = 0;
    }
    starts.push(now);
  }

  /** Starts what may start now, and sets the one timer for the rest. */
  function pump(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const start of queue) {
      const now = performance.now();
      const wait = waitAt(now);
      if (wait > 0) {
        cancelTimer = startTimer(Math.ceil(wait), pump);
        return;
      }
      queue.delete(start);
      take(now);
      start();
    }
  }

  function pause(ms: number | undefined): void {
    if (ms === undefined || ms <= 0 || ms > maxPause) return;
    pausedUntil = Math.max(pausedUntil, performance.now() + ms);
  }

  return <T>(source: Observable<T>): Observable<T> => {
    const scope = policyScope();

    return new Observable<T>((subscriber) => {
      const start = () => subscriber.add(source.subscribe(new Heard(subscriber, pause)));
      const now = performance.now();
      const wait = waitAt(now);
      if (queue.size === 0 && wait <= 0) {
        take(now);
        start();
        return undefined;
      }
      try {
        scope?.report({ type: 'wait', reason: 'throttle', ms: Math.max(0, wait) });
      } catch (error) {
        subscriber.error(error);
        return undefined;
      }
      queue.add(start);
      if (queue.size === 1) pump();
      return () => {
        queue.delete(start);
        if (queue.size === 0) {
          cancelTimer?.();
          cancelTimer = undefined;
        }
      };
    });
  };
}

/** Hears from answers and errors when the queue is to pause. */
class Heard<T> implements Observer<T> {
  readonly #subscriber: Subscriber<T>;
  readonly #pause: (ms: number | undefined) => void;

  constructor(subscriber: Subscriber<T>, pause: (ms: number | undefined) => void) {
    this.#subscriber = subscriber;
    this.#pause = pause;
  }

  next(value: T): void {
    const get = headersOf(value);
    if (get) this.#pause(exhausted(get));
    this.#subscriber.next(value);
  }

  error(error: unknown): void {
    const { waitMs, throttled } = hintOf(error);
    const unavailable = () => [...causes(error)].some((cause) => statusOf(cause) === 503);
    if (throttled || unavailable()) this.#pause(waitMs);
    this.#subscriber.error(error);
  }

  complete(): void {
    this.#subscriber.complete();
  }
}
