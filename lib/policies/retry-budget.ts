/** How many more retries there may be: a bucket of tokens that retries take from, and successes put back into. */
export interface RetryBudget {
  /** Takes what a retry costs. @returns the cost, or `undefined` where there is too little left */
  take(throttled: boolean): number | undefined;
  /** Puts back what a success is worth: what its last retry cost, or 1. */
  give(tokens: number): void;
}

/** What a retry costs, and one after a rate limit: that server is up, and says so. */
const costs = { retry: 14, throttled: 5 } as const;

/** @param capacity tokens that it begins with and never exceeds; `Infinity` never runs out */
export function retryBudget(capacity: number): RetryBudget {
  let tokens = capacity;
  return {
    take(throttled) {
      const cost = throttled ? costs.throttled : costs.retry;
      if (cost > tokens) return undefined;
      tokens -= cost;
      return cost;
    },
    give(returned) {
      tokens = Math.min(capacity, tokens + returned);
    },
  };
}
