import {
  catchError,
  concat,
  defer,
  finalize,
  ignoreElements,
  Observable,
  type ObservableInput,
  share,
  take,
  tap,
  throwError,
} from 'rxjs';
import { CallbackError } from '../errors.js';
import { isAttemptError, isUnauthorized } from '../failure.js';

type Refreshed = <T>(source: Observable<T>) => Observable<T>;

/**
 * Handles 401 and 403: gets new credentials from the caller, then subscribes to the source once more. A second 401 or
 * 403 is passed on. Pages that are refused at the same time share one refresh. A page that was sent before a refresh
 * ended needs no refresh of its own.
 * @returns a function that makes the operator for one page
 */
export function refreshOnce(
  onUnauthorized: (error: unknown) => ObservableInput<unknown>,
): (inPagewise: boolean) => Refreshed {
  let refreshes = 0;
  let underWay: Observable<never> | undefined;

  function refresh(error: unknown): Observable<never> {
    underWay ??= defer(() => onUnauthorized(error)).pipe(
      take(1), // A stream of credentials need not complete.
      ignoreElements(),
      tap({ complete: () => refreshes++ }),
      finalize(() => (underWay = undefined)),
      share(),
    );
    // One error for each page: each gets its own location.
    return underWay.pipe(
      catchError((thrown: unknown) => throwError(() => new CallbackError('retryRequests.onUnauthorized', thrown))),
    );
  }

  return (inPagewise) => {
    let used = false;
    return (source) =>
      defer(() => {
        const before = refreshes;
        return source.pipe(
          catchError((error: unknown) => {
            if (used || (inPagewise && !isAttemptError(error)) || !isUnauthorized(error)) throw error;
            used = true;
            return refreshes === before ? concat(refresh(error), source) : source;
          }),
        );
      });
  };
}
