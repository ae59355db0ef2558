import { call, ConfigError, PaginationLoopError } from '../errors.js';
import type { Position, TokenOwner } from '../page.js';
import type { HeaderSource, PageRequest } from '../request.js';
import type { Step } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import type { Sync } from '../sync.js';
import { sameJson } from '../values/compare.js';
import { type Earlier, pageReader, type PageReader } from './read-page.js';
import { replacedParameters } from './replaced-parameters.js';
import type { WalkLog } from './walk-log.js';

/** What the guards against endless walks remember of one walk, and whether it has started over. */
export interface WalkMemory<Item, P extends Position> {
  /** The request of a page. @throws PagewiseError if the walk would never end */
  place(step: Step<P>): PageRequest;
  readonly reader: PageReader<Item, P>;
  /** Whether the first answer of this run has set a cookie. */
  setsCookie?: boolean;
  /** The first page, in place of one whose position has expired. Forgets everything before. Works once. */
  startOver(step: Step<P>): Step<P> | undefined;
}

interface Remembering<Item, P extends Position> {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly owner: TokenOwner;
  readonly sync?: Sync | undefined;
  readonly log: WalkLog;
}

/** @param begin where the walk begins, with what an earlier run has left in its token */
export function walkMemory<Item, P extends Position>(
  { request: template, strategy, owner, sync, log }: Remembering<Item, P>,
  begin: Earlier,
): WalkMemory<Item, P> {
  const { stateful, sameTokenAdvice: [isScroll, isEnd] = [] } = strategy;
  /** More is announced if the total says so, or, when the strategy gives no `isEnd`, if a has-more does. */
  const advice = (itemsBefore: number) =>
    [isScroll, (reader.announced() ?? 0) > itemsBefore ? undefined : isEnd]
      .filter((text) => text !== undefined)
      .map((text) => `; ${text}`)
      .join('');
  let guard = loopGuard();
  let reader = pageReader(strategy, owner, begin, log.notice, sync);
  let last: PageRequest | undefined;
  let restarted = strategy.onExpired !== 'restart';

  return {
    place({ position, index, itemsBefore, then }) {
      if (stateful === undefined && !then) guard(position, index, () => advice(itemsBefore));
      const request = call('strategy.place', () => strategy.place(template, position));
      if (losesHeaders(template.headers, request.headers))
        throw new ConfigError(
          "the strategy's place loses the headers of the request, which may authorize it: spread the request, and add headers by withHeaders: { ...request, headers: withHeaders(request.headers, { … }) }",
        );
      const replaced = last === undefined && index === 0 ? replacedParameters(template, request) : undefined;
      if (replaced !== undefined) log.noticeOnce(replaced);
      const mayRepeat = stateful !== undefined || strategy.onRepeat === 'allow';
      if (last !== undefined && !mayRepeat && sameRequest(request, last))
        throw new PaginationLoopError(
          'the request is the same as the last one, so the same page would repeat forever; nothing was sent. ' +
            "Check the strategy's place: does it write the position, into a copy?",
        );
      return (last = request);
    },
    get reader() {
      return reader;
    },
    startOver({ index, sync: state }) {
      if (restarted) return undefined;
      restarted = true;
      log.startOver();
      guard = loopGuard();
      reader = pageReader(strategy, owner, {}, log.notice, sync);
      last = undefined;
      return { position: strategy.first, index, itemsBefore: 0, sync: state };
    },
  };
}

/** Spreading a header function loses its headers. */
const losesHeaders = (given: HeaderSource | undefined, placed: HeaderSource | undefined): boolean =>
  given !== undefined && (placed === undefined || (typeof given === 'function' && typeof placed !== 'function'));

type Guard = (position: Position, index: number, advice?: () => string) => void;

const remembered = 1000;

/**
 * Detects positions that repeat (E9). The last 1,000 are compared before anything is sent. Brent's algorithm detects
 * longer cycles within about three times their length, so memory stays constant however long the walk.
 * @returns a function to call with each position before its request is sent; it throws PaginationLoopError
 */
export function loopGuard(): Guard {
  // While positions only grow, as page numbers do, none can repeat: it is enough to keep them.
  const ring: Position[] = [];
  let count = 0;
  let last: Position | undefined;
  let keyed: Guard | undefined;

  return (position, index, advice) => {
    if (keyed === undefined && (last === undefined || isBeyond(position, last))) {
      ring[count++ % remembered] = last = position;
      return;
    }
    if (keyed === undefined) {
      const oldest = count % remembered;
      keyed = keyedGuard([...ring.slice(oldest), ...ring.slice(0, oldest)], index, count);
      ring.length = 0;
    }
    keyed(position, index, advice);
  };
}

/** Whether a position is a greater number, or an object of numbers of which none is less and one is greater. */
function isBeyond(position: Position, last: Position): boolean {
  if (typeof position === 'number') return typeof last === 'number' && position > last;
  if (typeof position !== 'object' || typeof last !== 'object' || position === null || last === null) return false;
  const after = position as Readonly<Record<string, unknown>>;
  const before = last as typeof after;
  let greater = false;
  for (const name in after) {
    const now = after[name];
    const then = before[name];
    if (typeof now !== 'number' || typeof then !== 'number' || !(now >= then)) return false;
    if (now > then) greater = true;
  }
  return greater;
}

/**
 * Compares positions by key.
 * @param before the last positions, oldest first
 * @param index of the next position
 * @param count number of positions so far: the first lap of Brent's algorithm
 */
function keyedGuard(before: readonly Position[], index: number, count: number): Guard {
  // Two maps of up to 1,000 take turns: removing one position for each new one costs five times as much.
  let recent = new Map(before.map((position, i) => [keyOf(position), index - before.length + i]));
  let older: typeof recent = new Map();
  let tortoise: number | string | undefined;
  let tortoiseIndex = 0;
  let lap = count;
  let steps = count - 1;

  return (position, index, advice) => {
    const key = keyOf(position);
    const before = recent.get(key) ?? older.get(key) ?? (key === tortoise ? tortoiseIndex : undefined);
    if (before !== undefined)
      throw new PaginationLoopError(
        `the position is the same as that of page ${before + 1}, so the walk would never end; nothing was sent. ` +
          `The API repeats a token, or the strategy reads one that never changes: check its path${advice?.() ?? ''}`,
      );
    if (recent.size >= remembered) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, index);
    if (++steps === lap) {
      tortoise = key;
      tortoiseIndex = index;
      lap *= 2;
      steps = 0;
    }
  };
}

// Strings are copied: a token that is a slice of its body would keep the whole body in memory.
const keyOf = (position: Position): number | string =>
  typeof position === 'number' ? position : JSON.stringify(position);

/** Whether two requests ask for the same thing. */
const sameRequest = (a: PageRequest, b: PageRequest): boolean =>
  a.url === b.url && a.method === b.method && sameJson(a.body, b.body) && sameJson(a.headers, b.headers);
