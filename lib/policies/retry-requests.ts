import pRetry from 'p-retry';
import { Observable } from 'rxjs';
import { isAttemptError, policyScope } from '../attempt.js';
import { CallbackError, RateLimitError } from '../errors.js';
import type { Policy } from '../request.js';
import { checkFunction, checkNumber, checkOptions } from '../values/options.js';
import { isRetryable } from './retryable.js';
import { hintOf } from './retry-hint.js';
import { startTimer } from './timer.js';

export interface RetryOptions {
  /** Extra attempts per page; the count starts anew with each page. `Infinity` never gives up. @default 5 */
  readonly retries?: number | undefined;
  /** Milliseconds that the first wait is at most; each further one doubles it. @default 500, and 1000 for rate limits */
  readonly base?: number | undefined;
  /** Milliseconds that a wait without a server's hint is at most. @default 30_000 */
  readonly cap?: number | undefined;
  /** Milliseconds of the longest server's hint that is waited for; a longer one fails at once. @default 120_000 */
  readonly maxRetryAfter?: number | undefined;
  /** Overrules what is worth another attempt; told the error and what would be done. @default the statuses and codes of R1 */
  readonly shouldRetry?: ((error: unknown, retryable: boolean) => boolean) | undefined;
}

const known = [
  'retries',
  'base',
  'cap',
  'maxRetryAfter',
  'shouldRetry',
] as const satisfies readonly (keyof RetryOptions)[];

/** p-retry judges errors by their class and message; wrapped, it judges nothing and only counts. */
class Failed extends Error {
  constructor(readonly error: unknown) {
    super('attempt failed');
  }
}

/**
 * Subscribes to its source again when that fails in a way that another attempt may mend: 408, 425, 429, 500, 502–504,
 * 520–524, network failures and attempt timeouts, and a check's `retry`. Waits random(0…1) · min(cap, base · 2ⁿ) (full
 * jitter), and never shorter than the server asks in Retry-After and its kin.
 *
 *     paginate(request, strategy, { policy: retryRequests({ retries: 8 }) })
 *     http.get(url).pipe(retryRequests())                                       // serves any Observable
 *
 * The last error is passed on as it is; a hint above `maxRetryAfter` fails at once with RateLimitError. Within
 * Pagewise only failed attempts are retried, never what another operator or a callback throws.
 * @throws ConfigError for options that can't work
 */
export function retryRequests(options: RetryOptions = {}): Policy {
  checkOptions('retryRequests', options, known);
  const { retries = 5, base, cap = 30_000, maxRetryAfter = 120_000, shouldRetry } = options;
  checkNumber('retryRequests', 'retries', retries, 0, true);
  if (base !== undefined) checkNumber('retryRequests', 'base', base, 0);
  checkNumber('retryRequests', 'cap', cap, 0);
  checkNumber('retryRequests', 'maxRetryAfter', maxRetryAfter, 0, true);
  checkFunction('retryRequests', 'shouldRetry', shouldRetry);

  /** Milliseconds to wait before the next attempt. @throws Failed where there is to be none */
  function delayAfter(error: unknown, failures: number, inPagewise: boolean): number {
    // Within Pagewise only the heart's own attempts count, whatever another error looks like.
    const ours = !inPagewise || isAttemptError(error);
    if (!ours || !decide(error, isRetryable(error))) throw new Failed(error);
    const { waitMs = 0, throttled } = hintOf(error);
    if (waitMs > maxRetryAfter) throw new Failed(new RateLimitError(waitMs, maxRetryAfter, error));
    const most = Math.min(cap, (base ?? (throttled ? 1000 : 500)) * 2 ** (failures - 1));
    return Math.max(waitMs, Math.random() * most);
  }

  function decide(error: unknown, retryable: boolean): boolean {
    try {
      return shouldRetry?.(error, retryable) ?? retryable;
    } catch (thrown) {
      throw new Failed(new CallbackError('retryRequests.shouldRetry', thrown));
    }
  }

  return <T>(source: Observable<T>): Observable<T> => {
    const scope = policyScope();

    return new Observable<T>((subscriber) => {
      let cancelWait: (() => void) | undefined;

      // The first attempt goes straight through: only a failed one pays for promises.
      attempt(retry, () => {
        subscriber.complete();
      });

      function attempt(failed: (error: unknown) => void, complete: () => void): void {
        const next = (value: T) => {
          subscriber.next(value);
        };
        subscriber.add(source.subscribe({ next, error: failed, complete }));
      }

      function retry(firstError: unknown): void {
        const stop = new AbortController();
        subscriber.add(() => {
          cancelWait?.();
          stop.abort();
        });
        const again = (attemptNumber: number) =>
          new Promise<void>((resolve, reject) => {
            const failed = (error: unknown) => {
              reject(new Failed(error));
            };
            // The first attempt has been made: p-retry is told of its failure.
            if (attemptNumber === 1) failed(firstError);
            else attempt(failed, resolve);
          });
        pRetry(again, {
          retries,
          minTimeout: 0,
          signal: stop.signal,
          onFailedAttempt: ({ error: failed, attemptNumber, retriesLeft }) => {
            const { error } = failed as unknown as { error: unknown }; // Always a Failed.
            const ms = delayAfter(error, attemptNumber, scope !== undefined);
            if (retriesLeft === 0) return;
            scope?.report({ type: 'wait', reason: 'retry', ms, error });
            return new Promise<void>((resolve) => {
              cancelWait = startTimer(ms, resolve);
            });
          },
        }).then(
          () => {
            subscriber.complete();
          },
          (reason: unknown) => {
            subscriber.error(reason instanceof Failed ? reason.error : reason);
          },
        );
      }
    });
  };
}
