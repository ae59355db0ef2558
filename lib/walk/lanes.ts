import type { Subscription } from 'rxjs';
import { call } from '../errors.js';
import type { Answer, Page, Position } from '../page.js';
import type { PageRequest } from '../request.js';
import type { Step } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import type { Wait } from '../task.js';
import { sameJson } from '../values/compare.js';
import type { WalkLog } from './walk-log.js';

/** A page that is requested ahead of its turn. */
export interface Lane<P extends Position> {
  readonly position: P;
  unsubscribe(): void;
}

/** Pages in flight at the same time (E6). */
export interface Lanes<Item, P extends Position, Run extends Lane<P> = Lane<P>> {
  /** The page that the walk arrives at, if it was requested ahead. Discards wrong guesses. */
  take(step: Step<P>): Run | undefined;
  /** Requests the pages that are likely to follow. */
  fill(current: Step<P>): void;
  /** Called when a page has been read: it is the basis of the next guesses. */
  read(page: Page<Item>): void;
  /** Called when a policy waits. A rate limit reduces the number of lanes, and holds all of them back. */
  hear(wait: Wait): void;
  /** Milliseconds until something may be sent again, because the server asked for a pause. */
  pauseMs(): number;
}

interface LanesOf<Item, P extends Position> {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly log: WalkLog;
}

/**
 * Requests pages ahead of the walk, if the strategy can guess their positions. The walk itself continues page after
 * page and trusts `next` alone. It discards a lane whose position differs from the `next` of the page before, and never
 * looks at what lies past the end.
 * @param concurrency maximum number of pages in flight or waiting for their turn
 * @param life when it ends, everything in flight is cancelled
 * @param ask adds a page to the life, then starts its request
 */
export function openLanes<Item, P extends Position, Run extends Lane<P>>(
  { request: template, strategy, log }: LanesOf<Item, P>,
  concurrency: number,
  life: Subscription,
  ask: (step: Step<P>, request: PageRequest, delayMs: number) => Run,
): Lanes<Item, P, Run> {
  const limit = laneLimit(concurrency);
  let ahead: Run[] = [];
  let seen: Page<Item> | undefined;
  let taken = 0;
  let notified = false;

  function discard(lanes: readonly Run[]): void {
    for (const lane of lanes) {
      life.remove(lane);
      lane.unsubscribe();
    }
  }
  const guess = (from: P) => call('strategy.guess', () => strategy.guess?.(from, seen as Answer<Item, P> | undefined));

  /** A guess that can't be placed is not an error yet: if it is right, the walk runs into that error itself. */
  function place(position: P): PageRequest | undefined {
    try {
      return strategy.place(template, position);
    } catch {
      return undefined;
    }
  }

  return {
    take({ position }) {
      const at = ahead.findIndex((lane) => sameJson(lane.position, position));
      discard(at === -1 ? ahead : ahead.slice(0, at));
      const known = ahead[at];
      ahead = at === -1 ? [] : ahead.slice(at + 1);
      if (known) life.remove(known); // From now on the lane belongs to the page, and ends with it.
      return known;
    },
    fill({ position: current, index }) {
      const most = Math.min(limit.width(), pagesLeft(seen)) - 1;
      while (ahead.length < most) {
        const from = ahead.at(-1)?.position ?? current;
        const position = guess(from);
        if (position === undefined || sameJson(position, from)) break;
        const request = place(position);
        if (request === undefined || life.closed) break;
        // The number of items before it is not known yet; nothing reads that before the walk arrives.
        const lane = ask({ position, index: index + ahead.length + 1, itemsBefore: 0 }, request, limit.pauseMs());
        ahead.push(lane);
      }
      if (notified || ahead.length > 0) notified = true;
      else if (most > 0 && (strategy.guess === undefined || ++taken === 3)) {
        notified = true;
        log.notice(
          `\`concurrency: ${concurrency}\` has no effect: ${strategy.name} can't guess the next pages; remove it, or use \`pageNumber()\`.`,
        );
      }
    },
    read(page) {
      seen = page;
      limit.pageRead();
    },
    hear: limit.hear,
    pauseMs: limit.pauseMs,
  };
}

/**
 * How many pages are left, by the total that the API announces: a hint that saves requests past the end. `Infinity` if
 * there is no total, or if the pages so far prove it wrong.
 */
function pagesLeft(page: Page | undefined): number {
  if (page?.total === undefined || page.items.length === 0) return Infinity;
  const left = page.total - page.itemsBefore - page.items.length;
  return left > 0 ? Math.ceil(left / page.items.length) : Infinity;
}

/** How many pages are requested at the same time at first, and how many more after each page that arrives. */
const atFirst = 64;
const growth = 16;

/** How many pages may be in flight: half as many after a rate limit, and one more after each full set has arrived. */
function laneLimit(most: number) {
  // Thousands of requests at the same time would keep the process busy for seconds before the first answer is read.
  let width = Math.min(most, atFirst);
  let limited = false;
  let sinceChange = 0;
  let pausedUntil = -Infinity;
  return {
    width: () => width,
    pauseMs: () => Math.max(0, pausedUntil - performance.now()),
    hear({ reason, throttled, ms }: Wait): void {
      if (reason !== 'retry' || throttled !== true) return;
      const now = performance.now();
      // Pages in flight at the same time report the same limit: it counts once.
      if (now >= pausedUntil) width = Math.max(1, Math.floor(width / 2));
      limited = true;
      sinceChange = 0;
      pausedUntil = Math.max(pausedUntil, now + ms);
    },
    pageRead(): void {
      if (width === most || (limited && ++sinceChange < width)) return;
      width = Math.min(most, width + (limited ? 1 : growth));
      sinceChange = 0;
    },
  };
}
