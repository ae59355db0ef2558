import type { Check, Strategy } from '../strategy.js';

/** A known API's contract as one plain value: how it pages, its own verdicts, and settings for a fitting policy. */
export interface Profile<Item = unknown> {
  readonly strategy: Strategy<Item>;
  readonly check: Check;
  /** Settings for `throttleRequests`, never a built policy: a shared one would mix tenants. */
  readonly throttle: { readonly limit: number; readonly interval: number };
}
