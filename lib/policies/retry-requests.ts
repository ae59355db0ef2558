import pRetry from 'p-retry';
import { type Observable, type Observer, Subscription, type Unsubscribable } from 'rxjs';
import { RetryBudgetError } from '../errors.js';
import type { Policy } from '../request.js';
import { type Scope, scopeOf, start, Task } from '../task.js';
import { startTimer } from '../values/timer.js';
import { refreshOnce } from './refresh-once.js';
import { retryDelay, type RetryDelay, retryOptions, type RetryOptions } from './retry-options.js';

/**
 * Subscribes to its source again after a failure that another attempt may fix: 408, 425, 429, 500, 502–504, 520–524,
 * network failures, attempt timeouts, and a check's `retry`. Waits random(0…1) · min(cap, base · 2ⁿ) (full jitter), but
 * at least as long as the server asks in Retry-After or a similar header. `x-should-retry: true` or `false` in the
 * answer overrides its status. With `onUnauthorized`, a 401 or 403 gets new credentials and one more attempt, which
 * costs neither a retry nor budget.
 *
 *     paginate(request, strategy, { policy: retryRequests({ retries: 8 }) })
 *     http.get(url).pipe(retryRequests())                                       // works with any Observable
 *
 * The last error is passed on unchanged. A hint above `maxRetryAfter` fails immediately with RateLimitError, a used-up
 * `budget` with RetryBudgetError. Within Pagewise only failed attempts are retried, never what another operator or a
 * callback throws. The returned policy value holds the budget's state.
 * @throws ConfigError for invalid options
 */
export function retryRequests(options: RetryOptions = {}): Policy {
  const checked = retryOptions(options);
  const { retries, onUnauthorized } = checked;
  const refreshed = onUnauthorized && refreshOnce(onUnauthorized);
  const rules: Rules = { retries, budget: retryBudget(checked.budget), delayAfter: retryDelay(checked) };

  return <T>(source: Observable<T>): Observable<T> => {
    const scope = scopeOf(source);
    return new Task<T>((observer, life) => {
      const attempt$ = refreshed ? refreshed(scope !== undefined)(source) : source;
      return new Retried<T>(rules, scope, attempt$, observer, life).start();
    }, scope);
  };
}

/** What one policy value shares between all sources that it is applied to. */
interface Rules {
  readonly retries: number;
  readonly budget: RetryBudget;
  readonly delayAfter: RetryDelay;
}

/** p-retry judges errors by their class and message. Given only this one, it judges nothing and just counts. */
class Failed extends Error {
  constructor(readonly error: unknown) {
    super('attempt failed');
  }
}

/** One subscription. It observes the first attempt directly; it uses promises only after a failure. */
class Retried<T> implements Observer<T>, Unsubscribable {
  #succeeded = false;
  #lastCost = 1;
  /** Teardown of the attempt in progress. */
  #attempt: Unsubscribable | undefined;
  #cancelWait: (() => void) | undefined;
  #stop: AbortController | undefined;

  constructor(
    private readonly rules: Rules,
    private readonly scope: Scope | undefined,
    private readonly source: Observable<T>,
    private readonly observer: Observer<T>,
    private readonly life: Subscription,
  ) {}

  start(): this {
    const attempt = start(this.source, this, this.life);
    this.#attempt ??= attempt; // Unless the attempt has already failed, and another one is in progress.
    return this;
  }

  next(value: T): void {
    this.#succeeded = true;
    this.observer.next(value);
  }

  complete(): void {
    this.#succeeded = true;
    this.observer.complete();
  }

  error(error: unknown): void {
    this.#succeeded = false;
    const { retries } = this.rules;
    this.#stop = new AbortController();
    pRetry((attemptNumber) => this.#again(attemptNumber, error), {
      retries,
      minTimeout: 0,
      signal: this.#stop.signal,
      // `failed` is always a Failed.
      onFailedAttempt: ({ error: failed, attemptNumber, retriesLeft }) =>
        this.#wait((failed as unknown as Failed).error, attemptNumber, retriesLeft),
    }).then(
      () => {
        this.complete();
      },
      (reason: unknown) => {
        if (!this.life.closed) this.observer.error(reason instanceof Failed ? reason.error : reason);
      },
    );
  }

  /** The end. Also called when a consumer has its one value and unsubscribes before the attempt has ended. */
  unsubscribe(): void {
    if (this.#succeeded) this.rules.budget.give(this.#lastCost);
    this.#cancelWait?.();
    this.#stop?.abort();
    this.#attempt?.unsubscribe();
  }

  #again(attemptNumber: number, firstError: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        this.#succeeded = false;
        reject(new Failed(error));
      };
      // The first attempt has already been made: p-retry only gets its failure.
      if (attemptNumber === 1) {
        failed(firstError);
        return;
      }
      // Each attempt has a life of its own: the page must not hold the failed ones.
      const life = new Subscription();
      this.#attempt = life;
      const ended = () => life.unsubscribe();
      life.add(
        start(
          this.source,
          {
            next: (value) => this.next(value),
            error: (error: unknown) => {
              failed(error);
              ended();
            },
            complete: () => {
              resolve();
              ended();
            },
          },
          life,
        ),
      );
    });
  }

  #wait(error: unknown, failures: number, retriesLeft: number): Promise<void> | undefined {
    const { budget, delayAfter } = this.rules;
    let delay: ReturnType<RetryDelay>;
    try {
      delay = delayAfter(error, failures, this.scope !== undefined);
    } catch (final) {
      throw new Failed(final);
    }
    if (retriesLeft === 0) return undefined;
    const cost = budget.take(delay.throttled);
    if (cost === undefined) throw new Failed(new RetryBudgetError(error));
    this.#lastCost = cost;
    const { ms, throttled, hinted } = delay;
    this.scope?.wait({ reason: 'retry', ms, throttled: throttled || hinted, error });
    return new Promise<void>((resolve) => {
      const cancel = startTimer(ms, () => {
        this.#cancelWait = undefined;
        resolve();
      });
      this.#cancelWait = () => {
        cancel();
        budget.give(cost); // The retry was never sent.
      };
    });
  }
}

/** Limits retries: a bucket of tokens that retries take and successes give back. */
interface RetryBudget {
  /** Takes the cost of a retry. @returns the cost, or `undefined` if too few tokens are left */
  take(throttled: boolean): number | undefined;
  /** Gives back what a success is worth: the cost of its last retry, or 1. */
  give(tokens: number): void;
}

/** The cost of a retry, and of one after a rate limit: such a server is up. */
const costs = { retry: 14, throttled: 5 } as const;

/** @param capacity number of tokens at the start and at most; `Infinity` never runs out */
function retryBudget(capacity: number): RetryBudget {
  let tokens = capacity;
  return {
    take(throttled) {
      const cost = throttled ? costs.throttled : costs.retry;
      if (cost > tokens) return undefined;
      tokens -= cost;
      return cost;
    },
    give(returned) {
      tokens = Math.min(capacity, tokens + returned);
    },
  };
}
