import { platform } from '#platform';
import { ConfigError } from '../errors.js';
import type { Transport } from '../request.js';
import { checkFunction, checkOptions, factory, invalid, type Names } from '../values/options.js';
import type { Fetch } from './fetch-wire.js';
import { httpOptions, httpTransport, type HttpTransportOptions } from './http-transport.js';
import type { Wire } from './wire.js';

export interface FetchTransportOptions extends HttpTransportOptions {
  /** Any fetch. @default cross-fetch on Node (loaded when the first walk starts), elsewhere the native fetch */
  readonly fetch?: Fetch | undefined;
  /**
   * Makes the connections on Node, if no `fetch` is given: an `http.Agent` (of a proxy, with a CA, with client
   * certificates), or a function from the URL to an agent. @default Node's agents, which keep connections alive
   */
  readonly agent?: object | ((url: string) => object | undefined) | undefined;
}

const known = ['fetch', 'agent', httpOptions] as const satisfies Names<FetchTransportOptions>;

/**
 * Carries requests with any `fetch`. JSON in, JSON out; redirects within the origin. An attempt is aborted if it takes
 * too long, or if the subscriber unsubscribes before the answer.
 *
 *     paginate(request, strategy, { transport: fetchTransport({ attemptTimeout: 10_000 }) })
 *
 * @throws ConfigError for invalid options
 */
export const fetchTransport = /* @__PURE__ */ factory(
  'fetchTransport',
  (options: FetchTransportOptions = {}): Transport => {
    checkOptions('fetchTransport', options, known);
    checkFunction('fetchTransport', 'fetch', options.fetch);
    return httpTransport('fetchTransport', options, wireFor(options));
  },
);

function wireFor({ fetch, agent }: FetchTransportOptions): Wire {
  if (agent === undefined) return fetch ? platform.wire(fetch) : platform.defaultWire;
  if (fetch !== undefined)
    throw new ConfigError(
      'fetchTransport: agent only works with cross-fetch, and your own fetch makes its own connections; remove agent or fetch',
    );
  if (!platform.agentWire) throw new ConfigError('fetchTransport: only Node has agents; leave agent out');
  if (typeof agent === 'function') return platform.agentWire(agent as (url: string) => object | undefined);
  if (typeof (agent as { addRequest?: unknown } | null)?.addRequest !== 'function')
    throw invalid('fetchTransport', 'agent', agent, 'an http.Agent or a function from the URL to one');
  return platform.agentWire(() => agent);
}
