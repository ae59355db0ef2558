import { defer, from, map, Observable, type ObservableInput, of } from 'rxjs';
import { CallbackError } from '../errors.js';
import { givenHeaders, type HeaderMap, type PageRequest } from '../request.js';

/** Asks the caller's function for the headers of a request: for every attempt anew. */
export function askHeaders(
  request: PageRequest,
  headers: () => HeaderMap | ObservableInput<HeaderMap>,
): Observable<PageRequest> {
  const failed = (error: unknown) => new CallbackError('headers', error);
  return new Observable((subscriber) =>
    defer(() => {
      const given = headers();
      return isInput(given) ? from(given) : of(given);
    })
      .pipe(map((given) => ({ ...request, headers: givenHeaders(headers, given) })))
      .subscribe({
        next: (value) => {
          subscriber.next(value);
          subscriber.complete();
        },
        error: (error: unknown) => {
          subscriber.error(failed(error));
        },
        complete: () => {
          subscriber.error(failed(new Error('it completed without giving headers')));
        },
      }),
  );
}

const isInput = (given: HeaderMap | ObservableInput<HeaderMap>): given is ObservableInput<HeaderMap> =>
  'then' in given || 'subscribe' in given || Symbol.asyncIterator in given || Symbol.iterator in given;
