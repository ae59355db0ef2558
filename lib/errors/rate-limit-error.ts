import { PagewiseError } from './pagewise-error.js';

/** The server asks for a longer wait than `maxRetryAfter` allows. `cause` is the answer's own error. */
export class RateLimitError extends PagewiseError {
  constructor(
    /** Milliseconds that the server asked to wait. */
    readonly retryAfterMs: number,
    maxRetryAfter: number,
    cause: unknown,
  ) {
    super(
      `rate limited: the server asks to wait ${String(Math.ceil(retryAfterMs / 1000))} s, longer than maxRetryAfter (${String(maxRetryAfter / 1000)} s)`,
      { cause },
    );
  }

  override get name(): string {
    return 'RateLimitError';
  }
}
