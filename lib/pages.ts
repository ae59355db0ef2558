import { Observable } from 'rxjs';
import type { Checkpoint, CommittedByHand } from './checkpoint.js';
import { ConfigError } from './errors.js';
import type { Page, ResumeToken } from './page.js';
import { commitPages, pullPages } from './walk/pull-pages.js';
import type { Demand } from './walk/start-walk.js';

/** Starts one walk: on demand where it is given, from a token where it is given. */
type StartWalk<Item> = (demand?: Demand, token?: ResumeToken) => Observable<Page<Item>>;

/**
 * A stream of pages, two ways: an Observable, and an async iterable that asks for a page only when the loop does.
 * Cold both ways: each subscription and each loop is a walk of its own.
 *
 * `pages.pipe(…)` is a plain Observable.
 */
export class Pages<Item> extends Observable<Page<Item>> implements AsyncIterable<Page<Item>> {
  readonly #start: StartWalk<Item>;
  readonly #prefetch: number;
  readonly #checkpoint: Checkpoint | undefined;

  /** @internal Made by `paginate`. */
  constructor(start: StartWalk<Item>, prefetch: number, checkpoint: Checkpoint | undefined) {
    super((subscriber) => (checkpoint ? subscriber.error(new ConfigError(unseen)) : start().subscribe(subscriber)));
    this.#start = start;
    this.#prefetch = prefetch;
    this.#checkpoint = checkpoint;
  }

  /**
   * Gives the pages to a sink, and returns what that does:
   *
   *     const { items } = await paginate(request, strategy).to(writeNdjson('orders.ndjson'));
   */
  to<Result>(sink: (pages: Pages<Item>) => Result): Result {
    return sink(this);
  }

  /** @internal The same pages from a token on, whatever `resumeFrom` was. */
  'pagewise.continueFrom'(token: ResumeToken): Observable<Page<Item>> {
    return new Observable((subscriber) => this.#start(undefined, token).subscribe(subscriber));
  }

  /** @internal */
  'pagewise.byHand'(): ReturnType<CommittedByHand<Item>['pagewise.byHand']> {
    return {
      checkpoint: this.#checkpoint,
      pull: (from) => pullPages((demand) => this.#start(demand, from), this.#prefetch),
    };
  }

  // Not AsyncIterableIterator<…, undefined>, which TypeScript before 5.6 takes for any: that of Angular 17 and 18.
  [Symbol.asyncIterator](): AsyncIterator<Page<Item>, undefined> & AsyncIterable<Page<Item>> {
    const pages = pullPages(this.#start, this.#prefetch);
    return this.#checkpoint ? commitPages(pages, this.#checkpoint) : pages;
  }
}

const unseen =
  'paginate: with a checkpoint, pages are consumed by for await, eachPage or a sink (pages.to(…)), which can tell when a page is done; a subscriber can not';
