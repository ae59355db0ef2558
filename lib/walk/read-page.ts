import { asCallbackError, EmptyPagesError, ExtractError, PaginationLoopError } from '../errors.js';
import type { Answer, Page, Position, ResumeToken, TokenOwner } from '../page.js';
import { isHeaders, type PageResponse } from '../request.js';
import { arraysIn } from '../reading/path.js';
import { ReadHeaders } from '../reading/read-headers.js';
import { compareMark, markOf, type Point, pointAfter, type Step, stepAt, tokenAt } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { alikeItems, areTelling, fitsSketch, sketchOf } from '../values/alike.js';
import type { Sync } from '../sync.js';
import { sameJson } from '../values/compare.js';
import { describe } from '../values/describe.js';

/**
 * Turns answers into pages, and remembers what it needs to judge the next page: how many empty pages came in a row, the
 * last items, and whether the next page must confirm that an empty page was the end.
 */
export interface PageReader<Item, P extends Position> {
  /** @param ended whether the answer was judged to be past the end: an empty last page @throws PagewiseError */
  read(step: Step<P>, response: PageResponse, ended: boolean): Page<Item>;
  /** What resume tokens store about the pages so far. */
  trail(): Trail;
  /** The last total that was announced. */
  announced(): number | undefined;
  /** How many items the walk had received with the page that was read last, delivered or not. */
  received(): number;
  /** The step after the page that was read last. */
  following(): Step<P> | undefined;
}

/** What a walk remembers to judge the next page. Resume tokens store it. */
export interface Trail {
  /** Identifies the last page with items. */
  readonly last: PageMark;
  /** Identifies the first page with items, which comes again if the API starts over (P16). */
  readonly first: FirstPage | undefined;
  /** Whether the next page must confirm that the empty page before it was the end (P14). */
  readonly confirms: boolean;
  /** Where the last page with items is. */
  readonly lastPage: ResumeToken['lastPage'] | undefined;
  /** The last total that was announced, if it is exact. */
  readonly total: number | undefined;
}

/** What an earlier run has left in its token. */
export type Earlier = Pick<Point, 'last' | 'lastPage' | 'first' | 'confirms' | 'total'>;

/** A trail as members of a resume token. */
export const tokenTrail = ({ last, lastPage, first, confirms, total }: Trail): Earlier => ({
  last: nameItems(last),
  lastPage,
  first: first && (first.sketch ??= sketchOf(first.items)),
  confirms,
  total,
});

/** Advice of the strategy about a position, for an error. */
export function positionAdvice<P extends Position>(strategy: Strategy<unknown, P>, position: P): string {
  const advice = strategy.positionAdvice?.(position);
  return advice === undefined ? '' : `; ${advice}`;
}

/** The items that the strategy finds. @throws ExtractError if they are no array; whatever the strategy throws */
export function itemsOn<Item, P extends Position>(
  strategy: Strategy<Item, P>,
  response: PageResponse,
  position: P,
): readonly Item[] {
  const found: unknown = strategy.items(response.body, response, position);
  if (Array.isArray(found)) return found as readonly Item[];
  const path = 'strategy.items';
  throw new ExtractError('items', path, `expected an array, found ${describe(found)}${arraysIn(response.body)}`);
}

/**
 * @param begin what an earlier run has left in its token
 * @param notice reports a page that looks like one of an earlier run, and an end before the announced one
 * @param sync tells which items are new
 */
export function pageReader<Item, P extends Position>(
  strategy: Strategy<Item, P>,
  owner: TokenOwner,
  begin: Earlier,
  notice: (message: string) => void,
  sync?: Sync,
): PageReader<Item, P> {
  const { maxEmptyPages = 1000, onRepeat } = strategy;
  const guard = repeatGuard(begin);
  let emptyPages = 0;
  let confirms = begin.confirms ?? false;
  let lastTotal = begin.total;
  let before: Answer<Item> | undefined;
  let { lastPage } = begin;
  let following: Step<P> | undefined;
  let received = 0;
  let said: string | undefined;

  const trail = (): Trail => ({
    last: guard.last(),
    lastPage,
    first: guard.first(),
    confirms,
    total: strategy.totalIs === 'estimate' ? undefined : lastTotal,
  });

  function isRepeated({ index, delivered, position }: Step<P>, items: readonly Item[]): boolean {
    // A page that is requested again for the rest of its items was compared by the earlier run.
    const like = onRepeat === 'allow' || delivered !== undefined ? undefined : guard.compare(items);
    if (like === undefined) return false;
    if (like === 'perhaps the last')
      notice(
        `Page ${index + 1} looks like the last page of the earlier run: the number of items is the same, and ` +
          `the first, the last and eight in between are equal. ${onRepeat === 'stop' ? "With `onRepeat: 'stop'`, the walk ends here" : 'If the next page is the same again, the walk fails'}.`,
      );
    if (onRepeat === 'stop') return true;
    if (like === 'perhaps the last') return false;
    throw new PaginationLoopError(
      (like === 'the last'
        ? 'the page has the same items as the page before it: the API ignores the parameter that asks for the next page ' +
          '(check its name and placement), or sends the same page again, past the end or under a new token. '
        : `the page has the same items as ${like === 'the first' ? 'the first' : 'an earlier'} page: the API starts over after its last page. `) +
        "If the API ends its lists that way, set `onRepeat: 'stop'`; if identical pages are valid here, set `onRepeat: 'allow'`" +
        positionAdvice(strategy, position),
    );
  }

  /** The items of a page that no earlier run has delivered yet. */
  function undelivered({ index, delivered, begins }: Step<P>, items: readonly Item[]): readonly Item[] {
    if (begins === undefined || markOf(items.slice(0, delivered)) === begins) return items.slice(delivered);
    notice(
      `Page ${String(index + 1)} no longer begins with the ${String(delivered)} items that an earlier run delivered: the list has changed, so the whole page is delivered again; \`distinctItems()\` omits repeats.`,
    );
    return items;
  }

  return {
    trail,
    announced: () => lastTotal,
    received: () => received,
    following: () => following,
    read(step, response, ended) {
      const { index, position, delivered = 0, then } = step;
      const itemsBefore = step.itemsBefore - delivered;
      const { body } = response;
      let items: readonly Item[] = [];
      let next: P | undefined;
      let confirming: P | undefined;
      let total: number | undefined;
      let asked = 'items';
      // A gap after the last page with items may have become the last page, or be past the end.
      const isAhead = !then || index >= (lastPage?.index ?? 0);
      try {
        const found = ended ? items : itemsOn(strategy, response, position);
        if (then) {
          items = isAhead && isRepeated(step, found) ? items : found; // A gap: what comes after it is known.
          asked = 'total';
          if (!ended) total = strategy.total?.({ index, position, itemsBefore, items, body, response });
        } else if (!ended && !isRepeated(step, found)) {
          items = found;
          const answer = { index, position, itemsBefore, items, body, response };
          asked = 'next';
          next = strategy.next(answer) ?? undefined; // Null, as in a body, is no position.
          asked = 'total';
          total = strategy.total?.(answer);
          asked = 'afterEmpty';
          if (items.length > 0) before = strategy.afterEmpty && answer;
          else if (next === undefined && !confirms)
            confirming = next = strategy.afterEmpty?.(answer, before) ?? undefined;
        } else {
          asked = 'afterEnd';
          next = strategy.afterEnd?.({ index, position, itemsBefore, items, body, response }) ?? undefined;
        }
      } catch (error) {
        throw asCallbackError(`strategy.${asked}`, error);
      }
      emptyPages = items.length === 0 ? emptyPages + 1 : 0;
      if (next !== undefined && emptyPages > maxEmptyPages) throw new EmptyPagesError(emptyPages);
      lastTotal = total ?? lastTotal;
      // With a total, the end event shows that items are missing.
      if (!then && confirms && items.length === 0 && next === undefined && lastTotal === undefined)
        notice(
          `Page ${String(index)} is empty, although the API announces more pages, and page ${String(index + 1)} ${ended ? 'is past the end' : 'is empty too'}: the walk ends here.`,
        );
      if (!then) confirms = confirming !== undefined;
      if (items.length > 0 && isAhead) {
        guard.accept(items);
        lastPage = { position, index };
      }
      const kept = delivered > 0 ? undelivered(step, items) : items;
      received = step.itemsBefore + kept.length;
      const taken = step.sync === undefined ? undefined : sync?.take(step.sync, kept, response);
      if (taken?.isOver) next = undefined;
      if (taken?.notice !== undefined && taken.notice !== said) notice((said = taken.notice));
      const point = pointAfter(taken ? { ...step, sync: taken.state } : step, next, kept.length);
      following = stepAt(point, step.untried ?? 0);
      const page = {
        index,
        position,
        itemsBefore: step.itemsBefore,
        items: taken?.items ?? kept,
        body,
        response: cloneable(response),
        total,
        next: following?.position,
      };
      return withToken(page, owner, point, trail());
    },
  };
}

/**
 * The response with headers that can be cloned and posted with the page: some transports' have functions of their own,
 * and the platform's Headers can't be cloned.
 */
function cloneable(response: PageResponse): PageResponse {
  const { headers } = response;
  return hasFunctions(headers) || isHeaders(headers) ? { ...response, headers: new ReadHeaders(headers) } : response;
}

/** Also of headers that a transport in JavaScript leaves out: those have none. */
function hasFunctions(headers: object): boolean {
  for (const name in headers) if (typeof (headers as Record<string, unknown>)[name] === 'function') return true;
  return false;
}

type Tokenless<Item> = Omit<Page<Item>, 'resume'>;

/** A class that extends this writes its private fields onto the object that it is given. */
const Onto = function (object: object) {
  return object;
} as unknown as new (object: object) => object;

// One getter serves every page, and finds what it needs in private fields of the page. With a closure per page, V8
// would store each page as a dictionary, at twenty times the cost.
class LazyToken extends Onto {
  readonly #owner: TokenOwner;
  readonly #point: Point;
  readonly #trail: Trail;
  #token: ResumeToken | undefined;

  constructor(page: object, owner: TokenOwner, point: Point, trail: Trail) {
    super(page);
    this.#owner = owner;
    this.#point = point;
    this.#trail = trail;
  }

  static readonly property = {
    enumerable: true,
    configurable: true,
    get(this: LazyToken): ResumeToken {
      return (this.#token ??= LazyToken.#make(this));
    },
  };

  static #make(page: LazyToken): ResumeToken {
    return tokenAt({ ...page.#point, ...tokenTrail(page.#trail) }, page.#owner);
  }
}

/**
 * Gives a page its `resume`, which is made on first access: marking a page's items costs more than all the rest.
 * @param trail what the walk remembers after this page
 */
function withToken<Item>(page: Tokenless<Item>, owner: TokenOwner, point: Point, trail: Trail): Page<Item> {
  new LazyToken(page, owner, point, trail);
  return Object.defineProperty(page, 'resume', LazyToken.property) as Page<Item>;
}

/** Identifies a page: its items, or the mark that an earlier run made of them. */
export type PageMark = readonly unknown[] | string | undefined;

/** The first page with items, and its sketch once a token needs it; of an earlier run only the sketch is known. */
interface FirstPage {
  readonly items: readonly unknown[];
  sketch?: string | undefined;
}

/**
 * Detects a page that repeats the items of the page before it (P11), of the first page (P16), or of an earlier page:
 * one of those is remembered at a time, number 2, then 4, 8 and so on (Brent's algorithm). Empty pages in between are
 * ignored.
 */
interface RepeatGuard {
  /**
   * The page that these items repeat, if any. `perhaps`: equal as far as the mark of an earlier run shows, which covers
   * only some of them. Empty pages are valid, however many.
   */
  compare(items: readonly unknown[]): 'the last' | 'perhaps the last' | 'the first' | 'an earlier' | undefined;
  /** Remembers these items, at least one, as those of the page before. */
  accept(items: readonly unknown[]): void;
  last(): PageMark;
  first(): FirstPage | undefined;
}

/** @param begin the marks of the pages of an earlier run */
function repeatGuard(begin: Earlier): RepeatGuard {
  let last: PageMark = begin.last;
  let first: FirstPage | undefined = begin.first === undefined ? undefined : { items: [], sketch: begin.first };

  /** An earlier page whose items are distinctive enough to recognize. */
  let earlier: readonly unknown[] | undefined;
  let pages = 0;

  return {
    compare(items) {
      if (items.length === 0) return undefined;
      const like = typeof last === 'string' ? compareMark(items, last) : isRepeat(items, last) ? 'same' : 'other';
      if (like === 'same') return 'the last';
      if (first && (first.items.length > 0 ? isRepeat(items, first.items) : fitsSketch(items, first.sketch ?? '')))
        return 'the first';
      if (isRepeat(items, earlier)) return 'an earlier';
      return like === 'alike' ? 'perhaps the last' : undefined;
    },
    accept(items) {
      last = items;
      first ??= { items };
      const isPowerOf2 = (++pages & (pages - 1)) === 0;
      if (isPowerOf2) earlier = areTelling(items) ? items : undefined;
    },
    last: () => last,
    first: () => first,
  };
}

/** The mark of a page, for the token of the page after it. */
const nameItems = (items: PageMark): string | undefined => (typeof items === 'object' ? markOf(items) : items);

/** Compares the number of items, the first and the last; only if they agree, all. Cheap for pages that differ. */
const isRepeat = (a: readonly unknown[], b?: readonly unknown[]): boolean =>
  a.length === b?.length &&
  ((sameJson(a[0], b[0]) && sameJson(a.at(-1), b.at(-1)) && sameJson(a, b)) || alikeItems(a, b));
