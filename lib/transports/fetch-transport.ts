import { platform } from '#platform';
import type { Transport } from '../request.js';
import { checkFunction, checkOptions } from '../values/options.js';
import type { Fetch } from './fetch-wire.js';
import { httpOptions, httpTransport, type HttpTransportOptions } from './http-transport.js';

export interface FetchTransportOptions extends HttpTransportOptions {
  /** What sends: any fetch. @default cross-fetch on Node (loaded with the first request), the native fetch in browsers */
  readonly fetch?: Fetch | undefined;
}

const known = ['fetch', ...httpOptions] as const satisfies readonly (keyof FetchTransportOptions)[];

/**
 * Carries requests over `fetch`, any of them. JSON in, JSON out; redirects within the origin; the attempt is aborted
 * when it is unsubscribed from before it has answered, and when it takes too long.
 *
 *     paginate(request, strategy, { transport: fetchTransport({ attemptTimeout: 10_000 }) })
 *
 * @throws ConfigError for options that can't work
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  checkOptions('fetchTransport', options, known);
  checkFunction('fetchTransport', 'fetch', options.fetch);
  return httpTransport('fetchTransport', options, options.fetch ? platform.wire(options.fetch) : platform.defaultWire);
}
