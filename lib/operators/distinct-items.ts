import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { asError, ConfigError } from '../errors.js';
import { type Page, pageWith } from '../page.js';
import { subscribeWithin } from '../subscribing.js';
import { digitsOf } from '../values/compare.js';
import { checkCalled, checkFunction } from '../values/options.js';
import { itemsOf } from './items.js';

/**
 * What was received and what was announced: distinguishes complete data from shifted data (duplicate or missing rows).
 */
export interface DriftReport {
  /** The last total that the API announced, if the strategy reads one. */
  readonly announced: number | undefined;
  /** Items received, duplicates included. */
  readonly received: number;
  /** Items received, duplicates excluded. */
  readonly distinct: number;
}

/**
 * Drops items whose key was seen before: rows that are inserted during the walk shift others onto the next page. Pages
 * are kept, even empty ones. Every key is kept too, so memory grows with the number of items.
 *
 *     pages.pipe(distinctItems((row) => row.id, ({ announced, received, distinct }) => …), items())
 *
 * @param key identifies an item; keys are compared like those of a Map, and objects of a lossless JSON parser by their
 *   digits. A number beyond 2⁵³ may have lost digits in JSON.parse, so it fails the stream: two items may share it
 * @param report called once, when the pages have completed; fewer distinct items than announced means missing rows
 */
export function distinctItems<Item>(
  key: (item: Item) => unknown,
  report?: (drift: DriftReport) => void,
): MonoTypeOperatorFunction<Page<Item>> {
  checkCalled('distinctItems', key);
  checkFunction('distinctItems', 'key', key, '(item) => item.id');
  checkFunction('distinctItems', 'report', report);
  return (pages) =>
    new Observable((subscriber) => {
      const keys = new Set<unknown>();
      let received = 0;
      let announced: number | undefined;
      subscribeWithin(subscriber, pages, {
        next(page) {
          let fresh: Item[];
          try {
            fresh = itemsOf('distinctItems', page).filter((item) => {
              const { size } = keys;
              return keys.add(exactKey(key(item))).size > size;
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

const unsafe = (key: number) =>
  `distinctItems: a key is the number ${key}, beyond what JavaScript's numbers hold exactly, so two items may share this key; keep its digits with \`fetchTransport({ parseJson: parseExactJson })\``;

/** @throws ConfigError for a number whose last digits are lost */
function exactKey(key: unknown): unknown {
  if (typeof key === 'number' && Number.isInteger(key) && !Number.isSafeInteger(key))
    throw new ConfigError(unsafe(key));
  return digitsOf(key) ?? key;
}
