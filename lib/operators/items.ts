import { Observable, type OperatorFunction } from 'rxjs';
import type { Page } from '../page.js';
import { subscribeWithin } from '../subscribing.js';

/** Flattens pages into their items, in order. Stops within a page as soon as the subscriber unsubscribes. */
export const items =
  <Item>(): OperatorFunction<Pick<Page<Item>, 'items'>, Item> =>
  (pages) =>
    new Observable((subscriber) =>
      subscribeWithin(subscriber, pages, {
        next(page) {
          // A plain loop costs half as much per item as mergeMap(page => page.items).
          for (const item of page.items) {
            if (subscriber.closed) return;
            subscriber.next(item);
          }
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
