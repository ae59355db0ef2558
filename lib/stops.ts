import type { Page, Position } from './page.js';
import { checkWhole, factory } from './values/options.js';

/** What this run has emitted so far, this page included; a resumed walk starts a new count. */
export interface RunCounts {
  readonly pages: number;
  readonly items: number;
}

/** Whether the walk stops after this page. The page is emitted and still has its `next`. */
export type StopCondition<Item = unknown, P extends Position = Position> = {
  until(page: Page<Item, P>, run: RunCounts): boolean;
}['until'];

/**
 * Stops after the page with which this run reaches `count` items. Pages stay whole; for exactly `count` items use
 * `pages.pipe(items(), take(count))`, which sends the same requests.
 */
export const afterItems = /* @__PURE__ */ factory('afterItems', (count: number): StopCondition => {
  checkWhole('afterItems', 'count', count, 1);
  return (_page, run) => run.items >= count;
});

/** Stops after `count` pages of this run. */
export const afterPages = /* @__PURE__ */ factory('afterPages', (count: number): StopCondition => {
  checkWhole('afterPages', 'count', count, 1);
  return (_page, run) => run.pages >= count;
});
