import { loader } from '#after-failure';
import type { Observable, Unsubscribable } from 'rxjs';
import type { Policy } from '../request.js';
import { scopeOf, start, Task } from '../task.js';
import { factory } from '../values/options.js';
import { refreshOnce } from './refresh-once.js';
import { retryLoop } from './retry-loop.js';
import { retryOptions, type RetryOptions, type RetryRules } from './retry-options.js';

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
export const retryRequests = /* @__PURE__ */ factory('retryRequests', (options: RetryOptions = {}): Policy => {
  const checked = retryOptions(options);
  const { onUnauthorized } = checked;
  const refreshed = onUnauthorized && refreshOnce(onUnauthorized);
  const rules: RetryRules = { ...checked, budget: retryBudget(checked.budget) };

  return <T>(source: Observable<T>): Observable<T> => {
    const scope = scopeOf(source);
    if (scope && rules.retries > 0) scope.retries = true;
    return new Task<T>((observer, life) => {
      const attempt$ = refreshed ? refreshed(scope !== undefined)(source) : source;
      let succeeded = false;
      /** Teardown of the first attempt, then of all further ones. */
      let attempts: Unsubscribable | undefined;

      loader.prepare();
      const first = start(
        attempt$,
        {
          next(value) {
            succeeded = true;
            observer.next(value);
          },
          complete() {
            succeeded = true;
            observer.complete();
          },
          error(error: unknown) {
            succeeded = false;
            loader.load(
              (afterFailure) => {
                if (life.closed) return;
                attempts = retryLoop(afterFailure, { error, rules, scope, source: attempt$, observer, life });
              },
              () => {
                if (!life.closed) observer.error(error);
              },
            );
          },
        },
        life,
      );
      attempts ??= first; // Unless it has already failed, and the loop is in progress.
      return {
        // Also called when a consumer has its one value and unsubscribes before the attempt has ended.
        unsubscribe() {
          if (succeeded) rules.budget.give(1);
          attempts?.unsubscribe();
        },
      };
    }, scope);
  };
});

/** The cost of a retry, and of a retry after a rate limit: a server that limits its callers is up. */
const costs = { retry: 14, throttled: 5 } as const;

/** Limits retries. @param capacity number of tokens at the start and at most; `Infinity` never runs out */
function retryBudget(capacity: number): RetryRules['budget'] {
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
