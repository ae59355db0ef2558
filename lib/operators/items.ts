import { Observable, type OperatorFunction } from 'rxjs';
import { ConfigError } from '../errors.js';
import type { Page } from '../page.js';
import { subscribeWithin } from '../subscribing.js';
import { describe } from '../values/describe.js';

/**
 * Flattens pages into their items, in order. Stops within a page as soon as the subscriber unsubscribes.
 * @throws ConfigError if it is passed without parentheses; in the stream, for anything but pages
 */
// The parameter makes TypeScript refuse pipe(items), which would be a function instead of a stream.
export const items = <Item>(...none: readonly never[]): OperatorFunction<Pick<Page<Item>, 'items'>, Item> => {
  if (none.length > 0)
    throw new ConfigError(
      `items: takes no arguments, not ${describe(none[0])}; if items itself is passed, add the parentheses: pages.pipe(items())`,
    );
  return (pages) =>
    new Observable((subscriber) =>
      subscribeWithin(subscriber, pages, {
        next(page) {
          let all: readonly Item[];
          try {
            all = itemsOf('items', page);
          } catch (error) {
            subscriber.error(error);
            return;
          }
          // A plain loop costs half as much per item as mergeMap(page => page.items).
          for (const item of all) {
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
};

/** The items of a page. @throws ConfigError for anything else, such as what another operator made of a page */
export function itemsOf<Item>(of: string, page: Pick<Page<Item>, 'items'>): readonly Item[] {
  const found = (page as Partial<Page<Item>> | null | undefined)?.items;
  if (found !== undefined && Array.isArray(found)) return found as readonly Item[];
  throw new ConfigError(
    `${of}: the source must emit pages, not ${describe(page)}; put ${of}(…) before operators that change the pages`,
  );
}
