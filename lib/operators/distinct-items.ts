import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { asError } from '../errors.js';
import { type Page, pageWith } from '../page.js';
import { checkFunction } from '../values/options.js';

/** What came against what was announced: tells shifted data (rows twice, rows never) from complete data. */
export interface DriftReport {
  /** The last total that the API announced, where its strategy reads one. */
  readonly announced: number | undefined;
  /** Items that came, those twice included. */
  readonly received: number;
  /** Items with a key of their own. */
  readonly distinct: number;
}

/**
 * Leaves out items whose key has come before, as happens where rows are inserted while they are paged. Pages stay,
 * also empty ones. Keeps every key: memory grows with the number of items.
 *
 *     pages.pipe(distinctItems((row) => row.id, ({ announced, received, distinct }) => …), items())
 *
 * @param key what tells one item from another; compared as Map keys are
 * @param report told once, when the pages have completed: with fewer distinct items than announced, rows are missing
 */
export function distinctItems<Item>(
  key: (item: Item) => unknown,
  report?: (drift: DriftReport) => void,
): MonoTypeOperatorFunction<Page<Item>> {
  checkFunction('distinctItems', 'key', key);
  checkFunction('distinctItems', 'report', report);
  return (pages) =>
    new Observable((subscriber) => {
      const keys = new Set<unknown>();
      let received = 0;
      let announced: number | undefined;
      return pages.subscribe({
        next(page) {
          let fresh: Item[];
          try {
            fresh = page.items.filter((item) => {
              const { size } = keys;
              return keys.add(key(item)).size > size;
            });
          } catch (error) {
            subscriber.error(asError('distinctItems.key', error));
            return;
          }
          received += page.items.length;
          announced = page.total ?? announced;
          subscriber.next(fresh.length === page.items.length ? page : pageWith(page, { items: fresh }));
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete() {
          try {
            report?.({ announced, received, distinct: keys.size });
          } catch (error) {
            subscriber.error(asError('distinctItems.report', error));
            return;
          }
          subscriber.complete();
        },
      });
    });
}
