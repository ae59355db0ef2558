import type { EndEvent, EventListener, GapEvent, WaitEvent, WalkEvent } from '../../events.js';
import { statusOf } from '../../failure.js';
import type { Page, ResumeToken } from '../../page.js';

/** Counts of a run so far: requests from the walk's events, pages and items as they are written. */
export interface Tally extends EventListener {
  readonly started: number;
  readonly requests: number;
  readonly retries: number;
  readonly pages: number;
  /** Items that were written. */
  readonly items: number;
  /** Items that arrived, written or not. */
  readonly received: number;
  /** Pages and items of earlier runs, if this run resumes one. */
  readonly pagesBefore: number;
  readonly itemsBefore: number;
  /** The total number of items, if the API announces it. */
  readonly total: number | undefined;
  /** The current wait; `until` is a time of `performance.now()`. */
  readonly wait: { readonly until: number; readonly reason: WaitReason } | undefined;
  /** Pages that were skipped. */
  readonly gaps: readonly GapEvent[];
  readonly end: EndEvent | undefined;
  /** Sets the progress of an earlier run. */
  resumed(token: Pick<ResumeToken, 'index' | 'itemsBefore'>): void;
  /** Counts a page: the items that were written, and the items that arrived. */
  wrote(page: Pick<Page, 'itemsBefore'>, items: number, received?: number): void;
}

// Shorter waits, which a rate limit causes all the time, would only flicker.
const shortestShown = 500;

export function createTally(notice: (message: string) => void): Tally {
  const tally = {
    started: performance.now(),
    requests: 0,
    retries: 0,
    pages: 0,
    items: 0,
    received: 0,
    pagesBefore: 0,
    itemsBefore: 0,
    total: undefined as number | undefined,
    wait: undefined as Tally['wait'],
    gaps: [] as GapEvent[],
    end: undefined as EndEvent | undefined,
    resumed({ index, itemsBefore }: Pick<ResumeToken, 'index' | 'itemsBefore'>) {
      tally.pagesBefore = index;
      tally.itemsBefore = itemsBefore;
    },
    wrote(page: Pick<Page, 'itemsBefore'>, items: number, received = items) {
      if (tally.pages === 0) tally.itemsBefore = page.itemsBefore;
      tally.pages++;
      tally.items += items;
      tally.received += received;
    },
    next(event: WalkEvent) {
      switch (event.type) {
        case 'request':
          tally.requests++;
          if (event.attempt > 1) tally.retries++;
          tally.wait = undefined;
          break;
        case 'wait':
          if (event.ms >= shortestShown) tally.wait = { until: performance.now() + event.ms, reason: reasonOf(event) };
          break;
        case 'page':
          tally.total = event.total;
          break;
        case 'gap':
          tally.gaps.push(event);
          break;
        case 'notice':
          notice(event.message);
          break;
        case 'end':
          tally.end = event;
          break;
      }
    },
  };
  return tally;
}

/** What a wait is for, as it follows `waiting 3 s`. */
export type WaitReason = 'for the rate limit' | 'before a retry';

export function reasonOf({ reason, error }: WaitEvent): WaitReason {
  const limited =
    typeof error === 'object' && error !== null && ('throttled' in error ? error.throttled : statusOf(error) === 429);
  return reason === 'throttle' || limited === true ? 'for the rate limit' : 'before a retry';
}
