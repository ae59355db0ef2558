import type { Answer, Json, Position } from './page.js';
import type { PageRequest, PageResponse } from './request.js';

/**
 * Paging parameters by their wire names, to be written by a placement. A value of `undefined` removes a parameter of
 * that name that the request has.
 */
export type Params = Readonly<Record<string, unknown>>;

/** Where parameters are written: takes a request and parameters, returns a changed copy. Pure. */
export type Placement = (request: PageRequest, params: Params) => PageRequest;

/**
 * The API's own verdict on an answer.
 * - `'ok'`: a usable page, whatever its status
 * - `'end'`: past the end; an empty last page
 * - `{ retry: reason }`: worth another try, after at least `afterMs` milliseconds where given; `throttled` marks a
 *   rate limit, which backs off from a longer base
 * - `{ fail: reason }`: not worth one; `tooHeavy` says that a smaller page could succeed
 * - `{ expired: reason }`: the position is not valid any more, as 410 says on its own (see `onExpired`)
 */
export type Verdict =
  | 'ok'
  | 'end'
  | { readonly retry: string; readonly afterMs?: number; readonly throttled?: boolean }
  | { readonly fail: string; readonly tooHeavy?: boolean }
  | { readonly expired: string };

/**
 * Judges an answer inside retry. `undefined` means no opinion: the HTTP status decides, and 2xx is ok.
 * What it throws fails the stream and is never retried.
 */
export type Check = {
  // A method, so that a check for one kind of position or body is a check.
  check(response: PageResponse, position: Position): Verdict | undefined;
}['check'];

/**
 * How an API pages: a plain value of pure functions (no clock, no I/O, no mutable field), which may serve any
 * number of streams at once.
 */
export interface Strategy<Item = unknown, P extends Position = Position> {
  readonly name: string;
  /** What besides its name tells this strategy from another one of the same name; part of a resume token's fingerprint. */
  readonly identity?: Json;
  /** Where the first page is. */
  readonly first: P;
  /** The request for the page at `position`. */
  place(request: PageRequest, position: P): PageRequest;
  /** The items of one answer. */
  items(body: unknown, response: PageResponse): readonly Item[];
  /** Where the next page is, or `undefined` when the API says that this was the last one. */
  next(answer: Answer<Item, P>): P | undefined;
  /** The API's way of ending or failing that the HTTP status does not show; asked before the caller's `check`. */
  check?(response: PageResponse, position: P): Verdict | undefined;
  /** How many items the API says there are in all, where it does; for progress and the end report, never an end rule. */
  total?(answer: Answer<Item, P>): number | undefined;
  /**
   * Why the end may be none: what was looked for in a first page that ends the walk, and is not there. Told as a notice.
   * A walk whose path to the next page is misspelt ends like one of a single page.
   */
  doubt?(answer: Answer<Item, P>): string | undefined;
  /** How many empty pages in a row are believed. @default 1000 */
  readonly maxEmptyPages?: number | undefined;
  /**
   * What a page is that holds the same items as the page before it, as servers answer that clamp the page number or
   * repeat a page under a new token: an error, the end, or an honest page. @default 'error'
   */
  readonly onRepeat?: 'error' | 'stop' | 'allow' | undefined;
  /** What an expired position does: fails, or starts the walk over, once. @default 'error' */
  readonly onExpired?: 'error' | 'restart' | undefined;
  /**
   * The likely next position where the answer at `from` is not known; `seen` is the last one that is. `undefined` where
   * there is nothing to guess by. A hint, for `concurrency` and `skipFailedPages`: `next` stays the truth.
   */
  guess?(from: P, seen?: Answer<Item, P>): P | undefined;
  /**
   * The page at another size that starts with the same item, for `adaptiveSize`; `undefined` where there is none, or
   * where that is not known for sure. `itemsBefore` are the items that the walk has had before it.
   */
  resize?(position: P, factor: number, itemsBefore: number): P | undefined;
}
