import { Observable } from 'rxjs';
import type { Page } from './page.js';
import type { Demand } from './walk/start-walk.js';
import { pullPages } from './walk/pull-pages.js';

/**
 * A stream of pages, two ways: an Observable, and an async iterable that asks for a page only when the loop does.
 * Cold both ways: each subscription and each loop is a walk of its own.
 *
 * `pages.pipe(…)` is a plain Observable.
 */
export class Pages<Item> extends Observable<Page<Item>> implements AsyncIterable<Page<Item>> {
  readonly #start: (demand?: Demand<Item>) => Observable<Page<Item>>;
  readonly #prefetch: number;

  /** @internal Made by `paginate`. */
  constructor(start: (demand?: Demand<Item>) => Observable<Page<Item>>, prefetch: number) {
    super((subscriber) => start().subscribe(subscriber));
    this.#start = start;
    this.#prefetch = prefetch;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Page<Item>, undefined> {
    return pullPages(this.#start, this.#prefetch);
  }
}
