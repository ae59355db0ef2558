import { describeError } from '../values/describe.js';
import { PagewiseError } from './pagewise-error.js';

/** A function of the caller's threw; `cause` is what it threw, unchanged. Never retried. */
export class CallbackError extends PagewiseError {
  constructor(
    /** Which one: `nextWhen`, `until`, `check`, `policy`, `strategy.next` … */
    readonly callback: string,
    cause: unknown,
  ) {
    super(`${callback} threw ${describeError(cause)}`, { cause });
  }

  override get name(): string {
    return 'CallbackError';
  }
}
