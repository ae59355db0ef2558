import type { Answer, Json, Position } from './page.js';
import type { PageRequest, PageResponse } from './request.js';

/**
 * Paging parameters by their wire names, for a placement to write. A value of `undefined` removes the parameter of that
 * name from the request.
 */
export type Params = Readonly<Record<string, unknown>>;

/** Where parameters are written: takes a request and parameters, returns a changed copy. Pure. */
export type Placement = (request: PageRequest, params: Params) => PageRequest;

/**
 * The API's own verdict on an answer.
 * - `'ok'`: a usable page, whatever its status
 * - `'end'`: past the end; an empty last page
 * - `{ retry: reason }`: worth another attempt, after at least `afterMs` milliseconds if given; `throttled` marks a
 *   rate limit, which backs off from a longer base
 * - `{ fail: reason }`: not worth another attempt; `tooHeavy` says that a smaller page could succeed
 * - `{ expired: reason }`: the position is no longer valid; status 410 means this by itself (see `onExpired`)
 */
export type Verdict =
  | 'ok'
  | 'end'
  | { readonly retry: string; readonly afterMs?: number; readonly throttled?: boolean }
  | { readonly fail: string; readonly tooHeavy?: boolean }
  | { readonly expired: string };

/**
 * Judges an answer within each attempt. `undefined` means no opinion: the HTTP status decides, and 2xx is ok.
 * An error that it throws fails the stream and is never retried.
 */
export type Check<P extends Position = Position> = {
  // Declared as a method, so that a check for one kind of position or body is assignable.
  check(response: PageResponse, position: P): Verdict | undefined;
}['check'];

/**
 * How an API pages: a plain value of pure functions (no clock, no I/O, no mutable field). One strategy can serve any
 * number of streams at the same time.
 */
export interface Strategy<Item = unknown, P extends Position = Position> {
  readonly name: string;
  /** Distinguishes this strategy from another one of the same name; part of a resume token's fingerprint. */
  readonly identity?: Json;
  /** Position of the first page. */
  readonly first: P;
  /** The request for the page at `position`: a copy, since the same template serves every page. */
  place(request: PageRequest, position: P): PageRequest;
  /** The items of one answer; `position` is absent where only their list is looked at. */
  items(body: unknown, response: PageResponse, position?: Position): readonly Item[];
  /** Position of the next page, or `undefined` when the API says that this was the last one; `null` counts as that. */
  next(answer: Answer<Item, P>): P | undefined;
  /** Detects ends and failures that the HTTP status does not show; called before the caller's `check`. */
  check?(response: PageResponse, position: P): Verdict | undefined;
  /**
   * Whether `check` judges failures inside successful answers itself, so that the walk does not look for signs of them
   * (`success: false`, `errors`). @default false
   */
  readonly judgesFailures?: boolean | undefined;
  /**
   * The total number of items that the API announces, if any. For progress and the end report; it never ends a walk.
   */
  total?(answer: Answer<Item, P>): number | undefined;
  /** Whether that total is exact, so that fewer items mean missing ones, or an estimate. @default 'exact' */
  readonly totalIs?: 'exact' | 'estimate' | undefined;
  /**
   * Called for an empty page for which `next` returned `undefined`. Returns the position of the page that shows whether
   * this is the end, or `undefined` if the API does not announce more items than have arrived. If that page is empty
   * too, or has status 400, 404 or 416, the walk ends there.
   * @param before the last page that had items in this run
   */
  afterEmpty?(answer: Answer<Item, P>, before: Answer<Item> | undefined): P | undefined;
  /**
   * For a strategy that walks several lists: where the next list begins, after a page that is the end of one although
   * `next` is not asked. It is past the end by a verdict or a status, or repeats a page (`onRepeat: 'stop'`). Its items
   * are empty. @default the walk ends
   */
  afterEnd?(answer: Answer<Item, P>): P | undefined;
  /**
   * Why this may not be the real end: what is missing from a first page that ends the walk. A notice reports it,
   * because a misspelt path to the next page looks like a list of one page.
   */
  doubt?(answer: Answer<Item, P>): string | undefined;
  /** How many empty pages in a row are accepted. @default 1000 */
  readonly maxEmptyPages?: number | undefined;
  /**
   * How to treat a page with the same items as the page before it or as the first page, apart from volatile fields such
   * as signed URLs: as an error, as the end, or as a valid page. Servers send such pages when they clamp the page
   * number, start over after the last page, or repeat a page under a new token. @default 'error'
   */
  readonly onRepeat?: 'error' | 'stop' | 'allow' | undefined;
  /**
   * Whether the server keeps the position (a scroll), so that equal requests give different pages. Such a walk can't be
   * resumed. With `'once'`, requests after the first page are never retried: the server may have moved on. @default no
   */
  readonly stateful?: 'once' | 'repeatable' | undefined;
  /**
   * Advice that is added to the error about a repeated position: what to do if the server keeps the position, and what
   * to do if lists end that way. The second is left out if more items are announced.
   */
  readonly sameTokenAdvice?: readonly [stateful: string, end?: string] | undefined;
  /** Advice that is added to the error if the page at a position fails by its status, or repeats items. */
  positionAdvice?(position: P): string | undefined;
  /** What to do about an expired position: fail, or start the walk over once. @default 'error' */
  readonly onExpired?: 'error' | 'restart' | undefined;
  /**
   * The likely position after `from`, guessed before the answer at `from` has arrived; `seen` is the latest answer.
   * `undefined` if there is no basis for a guess. A hint for `concurrency` and `skipFailedPages`: only `next` decides.
   */
  guess?(from: P, seen?: Answer<Item, P>): P | undefined;
  /**
   * `from` with a smaller size, so that the page ends where `to` starts. Called for a skipped page whose full size
   * would repeat items of the pages from `to` on. @default `from`
   */
  upTo?(from: P, to: P): P;
  /**
   * The position of a page of another size that starts with the same item, for `adaptiveSize`; `undefined` if there is
   * none, or if that is uncertain.
   * @param factor what the size is multiplied by
   * @param itemsBefore how many items the walk has had before that page
   */
  resize?(position: P, factor: number, itemsBefore: number): P | undefined;
}
