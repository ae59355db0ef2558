import type { ObservableInput } from 'rxjs';
import { CallbackError, ConfigError, RateLimitError } from '../errors.js';
import { isAttemptError, isRetryable } from '../failure.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkNumber, checkOptions } from '../values/options.js';
import { hintOf } from './retry-hint.js';

export interface RetryOptions {
  /** Extra attempts for each page. `Infinity` never gives up. @default 5 */
  readonly retries?: number | undefined;
  /** Longest first wait, in milliseconds; each further wait doubles it. @default 500, and 1000 for rate limits */
  readonly base?: number | undefined;
  /** Longest wait without a server hint, in milliseconds. @default 30_000 */
  readonly cap?: number | undefined;
  /** Longest wait that the server may ask for, in milliseconds; a longer one fails immediately. @default 120_000 */
  readonly maxRetryAfter?: number | undefined;
  /**
   * Retry tokens, shared by all streams with this policy value. A retry costs 14, after a rate limit 5; a success gives
   * back the cost of its last retry, or 1. When they run out, pages fail immediately with RetryBudgetError: a dead
   * server is not hammered. `Infinity` turns the budget off. @default 500, or Infinity if `retries` is
   */
  readonly budget?: number | undefined;
  /**
   * Name of a header by which an answer allows or forbids another attempt: `true` or `false` overrides its status,
   * other values are ignored; `''` for none. @default 'x-should-retry'
   */
  readonly retryHeader?: string | undefined;
  /** Overrides what is retried: receives the error and the default decision. @default the statuses and codes of R1 */
  readonly shouldRetry?: ((error: unknown, retryable: boolean) => boolean) | undefined;
  /**
   * Called with the error of a 401 or 403 answer, to get new credentials. When the result has emitted or completed, the
   * page is requested once more; a second 401 or 403 for that page is final. Streams that share the policy value share
   * a refresh in progress. Pass the request's headers as a function: it is called for each attempt. An error thrown
   * here is never retried. @default none: 401 and 403 are final
   */
  readonly onUnauthorized?: ((error: unknown) => ObservableInput<unknown>) | undefined;
}

const known = [
  'retries', 'base', 'cap', 'maxRetryAfter', 'budget', 'retryHeader', 'shouldRetry', 'onUnauthorized',
] as const satisfies readonly (keyof RetryOptions)[]; // prettier-ignore

/** The options with their defaults. @throws ConfigError for invalid options */
export function retryOptions(options: RetryOptions) {
  const of = 'retryRequests';
  checkOptions(of, options, known);
  const { retries = 5, base, cap = 30_000, maxRetryAfter = 120_000, retryHeader = 'x-should-retry' } = options;
  const { shouldRetry, onUnauthorized } = options;
  checkNumber(of, 'retries', retries, 0, true);
  const { budget = retries === Infinity ? Infinity : 500 } = options;
  if (base !== undefined) checkNumber(of, 'base', base, 0);
  checkNumber(of, 'cap', cap, 0);
  checkNumber(of, 'maxRetryAfter', maxRetryAfter, 0, true);
  checkNumber(of, 'budget', budget, 0, true);
  if (typeof (retryHeader as unknown) !== 'string' || !/^[\w!#$%&'*+.^`|~-]*$/.test(retryHeader))
    throw new ConfigError(
      `${of}: retryHeader must be the name of a header, or '' for none, not ${describe(retryHeader)}`,
    );
  checkFunction(of, 'shouldRetry', shouldRetry);
  checkFunction(of, 'onUnauthorized', onUnauthorized);
  const header = retryHeader.toLowerCase();
  return { retries, base, cap, maxRetryAfter, budget, retryHeader: header, shouldRetry, onUnauthorized };
}

/**
 * How long to wait before another attempt, in milliseconds, and whether a rate limit is the reason.
 * @throws the error to pass on, if there is to be no other attempt
 */
export type RetryDelay = (
  error: unknown,
  failures: number,
  inPagewise: boolean,
) => {
  readonly ms: number;
  readonly throttled: boolean;
  /** Whether the server asked for the wait. */
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
    // Within Pagewise only the walk's own attempts are retried, whatever another error looks like.
    const ours = inPagewise ? isAttemptError(error) : !(error instanceof CallbackError);
    if (!ours || !decide(error, isRetryable(error, retryHeader))) throw error;
    const { waitMs, throttled } = hintOf(error);
    if (waitMs !== undefined && waitMs > maxRetryAfter) throw new RateLimitError(waitMs, maxRetryAfter, error);
    const most = Math.min(cap, (base ?? (throttled ? 1000 : 500)) * 2 ** (failures - 1));
    return { ms: Math.max(waitMs ?? 0, Math.random() * most), throttled, hinted: waitMs !== undefined };
  };
}
