import { Observable } from 'rxjs';
import type { Page } from './page.js';
import type { Demand } from './walk/start-walk.js';
import { continueFrom, type ResumeToken } from './resume-token.js';
import { pullPages } from './walk/pull-pages.js';

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

  /** @internal Made by `paginate`. */
  constructor(start: StartWalk<Item>, prefetch: number) {
    super((subscriber) => start().subscribe(subscriber));
    this.#start = start;
    this.#prefetch = prefetch;
  }

  /** @internal The same pages from a token on, whatever `resumeFrom` was. */
  [continueFrom](token: ResumeToken): Observable<Page<Item>> {
    return new Observable((subscriber) => this.#start(undefined, token).subscribe(subscriber));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Page<Item>, undefined> {
    return pullPages(this.#start, this.#prefetch);
  }
}
