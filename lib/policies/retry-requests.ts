import pRetry from 'p-retry';
import { Observable, type Observer, type Subscription, type Unsubscribable } from 'rxjs';
import { policyScope, type PolicyScope } from '../attempt.js';
import { attemptsDirectly, type StartAttempt } from '../direct.js';
import { RetryBudgetError } from '../errors.js';
import type { Policy } from '../request.js';
import { startTimer } from '../values/timer.js';
import { refreshOnce } from './refresh-once.js';
import { retryDelay, type RetryDelay, retryOptions, type RetryOptions } from './retry-options.js';

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
  const checked = retryOptions(options);
  const { retries, onUnauthorized } = checked;
  const refreshed = onUnauthorized && refreshOnce(onUnauthorized);
  const rules: Rules = { retries, budget: retryBudget(checked.budget), delayAfter: retryDelay(checked) };

  const policy = <T>(source: Observable<T>): Observable<T> => {
    const scope = policyScope();
    return new Observable<T>((subscriber) => {
      const attempt$ = refreshed ? refreshed(scope !== undefined)(source) : source;
      return new Retried<T>(rules, scope, (one) => attempt$.subscribe(one), subscriber, subscriber).start();
    });
  };
  if (refreshed) return policy;
  return attemptsDirectly(policy, (attempt, scope, observer, life) =>
    new Retried(rules, scope, attempt, observer, life).start(),
  );
}

/** What one policy value has decided, for all that it is applied to. */
interface Rules {
  readonly retries: number;
  readonly budget: RetryBudget;
  readonly delayAfter: RetryDelay;
}

/** p-retry judges errors by their class and message; wrapped, it judges nothing and only counts. */
class Failed extends Error {
  constructor(readonly error: unknown) {
    super('attempt failed');
  }
}

/** One subscription: observes the first attempt, which goes straight through. Only a failed one pays for promises. */
class Retried<T> implements Observer<T>, Unsubscribable {
  readonly #rules: Rules;
  readonly #scope: PolicyScope | undefined;
  readonly #attempt: StartAttempt<T>;
  readonly #observer: Observer<T>;
  readonly #life: Subscription;
  #succeeded = false;
  #lastCost = 1;
  #cancelWait: (() => void) | undefined;
  #stop: AbortController | undefined;

  constructor(
    rules: Rules,
    scope: PolicyScope | undefined,
    attempt: StartAttempt<T>,
    observer: Observer<T>,
    life: Subscription,
  ) {
    this.#rules = rules;
    this.#scope = scope;
    this.#attempt = attempt;
    this.#observer = observer;
    this.#life = life;
  }

  start(): this {
    this.#life.add(this.#attempt(this, this.#life));
    return this;
  }

  next(value: T): void {
    this.#succeeded = true;
    this.#observer.next(value);
  }

  complete(): void {
    this.#succeeded = true;
    this.#observer.complete();
  }

  error(error: unknown): void {
    this.#succeeded = false;
    const { retries } = this.#rules;
    this.#stop = new AbortController();
    pRetry((attemptNumber) => this.#again(attemptNumber, error), {
      retries,
      minTimeout: 0,
      signal: this.#stop.signal,
      // Always a Failed.
      onFailedAttempt: ({ error: failed, attemptNumber, retriesLeft }) =>
        this.#wait((failed as unknown as Failed).error, attemptNumber, retriesLeft),
    }).then(
      () => {
        this.complete();
      },
      (reason: unknown) => {
        if (!this.#life.closed) this.#observer.error(reason instanceof Failed ? reason.error : reason);
      },
    );
  }

  /** The end; also where who has got the one value that they wanted leaves before the attempt has ended. */
  unsubscribe(): void {
    if (this.#succeeded) this.#rules.budget.give(this.#lastCost);
    this.#cancelWait?.();
    this.#stop?.abort();
  }

  #again(attemptNumber: number, firstError: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        this.#succeeded = false;
        reject(new Failed(error));
      };
      // The first attempt has been made: p-retry is told of its failure.
      if (attemptNumber === 1) failed(firstError);
      else
        this.#life.add(
          this.#attempt({ next: (value) => this.next(value), error: failed, complete: resolve }, this.#life),
        );
    });
  }

  #wait(error: unknown, failures: number, retriesLeft: number): Promise<void> | undefined {
    const { budget, delayAfter } = this.#rules;
    let delay: ReturnType<RetryDelay>;
    try {
      delay = delayAfter(error, failures, this.#scope !== undefined);
    } catch (final) {
      throw new Failed(final);
    }
    if (retriesLeft === 0) return undefined;
    const cost = budget.take(delay.throttled);
    if (cost === undefined) throw new Failed(new RetryBudgetError(error));
    this.#lastCost = cost;
    const { ms, throttled, hinted } = delay;
    this.#scope?.report({ type: 'wait', reason: 'retry', ms, throttled: throttled || hinted, error });
    return new Promise<void>((resolve) => {
      const cancel = startTimer(ms, () => {
        this.#cancelWait = undefined;
        resolve();
      });
      this.#cancelWait = () => {
        cancel();
        budget.give(cost); // It was never sent.
      };
    });
  }
}

/** How many more retries there may be: a bucket of tokens that retries take from, and successes put back into. */
interface RetryBudget {
  /** Takes what a retry costs. @returns the cost, or `undefined` where there is too little left */
  take(throttled: boolean): number | undefined;
  /** Puts back what a success is worth: what its last retry cost, or 1. */
  give(tokens: number): void;
}

/** What a retry costs, and one after a rate limit: that server is up, and says so. */
const costs = { retry: 14, throttled: 5 } as const;

/** @param capacity tokens that it begins with and never exceeds; `Infinity` never runs out */
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
