import { checkWhole } from '../values/options.js';
import type { StopCondition } from './stop-condition.js';

/**
 * Stops after the page with which this run has had `count` items or more. Pages stay whole; for exactly `count` items
 * use `pages.pipe(items(), take(count))`, which sends the same requests.
 */
export function afterItems(count: number): StopCondition {
  checkWhole('afterItems', 'count', count, 1);
  return (_page, run) => run.items >= count;
}
