import {
  catchError,
  defaultIfEmpty,
  defer,
  from,
  map,
  mergeMap,
  of,
  take,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import type { PagewiseError } from '../errors.js';
import type { Page } from '../page.js';
import { asCallbackError } from './judge.js';

/** What holds the request for the next page back. */
export interface Holds<Item> {
  readonly nextWhen?: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /** Pull consumers: emits when the next page is asked for. */
  readonly demand$?: Observable<unknown> | undefined;
  /** Adds to an error after which page it happened. */
  readonly failAfter: (page: Page<Item>, error: PagewiseError) => PagewiseError;
}

/**
 * @param last the page after which the next one is held back
 * @returns emits whether there is to be a next page, when it may be asked for; `undefined` where nothing holds it back
 */
export function holdBack<Item>(holds: Holds<Item>, last: () => Page<Item>): Observable<boolean> | undefined {
  const { nextWhen, demand$, failAfter } = holds;
  const demanded$ = demand$?.pipe(map(() => true));
  if (!nextWhen) return demanded$;
  const notified$ = defer(() => from(nextWhen(last()))).pipe(
    take(1),
    map(() => true),
    defaultIfEmpty(false), // Completed without emitting: the RxJS convention for "no more".
    catchError((error: unknown) => {
      throw failAfter(last(), asCallbackError('nextWhen', error));
    }),
  );
  return demanded$ ? notified$.pipe(mergeMap((go) => (go ? demanded$ : of(false)))) : notified$;
}
