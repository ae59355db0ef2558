import { describeError } from '../values/describe.js';
import { isPagewiseError, PagewiseError } from './pagewise-error.js';

/** Another attempt could have helped, and the policy's retry budget is used up. `cause` is the last error, unchanged. */
export class RetryBudgetError extends PagewiseError {
  constructor(cause: unknown) {
    super(`${isPagewiseError(cause) ? cause.message : describeError(cause)}, and the retry budget is used up`, {
      cause,
    });
  }

  override get name(): string {
    return 'RetryBudgetError';
  }
}
