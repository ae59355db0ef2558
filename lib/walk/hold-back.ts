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
  /** Pull consumers: emits when the consumer asks for the page after this one. */
  readonly demand?: ((page: Page<Item>) => Observable<unknown>) | undefined;
  /** Adds to an error after which page it happened. */
  readonly failAfter: (page: Page<Item>, error: PagewiseError) => PagewiseError;
}

/**
 * @returns tells when the page after the given one may be asked for (`true`), or that it is not to be (`false`);
 * `undefined` where nothing holds pages back
 */
export function holdBack<Item>(holds: Holds<Item>): ((page: Page<Item>) => Observable<boolean>) | undefined {
  const { nextWhen, demand, failAfter } = holds;
  if (!nextWhen && !demand) return undefined;

  const notified = (page: Page<Item>): Observable<boolean> =>
    defer(() => from(nextWhen?.(page) ?? [true])).pipe(
      take(1),
      map(() => true),
      defaultIfEmpty(false), // Completed without emitting: the RxJS convention for "no more".
      catchError((error: unknown) => {
        throw failAfter(page, asCallbackError('nextWhen', error));
      }),
    );
  if (!demand) return notified;
  const demanded = (page: Page<Item>): Observable<boolean> => demand(page).pipe(map(() => true));
  if (!nextWhen) return demanded;
  return (page) => notified(page).pipe(mergeMap((go) => (go ? demanded(page) : of(false))));
}
