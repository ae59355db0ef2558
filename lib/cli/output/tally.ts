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
  /** Length of the answers, decompressed. */
  readonly bytes: number;
  readonly wait: Wait | undefined;
  /** Pages that were skipped. */
  readonly gaps: readonly GapEvent[];
  readonly end: EndEvent | undefined;
  /** Sets the progress of an earlier run. */
  resumed(token: Pick<ResumeToken, 'index' | 'itemsBefore'>): void;
  /** Counts a page: the items that were written, and the items that arrived. */
  wrote(page: Pick<Page, 'itemsBefore'>, items: number, received?: number): void;
}

/** The current wait. */
export interface Wait {
  /** A time of `performance.now()`. */
  readonly until: number;
  readonly reason: WaitReason;
  /** The attempt that follows, from 2, and why the one before it failed; absent if a first one waits for its turn. */
  readonly attempt?: number;
  readonly error?: unknown;
}

// Shorter waits, which a rate limit causes all the time, would only flicker.
const shortestShown = 500;

export function createTally(notice: (message: string) => void): Tally {
  /** By pages that are not over: the number of the last attempt. */
  const attempts = new Map<number, number>();
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
    bytes: 0,
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
          attempts.set(event.pageIndex, event.attempt);
          tally.wait = undefined;
          break;
        case 'response':
          tally.bytes += event.bytes ?? 0;
          break;
        case 'wait':
          if (event.ms >= shortestShown) tally.wait = waitOf(event, attempts.get(event.pageIndex));
          break;
        case 'page':
          attempts.delete(event.pageIndex);
          tally.total = event.total;
          break;
        case 'gap':
          attempts.delete(event.pageIndex);
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

function waitOf(event: WaitEvent, sent = 1): Wait {
  const until = performance.now() + event.ms;
  const reason = reasonOf(event);
  return event.reason === 'throttle' ? { until, reason } : { until, reason, attempt: sent + 1, error: event.error };
}

/** What a wait is for, as it follows `waiting 3 s`. */
export type WaitReason = 'for the rate limit' | 'before a retry';

export function reasonOf({ reason, error }: WaitEvent): WaitReason {
  const limited =
    typeof error === 'object' && error !== null && ('throttled' in error ? error.throttled : statusOf(error) === 429);
  return reason === 'throttle' || limited === true ? 'for the rate limit' : 'before a retry';
}
