import { from, map, Observable, type ObservableInput } from 'rxjs';
import { CallbackError } from '../errors.js';
import { givenHeaders, type HeaderMap, type PageRequest } from '../request.js';

/** Applies the origin rule, then asks the caller's function for headers where there is one: for every attempt anew. */
export function prepareRequest(allow: (request: PageRequest) => PageRequest) {
  return (request: PageRequest): PageRequest | Observable<PageRequest> => {
    const allowed = allow(request);
    const { headers } = allowed;
    if (typeof headers !== 'function') return allowed;
    const failed = (error: unknown) => new CallbackError('headers', error);
    let given: HeaderMap | ObservableInput<HeaderMap>;
    try {
      given = headers();
    } catch (error) {
      throw failed(error);
    }
    const complete = (map: HeaderMap): PageRequest => ({
      ...allowed,
      headers: givenHeaders(headers, map),
    });
    if (!isInput(given)) return complete(given);
    return new Observable((subscriber) =>
      from(given)
        .pipe(map(complete))
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
  };
}

const isInput = (given: HeaderMap | ObservableInput<HeaderMap>): given is ObservableInput<HeaderMap> =>
  'then' in given || 'subscribe' in given || Symbol.asyncIterator in given || Symbol.iterator in given;
