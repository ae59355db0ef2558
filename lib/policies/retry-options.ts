import type { ObservableInput } from 'rxjs';
import { checkFunction, checkNumber, checkOptions, invalid } from '../values/options.js';

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
  /** Overrides what is retried: receives the error and the default decision. @default what `retryRequests` lists */
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
    throw invalid(of, 'retryHeader', retryHeader, `the name of a header, or '' for none`);
  checkFunction(of, 'shouldRetry', shouldRetry);
  checkFunction(of, 'onUnauthorized', onUnauthorized);
  const header = retryHeader.toLowerCase();
  return { retries, base, cap, maxRetryAfter, budget, retryHeader: header, shouldRetry, onUnauthorized };
}

/** What one policy value shares between all sources that it is applied to: the options, and the budget's state. */
export interface RetryRules extends Omit<ReturnType<typeof retryOptions>, 'budget'> {
  readonly budget: RetryBudget;
}

/** Limits retries: a bucket of tokens that retries take and successes give back. */
export interface RetryBudget {
  /** Takes the cost of a retry. @returns the cost, or `undefined` if too few tokens are left */
  take(throttled: boolean): number | undefined;
  /** Gives back what a success is worth: the cost of its last retry, or 1. */
  give(tokens: number): void;
}
