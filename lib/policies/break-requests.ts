import { type Observable, Subscription } from 'rxjs';
import { BrokenCircuitError, CallbackError, ConfigError, RateLimitError, RetryBudgetError } from '../errors.js';
import { isAttemptError, isRetryable } from '../failure.js';
import type { Policy } from '../request.js';
import { scopeOf, start, Task } from '../task.js';
import { reasonOf } from '../values/abort.js';
import { describe } from '../values/describe.js';
import { checkCalled, factory } from '../values/options.js';

/** Decides whether a request may be sent: a policy of cockatiel, or anything with the same interface. */
export interface CircuitBreaker {
  /** Calls `fn` and settles the way it does, or rejects without calling it. */
  execute<T>(fn: (context?: { readonly signal?: AbortSignal }) => Promise<T>): Promise<T>;
  /** When it lets a request through again, in epoch milliseconds, if known. Shown in the error. */
  openUntil?(): number | Date | undefined;
}

/** The outcome of a request that the breaker must not count as a failure. */
type Outcome = { readonly error: unknown } | undefined;

/**
 * Sends requests through a circuit breaker. While the breaker is open nothing is sent, and pages fail immediately with
 * BrokenCircuitError, which is never retried.
 *
 *     const breaker = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }); // cockatiel
 *     const policy = pipe(throttleRequests({ limit: 10 }), retryRequests(), breakRequests(breaker));
 *
 * Placed after `retryRequests` in `pipe`, it counts pages that failed after all retries; placed before it, it counts
 * attempts. A failure is an error that another attempt could fix. A 404 or an early unsubscription says nothing about
 * the server and does not count. The breaker holds the state: streams with the same breaker share the circuit.
 * @throws ConfigError if it is not a breaker
 */
export const breakRequests = /* @__PURE__ */ factory('breakRequests', (breaker: CircuitBreaker): Policy => {
  checkCalled('breakRequests', breaker);
  if (typeof (breaker as CircuitBreaker | undefined)?.execute !== 'function')
    throw new ConfigError(
      `breakRequests: the breaker must have an execute method, as the policies of cockatiel do; it is ${describe(breaker)}`,
    );

  const execute = async (send: (context?: { readonly signal?: AbortSignal }) => Promise<Outcome>): Promise<Outcome> =>
    breaker.execute(send);

  function refused(cause: unknown): unknown {
    try {
      const until = breaker.openUntil?.();
      return new BrokenCircuitError(until === undefined ? undefined : Number(until), cause);
    } catch (thrown) {
      return new CallbackError('breakRequests.openUntil', thrown);
    }
  }

  return <T>(source: Observable<T>): Observable<T> => {
    const scope = scopeOf(source);
    const inPagewise = scope !== undefined;

    return new Task<T>((observer, life) => {
      if (life.closed) return undefined;
      let underWay = false;
      let givenUp = false;
      let failure: { readonly error: unknown } | undefined;

      const send = (context: { readonly signal?: AbortSignal } = {}) =>
        new Promise<Outcome>((resolve, reject) => {
          const { signal } = context;
          if (life.closed) {
            resolve(undefined);
            return;
          }
          underWay = true;
          const sent = new Subscription();
          life.add(sent);
          const abort = () => {
            givenUp = true;
            // Deferred, so that the breaker can reject first: it may know the reason better.
            setTimeout(() => {
              reject(signal && reasonOf(signal));
            });
            sent.unsubscribe();
          };
          if (signal?.aborted) abort();
          else signal?.addEventListener('abort', abort, { once: true });
          sent.add(() => {
            underWay = false;
            signal?.removeEventListener('abort', abort);
            if (!givenUp) resolve(undefined); // Unsubscribed: a breaker that waits for its probe would wait forever.
          });
          const attempt = {
            next: (value: T) => {
              observer.next(value);
            },
            error: (error: unknown) => {
              failure = { error };
              if (isFailure(error, inPagewise)) reject(error);
              else resolve(failure);
              sent.unsubscribe();
            },
            complete: () => {
              resolve(undefined);
              sent.unsubscribe();
            },
          };
          if (!sent.closed) sent.add(start(source, attempt, sent));
        });

      execute(send).then(
        (outcome) => {
          if (failure && outcome === failure) observer.error(failure.error);
          else observer.complete();
        },
        (error: unknown) => {
          // Otherwise the breaker has refused the request, or another attempt at it.
          const ours = underWay || givenUp || failure?.error === error;
          observer.error(ours ? error : refused(error));
        },
      );
      return undefined;
    }, scope);
  };
});

function isFailure(error: unknown, inPagewise: boolean): boolean {
  const last = error instanceof RateLimitError || error instanceof RetryBudgetError ? error.cause : error;
  return (!inPagewise || isAttemptError(last)) && isRetryable(last);
}
