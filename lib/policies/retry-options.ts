import type { ObservableInput } from 'rxjs';
import { isAttemptError } from '../attempt.js';
import { CallbackError, ConfigError, RateLimitError } from '../errors.js';
import { isRetryable } from '../failure.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkNumber, checkOptions } from '../values/options.js';
import { hintOf } from './retry-hint.js';

export interface RetryOptions {
  /** Extra attempts per page; the count starts anew with each page. `Infinity` never gives up. @default 5 */
  readonly retries?: number | undefined;
  /** Milliseconds that the first wait is at most; each further one doubles it. @default 500, and 1000 for rate limits */
  readonly base?: number | undefined;
  /** Milliseconds that a wait without a server's hint is at most. @default 30_000 */
  readonly cap?: number | undefined;
  /** Milliseconds of the longest server's hint that is waited for; a longer one fails at once. @default 120_000 */
  readonly maxRetryAfter?: number | undefined;
  /**
   * Tokens that all streams with this policy value have for retries: each costs 14, one after a rate limit 5, and a
   * success gives back what its last retry cost, or 1. Used up, pages fail at once with RetryBudgetError: a dead server
   * is not hammered. `Infinity` turns it off. @default 500, and Infinity where `retries` is
   */
  readonly budget?: number | undefined;
  /**
   * Name of a header by which an answer says whether it is worth another attempt: `true` or `false` overrules its
   * status, anything else says nothing; `''` for none. @default 'x-should-retry'
   */
  readonly retryHeader?: string | undefined;
  /** Overrules what is worth another attempt; told the error and what would be done. @default the statuses and codes of R1 */
  readonly shouldRetry?: ((error: unknown, retryable: boolean) => boolean) | undefined;
  /**
   * Called when an answer is 401 or 403, with its error: gets new credentials. When what it returns has emitted or
   * completed, the page is asked for once more; a second refusal of that page is final. Streams that share the policy
   * value share a refresh that is under way. Give the request's headers as a function: it is asked for each attempt.
   * What this throws is never retried. @default none: 401 and 403 are final
   */
  readonly onUnauthorized?: ((error: unknown) => ObservableInput<unknown>) | undefined;
}

const known = [
  'retries', 'base', 'cap', 'maxRetryAfter', 'budget', 'retryHeader', 'shouldRetry', 'onUnauthorized',
] as const satisfies readonly (keyof RetryOptions)[]; // prettier-ignore

/** The options with their defaults. @throws ConfigError for options that can't work */
export function retryOptions(options: RetryOptions) {
  const place = 'retryRequests';
  checkOptions(place, options, known);
  const { retries = 5, base, cap = 30_000, maxRetryAfter = 120_000, retryHeader = 'x-should-retry' } = options;
  const { shouldRetry, onUnauthorized } = options;
  checkNumber(place, 'retries', retries, 0, true);
  const { budget = retries === Infinity ? Infinity : 500 } = options;
  if (base !== undefined) checkNumber(place, 'base', base, 0);
  checkNumber(place, 'cap', cap, 0);
  checkNumber(place, 'maxRetryAfter', maxRetryAfter, 0, true);
  checkNumber(place, 'budget', budget, 0, true);
  if (typeof (retryHeader as unknown) !== 'string' || !/^[\w!#$%&'*+.^`|~-]*$/.test(retryHeader))
    throw new ConfigError(
      `${place}: retryHeader must be the name of a header, or '' for none, not ${describe(retryHeader)}`,
    );
  checkFunction(place, 'shouldRetry', shouldRetry);
  checkFunction(place, 'onUnauthorized', onUnauthorized);
  const header = retryHeader.toLowerCase();
  return { retries, base, cap, maxRetryAfter, budget, retryHeader: header, shouldRetry, onUnauthorized };
}

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
