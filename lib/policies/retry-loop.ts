import { type Observable, type Observer, Subscription, type Unsubscribable } from 'rxjs';
import { CallbackError, RateLimitError, RetryBudgetError } from '../errors.js';
import { hintOf, isAttemptError, isRetryable, isStaleConnection } from '../failure.js';
import { type Scope, start } from '../task.js';
import { startTimer } from '../values/timer.js';
import type { RetryRules } from './retry-options.js';

/** The code that is needed only after a failure. */
export type AfterFailure = typeof import('./after-failure.js');

/** How that code is loaded. The build chooses the file, by `#after-failure`. */
export interface AfterFailureLoader {
  /** Called before a first attempt is made. */
  prepare(): void;
  /** Calls `use`, or `failed` if it can't be loaded; the next call tries again. */
  load(use: (afterFailure: AfterFailure) => void, failed: () => void): void;
}

/** One subscription whose first attempt has failed. */
interface FirstFailure<T> {
  readonly error: unknown;
  readonly rules: RetryRules;
  readonly scope: Scope | undefined;
  /** Makes an attempt each time it is subscribed to. */
  readonly source: Observable<T>;
  readonly observer: Observer<T>;
  readonly life: Subscription;
}

/** p-retry judges errors by their class and message. Given only this class, it judges nothing and just counts. */
class Failed extends Error {
  constructor(readonly error: unknown) {
    super('attempt failed');
  }
}

/**
 * Makes further attempts until one succeeds or no more are allowed.
 * @returns the teardown, also for a consumer that has its one value and unsubscribes before the attempt has ended
 */
export function retryLoop<T>(
  { pRetry, retryHint, whenOnline }: AfterFailure,
  { error: firstError, rules, scope, source, observer, life }: FirstFailure<T>,
): Unsubscribable {
  const { retries, budget } = rules;
  // Not an AbortController, which some runtimes lack.
  let stopped = false;
  /** Whether the last retry costs nothing: it succeeded, or it failed for a reason other than the server. */
  let refund = false;
  let sentBefore: number | undefined;
  let lastCost = 1;
  let attempt: Subscription | undefined;
  let cancelWait: (() => void) | undefined;

  const again = (attemptNumber: number) =>
    new Promise<void>((resolve, reject) => {
      // The first attempt has already been made: p-retry only gets its failure.
      if (attemptNumber === 1) throw new Failed(firstError);
      if (stopped) return; // For ever: nobody waits for it.
      // Each attempt has a life of its own: the page must not hold the failed ones.
      const own = (attempt = new Subscription());
      refund = false;
      own.add(
        start(
          source,
          {
            next(value) {
              refund = true;
              observer.next(value);
            },
            error(error: unknown) {
              refund = false;
              reject(new Failed(error));
              own.unsubscribe();
            },
            complete() {
              resolve();
              own.unsubscribe();
            },
          },
          own,
        ),
      );
    });

  /** @throws the error to pass on, if no further attempt is made */
  function wait(error: unknown, failures: number, retriesLeft: number): Promise<void> | undefined {
    // Within Pagewise only the walk's own attempts are retried, whatever another error looks like.
    if (life.closed) return undefined;
    if (scope ? !isAttemptError(error) : error instanceof CallbackError) {
      refund = failures > 1;
      throw error;
    }
    checkRetryable(rules, error);
    if (life.closed) return undefined; // shouldRetry unsubscribed.
    const { waitMs, throttled } = hintOf(error, retryHint);
    if (waitMs !== undefined && waitMs > rules.maxRetryAfter)
      throw new RateLimitError(waitMs, rules.maxRetryAfter, error);
    if (retriesLeft === 0) return undefined;
    const cost = budget.take(throttled);
    if (cost === undefined) throw new RetryBudgetError(error);
    lastCost = cost;
    const most = Math.min(rules.cap, (rules.base ?? (throttled ? 1000 : 500)) * 2 ** (failures - 1));
    const ms = isStaleConnection(error) ? 0 : Math.max(waitMs ?? 0, Math.random() * most);
    let cancelTimer: (() => void) | undefined;
    // Before the listener is called, which may throw or unsubscribe.
    cancelWait = () => cancelTimer?.();
    sentBefore = scope?.sent;
    refund = true;
    scope?.wait({
      reason: 'retry',
      ms,
      throttled: throttled || waitMs !== undefined,
      error,
    });
    if (life.closed) return undefined;
    return new Promise((resolve) => {
      cancelTimer = whenOnline(error, () =>
        startTimer(ms, () => {
          cancelWait = undefined;
          resolve();
        }),
      );
    });
  }

  pRetry(again, {
    retries,
    minTimeout: 0,
    onFailedAttempt({ error: failed, attemptNumber, retriesLeft }) {
      try {
        // `failed` is always a Failed.
        return wait((failed as unknown as Failed).error, attemptNumber, retriesLeft);
      } catch (final) {
        throw new Failed(final);
      }
    },
  }).then(
    () => {
      if (stopped) return;
      refund = true;
      observer.complete();
    },
    (reason: unknown) => {
      if (!life.closed) observer.error(reason instanceof Failed ? reason.error : reason);
    },
  );

  return {
    unsubscribe() {
      // Cancelled before it was sent: by a header function, or while the throttle held it back.
      const unsent = sentBefore !== undefined && scope?.sent === sentBefore;
      if (refund || unsent) budget.give(lastCost);
      cancelWait?.();
      stopped = true;
      attempt?.unsubscribe();
    },
  };
}

/** @throws the error if it is not to be retried; CallbackError with what `shouldRetry` throws */
function checkRetryable({ retryHeader, shouldRetry }: RetryRules, error: unknown): void {
  const retryable = isRetryable(error, retryHeader);
  let overruled: boolean | undefined;
  try {
    overruled = shouldRetry?.(error, retryable);
  } catch (thrown) {
    throw new CallbackError('retryRequests.shouldRetry', thrown);
  }
  if (!(overruled ?? retryable)) throw error;
}
