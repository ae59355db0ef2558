import pRetry from 'p-retry';
import { Observable } from 'rxjs';
import { isAttemptError, policyScope } from '../attempt.js';
import { CallbackError, RateLimitError, RetryBudgetError } from '../errors.js';
import type { Policy } from '../request.js';
import { refreshOnce } from './refresh-once.js';
import { retryBudget } from './retry-budget.js';
import { hintOf } from './retry-hint.js';
import { retryOptions, type RetryOptions } from './retry-options.js';
import { isRetryable } from './retryable.js';
import { startTimer } from './timer.js';

/** p-retry judges errors by their class and message; wrapped, it judges nothing and only counts. */
class Failed extends Error {
  constructor(readonly error: unknown) {
    super('attempt failed');
  }
}

/** Milliseconds to wait; whether a rate limit is why, and whether the server has asked for it. */
interface Delay {
  readonly ms: number;
  readonly throttled: boolean;
  readonly hinted: boolean;
}

/**
 * Subscribes to its source again when that fails in a way that another attempt may mend: 408, 425, 429, 500, 502–504,
 * 520–524, network failures and attempt timeouts, and a check's `retry`. Waits random(0…1) · min(cap, base · 2ⁿ) (full
 * jitter), and never shorter than the server asks in Retry-After and its kin. An `x-should-retry: true` or `false` of the
 * answer overrules its status. With `onUnauthorized`, a 401 or 403 gets new credentials and one more attempt, which
 * costs neither a retry nor budget.
 *
 *     paginate(request, strategy, { policy: retryRequests({ retries: 8 }) })
 *     http.get(url).pipe(retryRequests())                                       // serves any Observable
 *
 * The last error is passed on as it is; a hint above `maxRetryAfter` fails at once with RateLimitError, a used up
 * `budget` with RetryBudgetError. Within Pagewise only failed attempts are retried, never what another operator or a
 * callback throws. The budget's state lives in the value that this returns.
 * @throws ConfigError for options that can't work
 */
export function retryRequests(options: RetryOptions = {}): Policy {
  const { retries, base, cap, maxRetryAfter, retryHeader, shouldRetry, onUnauthorized, ...checked } =
    retryOptions(options);
  const budget = retryBudget(checked.budget);
  const refreshed = onUnauthorized && refreshOnce(onUnauthorized);

  /** Milliseconds to wait before another attempt, and whether a rate limit is why. @throws Failed where there is to be none */
  function delayAfter(error: unknown, failures: number, inPagewise: boolean): Delay {
    // Within Pagewise only the heart's own attempts count, whatever another error looks like.
    const ours = inPagewise ? isAttemptError(error) : !(error instanceof CallbackError);
    if (!ours || !decide(error, isRetryable(error, retryHeader))) throw new Failed(error);
    const { waitMs, throttled } = hintOf(error);
    if (waitMs !== undefined && waitMs > maxRetryAfter)
      throw new Failed(new RateLimitError(waitMs, maxRetryAfter, error));
    const most = Math.min(cap, (base ?? (throttled ? 1000 : 500)) * 2 ** (failures - 1));
    return { ms: Math.max(waitMs ?? 0, Math.random() * most), throttled, hinted: waitMs !== undefined };
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
      let lastCost: number | undefined;
      const attempt$ = refreshed ? refreshed(scope !== undefined)(source) : source;

      // The first attempt goes straight through: only a failed one pays for promises.
      attempt(retry, () => {
        subscriber.complete();
      });

      function attempt(failed: (error: unknown) => void, complete: () => void): void {
        let succeeded = false;
        const attempted = attempt$.subscribe({
          next(value) {
            succeeded = true;
            subscriber.next(value);
          },
          error(error: unknown) {
            succeeded = false;
            failed(error);
          },
          complete() {
            succeeded = true;
            complete();
          },
        });
        // At its end, which may be an unsubscribe by who has got the one value that they wanted.
        attempted.add(() => {
          if (succeeded) budget.give(lastCost ?? 1);
        });
        subscriber.add(attempted);
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
            const { ms, throttled, hinted } = delayAfter(error, attemptNumber, scope !== undefined);
            if (retriesLeft === 0) return;
            const cost = (lastCost = budget.take(throttled));
            if (cost === undefined) throw new Failed(new RetryBudgetError(error));
            scope?.report({ type: 'wait', reason: 'retry', ms, throttled: throttled || hinted, error });
            return new Promise<void>((resolve) => {
              const cancel = startTimer(ms, () => {
                cancelWait = undefined;
                resolve();
              });
              cancelWait = () => {
                cancel();
                budget.give(cost); // It was never sent.
              };
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
