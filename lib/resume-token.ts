import type { Observable } from 'rxjs';
import { ResumeError } from './errors.js';
import type { Gap, Json, Position, ResumeToken, TokenOwner } from './page.js';
import type { PageRequest } from './request.js';
import type { Strategy } from './strategy.js';
import type { Sync } from './sync.js';
import { fingerprint } from './values/compare.js';

/** @internal A stream that can start from a token. */
export interface Resumable<Page> {
  'pagewise.continueFrom'(token: ResumeToken): Observable<Page>;
}

/** Where a walk is: the page to request, its index and the number of items before it. */
export interface Point<P extends Position = Position> {
  /** `undefined`: past the last page. */
  readonly position: P | undefined;
  readonly index: number;
  readonly itemsBefore: number;
  /** The mark of the last page that had items, and where it is, if known. */
  readonly last?: string | undefined;
  readonly lastPage?: ResumeToken['lastPage'] | undefined;
  /** The sketch of the first page, if known. */
  readonly first?: string | undefined;
  /** Whether this page shows if the empty page before it was the end. */
  readonly confirms?: boolean | undefined;
  /** How many items of this page have been delivered already, and their mark. */
  readonly delivered?: number | undefined;
  readonly begins?: string | undefined;
  /** Pages that were skipped and have not arrived since; those to try in this run come first. */
  readonly gaps?: readonly Gap[] | undefined;
  /** The last total that the API has announced, if it is exact. */
  readonly total?: number | undefined;
  /** What `sync` remembers, before this page. */
  readonly sync?: Json | undefined;
}

/** A step of the walk: a page to request. */
export interface Step<P extends Position = Position> extends Point<P> {
  readonly position: P;
  /** Set if the page is a gap that is tried again: where the walk continues after it. */
  readonly then?: Point<P>;
  /** How many of `gaps` are still to be tried in this run. */
  readonly untried?: number;
}

/**
 * The step at a point: the first of the gaps that are still to be tried, or the point itself; `undefined` at the end.
 */
export function stepAt<P extends Position>(point: Point<P>, untried: number): Step<P> | undefined {
  const [gap, ...gaps] = point.gaps ?? [];
  if (untried > 0 && gap)
    return {
      ...gap,
      position: gap.position as P,
      itemsBefore: point.itemsBefore,
      gaps,
      untried: untried - 1,
      then: point,
    };
  return point.position === undefined ? undefined : (point as Step<P>);
}

/** Where the walk is after the page of a step. @param next the position that the page leads to */
export const pointAfter = <P extends Position>(step: Step<P>, next: P | undefined, items: number): Point<P> =>
  step.then
    ? { ...step.then, itemsBefore: step.then.itemsBefore + items, gaps: step.gaps }
    : {
        position: next,
        index: step.index + 1,
        itemsBefore: step.itemsBefore + items,
        gaps: step.gaps,
        sync: step.sync,
      };

/** Where the walk is after a step that is skipped: its page is a gap. @param next the position that is guessed */
export const pointPast = <P extends Position>(step: Step<P>, next: P | undefined): Point<P> => ({
  ...pointAfter(step, next, 0),
  gaps: [...(step.gaps ?? []), gapOf(step)],
});

/** Where to resume a run that failed at this step. */
export const pointOf = <P extends Position>(step: Step<P>): Point<P> =>
  step.then ? { ...step.then, gaps: [gapOf(step), ...(step.gaps ?? [])] } : step;

/** @internal The gap that a step leaves if its page is skipped: without the items that were already delivered. */
export const gapOf = ({ position, index, delivered, begins }: Gap): Gap =>
  delivered === undefined ? { position, index } : { position, index, delivered, begins };

/** Identifies what a walk requests, with its values hashed. Headers are left out because they rotate. */
export const tokenOwner = (request: PageRequest, strategy: Strategy<never, never>, sync?: Sync): TokenOwner => ({
  method: (request.method ?? 'GET').toUpperCase(),
  url: fingerprint(request.url),
  body: fingerprint(request.body),
  strategy: `${strategy.name} ${fingerprint(strategy.identity)}`,
  ...(sync && { sync: sync.identity }),
});

export const tokenAt = (point: Point, of: TokenOwner): ResumeToken => {
  const { position, index, itemsBefore, last, lastPage, first, confirms, delivered, begins, gaps, total, sync } = point;
  return {
    v: 2,
    ...(position === undefined ? { done: true } : { position }),
    index,
    itemsBefore,
    ...(last === undefined ? {} : { last }),
    ...(lastPage === undefined ? {} : { lastPage }),
    ...(first === undefined ? {} : { first }),
    ...(confirms === true ? { confirms } : {}),
    ...(delivered === undefined ? {} : { delivered }),
    ...(begins === undefined ? {} : { begins }),
    ...(gaps === undefined || gaps.length === 0 ? {} : { gaps }),
    ...(total === undefined ? {} : { total }),
    ...(sync === undefined ? {} : { sync }),
    of,
  };
};

/**
 * A token that continues a finished walk: at its last page with items, without those that were delivered.
 * @throws ResumeError if the token does not say which page that is
 */
export function reopened(token: ResumeToken, checkpoint?: string): ResumeToken {
  const { lastPage, last, of } = token;
  const delivered = countIn(last);
  if (lastPage === undefined || delivered === 0)
    throw new ResumeError(
      'last page',
      `the checkpoint ${checkpoint === undefined ? '' : `${JSON.stringify(checkpoint)} `}is done but does not say which page was the last one with items, so items added since can't be requested; set \`whenDone: 'restart'\``,
      { checkpoint },
    );
  // Gaps after that page are requested again anyway.
  const gaps = token.gaps?.filter(({ index }) => index < lastPage.index);
  return tokenAt({ ...token, ...lastPage, delivered, begins: last, gaps, total: undefined }, of);
}

/**
 * Where a token continues; past the last page for a "done" token.
 * @param checkpoint the key of the checkpoint that holds the token
 * @throws ResumeError if it is not a token, has another version, or belongs to another request template or strategy
 */
export function readToken<P extends Position>(input: unknown, owner: TokenOwner, checkpoint?: string): Point<P> {
  const token = parseToken(input);
  for (const part of ['method', 'url', 'body', 'strategy', 'sync'] as const)
    if (token.of[part] !== owner[part])
      throw new ResumeError(
        part,
        checkpoint === undefined
          ? `the token was made with ${another[part]}; use the original one, or start over without \`resumeFrom\``
          : `the checkpoint ${JSON.stringify(checkpoint)} was made with ${another[part]}; use the original one, or start over with another key`,
        { checkpoint },
      );
  return { ...token, position: token.position as P | undefined };
}

const another = {
  method: 'another method',
  url: 'another URL',
  body: 'another request body',
  strategy: 'another strategy, or one with other options',
  sync: 'another `sync`, or without one',
} as const;

/** @throws ResumeError if it is not a token, is damaged, or has another version */
export function parseToken(input: unknown): ResumeToken {
  let value: unknown = input;
  if (typeof input === 'string') {
    try {
      value = JSON.parse(input);
    } catch (cause) {
      throw new ResumeError('unreadable', 'the token is not JSON; pass page.resume or error.resume, or its JSON text', {
        cause,
      });
    }
  }
  const token = value as { [K in keyof ResumeToken]?: Json } | null;
  if (typeof token !== 'object' || token === null || !('v' in token))
    throw new ResumeError(
      'unreadable',
      'the value is not a resume token; pass page.resume or error.resume, or its JSON text',
    );
  if (token.v !== 1 && token.v !== 2)
    throw new ResumeError(
      'version',
      `the token has version ${JSON.stringify(token.v)}, but this version of Pagewise reads 1 and 2; update Pagewise, or start over without \`resumeFrom\``,
    );
  if (!isIntact(token))
    throw new ResumeError(
      'unreadable',
      'the token is damaged: a member is missing or invalid; pass the token unchanged, or start over without it',
    );
  return token as unknown as ResumeToken;
}

/** Whether a token is intact: it may have been edited or truncated. */
function isIntact(token: { [K in keyof ResumeToken]?: Json }): boolean {
  const {
    position,
    done,
    index,
    itemsBefore,
    last,
    lastPage,
    first,
    confirms,
    delivered = 0,
    gaps = [],
    total = 0,
    sync,
    of,
  } = token;
  const { method, url, body, strategy, sync: syncOf } = (of ?? {}) as Partial<TokenOwner>;
  const kind = typeof strategy === 'string' ? (strategy.split(' ')[0] ?? '') : '';
  const isText = (text: unknown) => text === undefined || typeof text === 'string';
  const isPage = (page: unknown) => {
    const { position: at, index: number } = (page ?? {}) as Partial<Gap>;
    return at !== undefined && isPosition(kind, at) && isCount(number);
  };
  return (
    // A missing position is not an end: the remaining pages would be lost.
    (position === undefined) === (done === true) &&
    isPosition(kind, position) &&
    (lastPage === undefined || isPage(lastPage)) &&
    isCount(index) &&
    isCount(itemsBefore) &&
    isCount(total) &&
    [method, url, body, strategy].every((text) => typeof text === 'string') &&
    [last, first, syncOf].every(isText) &&
    (sync === undefined) === (syncOf === undefined) &&
    (confirms === undefined || confirms === true) &&
    isBegun(token as Partial<Gap>) &&
    (delivered as number) <= itemsBefore &&
    Array.isArray(gaps) &&
    gaps.every((gap) => isPage(gap) && isBegun(gap as unknown as Gap))
  );
}

/** Whether the number of delivered items has its mark: without the mark, items could be dropped silently. */
const isBegun = ({ delivered, begins }: Partial<Gap>): boolean =>
  delivered === undefined
    ? begins === undefined
    : isCount(delivered) && typeof begins === 'string' && begins.startsWith(`${delivered}:`);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The members of positions that are counts, by strategy name. */
const counted: Readonly<Record<string, readonly string[]>> = {
  pageNumber: ['page'], offset: ['offset'], contentRange: ['from'], cursor: [], keyset: [], relay: [], nextUrl: [], linkHeader: [],
}; // prettier-ignore

/** Whether a position fits the strategy that is named. Positions of other strategies may be any JSON. */
function isPosition(kind: string, position: unknown): boolean {
  const members = Object.hasOwn(counted, kind) ? counted[kind] : undefined;
  if (position === undefined || members === undefined) return true;
  if (typeof position !== 'object' || position === null || Array.isArray(position)) return false;
  const { size, url, ...rest } = { ...(position as Record<string, unknown>) };
  return (
    (size === undefined || isCount(size)) &&
    (url === undefined || typeof url === 'string') &&
    members.every((name) => isCount(rest[name]))
  );
}

/** The number of items of a page, by its mark; 0 if it is not known. */
export const countIn = (mark = ''): number => Number(/^(\d+):/.exec(mark)?.[1] ?? 0);

const marked = 10;

/** A page's mark: the number of items, and a hash of the first, the last and eight in between, evenly spaced. */
export function markOf(items: readonly unknown[]): string {
  const last = items.length - 1;
  const some =
    items.length <= marked
      ? items
      : Array.from({ length: marked }, (_, i) => items[Math.round((i * last) / (marked - 1))]);
  return `${items.length}:${fingerprint(some)}`;
}

/**
 * Compares items with the mark of a page.
 * @returns `alike` if the marks are equal, but items that the mark does not cover may differ
 */
export function compareMark(items: readonly unknown[], mark: string): 'same' | 'alike' | 'other' {
  // A mark of version 1 has no number: it is a hash of all items.
  if (!mark.includes(':')) return fingerprint(items) === mark ? 'same' : 'other';
  if (markOf(items) !== mark) return 'other';
  return items.length <= marked ? 'same' : 'alike';
}
