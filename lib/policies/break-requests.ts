import { Observable } from 'rxjs';
import { isAttemptError, policyScope } from '../attempt.js';
import { BrokenCircuitError, CallbackError, ConfigError, RateLimitError, RetryBudgetError } from '../errors.js';
import { isRetryable } from '../failure.js';
import type { Policy } from '../request.js';
import { describe } from '../values/describe.js';

/** What decides whether a request may be sent: the policies of cockatiel, or anything that is used like them. */
export interface CircuitBreaker {
  /** Calls `fn` and settles as that does, or refuses: rejects without calling it. */
  execute<T>(fn: (context?: { readonly signal?: AbortSignal }) => Promise<T>): Promise<T>;
  /** When it lets a request through again, in epoch milliseconds, where it can tell: for the error. */
  openUntil?(): number | Date | undefined;
}

/** How a request ended that is no failure for the breaker. */
type Outcome = { readonly error: unknown } | undefined;

/**
 * Sends requests through a circuit breaker: while that is open nothing is sent, and pages fail at once with
 * BrokenCircuitError, which is never retried.
 *
 *     const breaker = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }); // cockatiel
 *     const policy = pipe(throttleRequests({ limit: 10 }), retryRequests(), breakRequests(breaker));
 *
 * After `retryRequests` in `pipe` it hears of pages whose retries were in vain, before it of attempts. The breaker sees
 * as failures what another attempt could mend; a 404, or who leaves before the answer, says nothing about the server,
 * and is no failure. The state is the breaker's: who is given the same one shares the circuit.
 * @throws ConfigError for what is no breaker
 */
export function breakRequests(breaker: CircuitBreaker): Policy {
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
    const inPagewise = policyScope() !== undefined;

    return new Observable<T>((subscriber) => {
      let underWay = false;
      let givenUp = false;
      let failure: { readonly error: unknown } | undefined;

      const send = (context: { readonly signal?: AbortSignal } = {}) =>
        new Promise<Outcome>((resolve, reject) => {
          const { signal } = context;
          if (subscriber.closed) {
            resolve(undefined);
            return;
          }
          underWay = true;
          const sent = source.subscribe({
            next: (value) => {
              subscriber.next(value);
            },
            error: (error: unknown) => {
              failure = { error };
              if (isFailure(error, inPagewise)) reject(error);
              else resolve(failure);
            },
            complete: () => {
              resolve(undefined);
            },
          });
          const abort = () => {
            givenUp = true;
            // Later: the breaker, which may know the reason better, has the first word.
            setTimeout(() => {
              reject(signal?.reason);
            });
            sent.unsubscribe();
          };
          if (signal?.aborted) abort();
          else signal?.addEventListener('abort', abort, { once: true });
          sent.add(() => {
            underWay = false;
            signal?.removeEventListener('abort', abort);
            if (!givenUp) resolve(undefined); // It was left: a breaker that waits for its probe would wait for ever.
          });
          subscriber.add(sent);
        });

      execute(send).then(
        (outcome) => {
          if (failure && outcome === failure) subscriber.error(failure.error);
          else subscriber.complete();
        },
        (error: unknown) => {
          // Else the breaker has let nothing through, or not another time.
          const ours = underWay || givenUp || failure?.error === error;
          subscriber.error(ours ? error : refused(error));
        },
      );
    });
  };
}

function isFailure(error: unknown, inPagewise: boolean): boolean {
  const last = error instanceof RateLimitError || error instanceof RetryBudgetError ? error.cause : error;
  return (!inPagewise || isAttemptError(last)) && isRetryable(last);
}
