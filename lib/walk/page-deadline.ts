import { type Observable, type Subscription, tap, timer } from 'rxjs';
import type { PolicyScope } from '../attempt.js';
import { PageTimeoutError, type WaitingFor } from '../errors.js';
import { longestDelay } from '../values/timer.js';

/** The time that one page has, waits included; it knows what the page is waiting for. */
export interface PageDeadline {
  /** The page's scope, by which it hears of waits. */
  readonly scope: PolicyScope;
  /** The page's attempts, of which it hears. */
  watch<T>(attempt$: Observable<T>): Observable<T>;
  /** Runs from now until it is unsubscribed from; calls `late` once. */
  start(late: (error: PageTimeoutError) => void): Subscription;
}

/** @param timeoutMs `undefined` or `Infinity`: none, so that a page without one pays nothing */
export function pageDeadline(timeoutMs: number | undefined, scope: PolicyScope): PageDeadline | undefined {
  if (timeoutMs === undefined || timeoutMs === Infinity) return undefined;
  let waitingFor: WaitingFor = 'an answer';
  let lastError: unknown;
  return {
    scope: {
      report(event) {
        waitingFor = event.reason === 'retry' ? 'a retry' : 'the throttle';
        scope.report(event);
      },
    },
    watch: (attempt$) =>
      attempt$.pipe(
        tap({
          subscribe: () => (waitingFor = 'an answer'),
          error: (error: unknown) => {
            lastError = error;
            waitingFor = 'a retry';
          },
        }),
      ),
    start: (late) =>
      timer(Math.min(timeoutMs, longestDelay)).subscribe(() => {
        late(new PageTimeoutError(timeoutMs, waitingFor, lastError));
      }),
  };
}
