import { checkWhole } from '../values/options.js';
import type { StopCondition } from './stop-condition.js';

/** Stops after `count` pages of this run. */
export function afterPages(count: number): StopCondition {
  checkWhole('afterPages', 'count', count, 1);
  return (_page, run) => run.pages >= count;
}
