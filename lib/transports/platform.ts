import type { Fetch } from './fetch-wire.js';
import type { Wire } from './wire.js';

/** What differs between Node and browsers. The build chooses the file, by `#platform`. */
export interface Platform {
  /** Carries requests if no fetch is given. */
  readonly defaultWire: Wire;
  /** Carries requests with agents, if the platform has them: Node. */
  readonly agentWire?: (agentFor: (url: string) => object | undefined) => Wire;
  /** Carries requests with the given fetch. */
  wire(fetch: Fetch): Wire;
}
