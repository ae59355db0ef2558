import type { Page } from '../page.js';

/** What this run has emitted so far, the page in hand included; a resumed walk counts anew. */
export interface RunCounts {
  readonly pages: number;
  readonly items: number;
}

/** Whether the walk stops after this page (which is emitted, and still has its `next`). */
export type StopCondition<Item = unknown> = {
  until(page: Page<Item>, run: RunCounts): boolean;
}['until'];
