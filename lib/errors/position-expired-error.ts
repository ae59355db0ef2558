import { PagewiseError } from './pagewise-error.js';

/** The API does not know this position any more. `cause` is the answer's own error. */
export class PositionExpiredError extends PagewiseError {
  constructor(reason: string, cause?: unknown) {
    super(
      `the position has expired: ${reason}. Start over without resumeFrom, or let the strategy do it with onExpired: 'restart'`,
      { cause },
    );
  }

  override get name(): string {
    return 'PositionExpiredError';
  }
}
