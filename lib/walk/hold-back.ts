import { catchError, defaultIfEmpty, defer, from, map, take, type Observable, type ObservableInput } from 'rxjs';
import type { PagewiseError } from '../errors.js';
import type { Page } from '../page.js';
import { asCallbackError } from './judge.js';

/** What holds the request for the next page back. */
export interface Holds<Item> {
  readonly nextWhen?: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /** Adds to an error after which page it happened. */
  readonly failAfter: (page: Page<Item>, error: PagewiseError) => PagewiseError;
}

/**
 * @param last the page after which the next one is held back
 * @returns emits whether there is to be a next page, when it may be asked for; `undefined` where nothing holds it back
 */
export function holdBack<Item>(holds: Holds<Item>, last: () => Page<Item>): Observable<boolean> | undefined {
  const { nextWhen, failAfter } = holds;
  if (!nextWhen) return undefined;
  return defer(() => from(nextWhen(last()))).pipe(
    take(1),
    map(() => true),
    defaultIfEmpty(false), // Completed without emitting: the RxJS convention for "no more".
    catchError((error: unknown) => {
      throw failAfter(last(), asCallbackError('nextWhen', error));
    }),
  );
}
