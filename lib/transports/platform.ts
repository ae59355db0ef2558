import type { Fetch } from './fetch-wire.js';
import type { Wire } from './wire.js';

/** What differs between Node and browsers; the build chooses the file, `#platform`. */
export interface Platform {
  /** What carries requests where no fetch is given. */
  readonly defaultWire: Wire;
  /** What carries requests by agents, where there are any: on Node. */
  readonly agentWire?: (agentFor: (url: string) => object | undefined) => Wire;
  /** What carries requests by a fetch. */
  wire(fetch: Fetch): Wire;
}
