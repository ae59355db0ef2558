import { isAttemptError } from '../attempt.js';
import { CallbackError, RateLimitError } from '../errors.js';
import { hintOf } from './retry-hint.js';
import type { retryOptions } from './retry-options.js';
import { isRetryable } from './retryable.js';

/**
 * How long to wait before another attempt, in milliseconds, and whether a rate limit is why.
 * @throws what is to be passed on, where there is to be no other attempt
 */
export type RetryDelay = (
  error: unknown,
  failures: number,
  inPagewise: boolean,
) => {
  readonly ms: number;
  readonly throttled: boolean;
  /** Whether the server has asked for it. */
  readonly hinted: boolean;
};

type Options = Pick<ReturnType<typeof retryOptions>, 'base' | 'cap' | 'maxRetryAfter' | 'retryHeader' | 'shouldRetry'>;

export function retryDelay({ base, cap, maxRetryAfter, retryHeader, shouldRetry }: Options): RetryDelay {
  function decide(error: unknown, retryable: boolean): boolean {
    try {
      return shouldRetry?.(error, retryable) ?? retryable;
    } catch (thrown) {
      throw new CallbackError('retryRequests.shouldRetry', thrown);
    }
  }

  return (error, failures, inPagewise) => {
    // Within Pagewise only the heart's own attempts count, whatever another error looks like.
    const ours = inPagewise ? isAttemptError(error) : !(error instanceof CallbackError);
    if (!ours || !decide(error, isRetryable(error, retryHeader))) throw error;
    const { waitMs, throttled } = hintOf(error);
    if (waitMs !== undefined && waitMs > maxRetryAfter) throw new RateLimitError(waitMs, maxRetryAfter, error);
    const most = Math.min(cap, (base ?? (throttled ? 1000 : 500)) * 2 ** (failures - 1));
    return { ms: Math.max(waitMs ?? 0, Math.random() * most), throttled, hinted: waitMs !== undefined };
  };
}
