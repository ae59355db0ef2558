import { ConfigError } from '../../errors.js';
import type { Transport } from '../../request.js';
import { checkBoolean, checkOptions, checkWhole, invalid } from '../../values/options.js';
import { httpOptions, httpTransport, type HttpTransportOptions, mostBytes } from '../http-transport.js';
import { type Sender, undiciAgent } from './undici-agent.js';
import { type Dispatch, type UndiciDispatcher, undiciWire } from './undici-wire.js';

export interface UndiciTransportOptions extends HttpTransportOptions {
  /**
   * A Dispatcher of undici 7, such as a ProxyAgent or a MockAgent. @default an Agent with a pool of kept-alive
   * connections for each origin
   */
  readonly dispatcher?: UndiciDispatcher | undefined;
  /** Uses HTTP/2 for https: URLs if the server offers it. Not together with `dispatcher`. @default false */
  readonly allowH2?: boolean | undefined;
  /** Requests that one HTTP/1.1 connection may carry before the first is answered. Not with `dispatcher`. @default 1 */
  readonly pipelining?: number | undefined;
}

const known = [
  'dispatcher', 'allowH2', 'pipelining', ...httpOptions,
] as const satisfies readonly (keyof UndiciTransportOptions)[]; // prettier-ignore

/** A transport whose connections can be closed. */
export interface UndiciTransport extends Transport {
  /**
   * Closes its connections when their requests have ended; later requests fail. A dispatcher that you passed is not
   * closed. Not needed for the process to end: idle connections do not keep it alive.
   */
  close(): Promise<void>;
}

/**
 * Carries requests with the package `undici`: the least work per page on Node.
 * Everything else is as with `fetchTransport`.
 *
 *     const transport = undiciTransport({ attemptTimeout: 10_000 });
 *     paginate(request, strategy, { transport })
 *
 * @throws ConfigError for invalid options
 */
export function undiciTransport(options: UndiciTransportOptions = {}): UndiciTransport {
  checkOptions('undiciTransport', options, known);
  const { dispatcher, allowH2 = false, pipelining = 1 } = options;
  checkBoolean('undiciTransport', 'allowH2', allowH2);
  checkWhole('undiciTransport', 'pipelining', pipelining, 1);
  if (dispatcher !== undefined) checkDispatcher(options, dispatcher);

  return sendingBy(dispatcher ? given(dispatcher) : undiciAgent({ allowH2, pipelining }), options);
}

/** A transport over any sender. */
export function sendingBy({ dispatch, close }: Sender, options: HttpTransportOptions): UndiciTransport {
  const wire = undiciWire(dispatch, options.maxResponseBytes ?? mostBytes);
  return Object.assign(httpTransport('undiciTransport', options, wire), { close });
}

function given(dispatcher: UndiciDispatcher): Sender {
  const ready = Promise.resolve<Dispatch>((request, handler) => {
    dispatcher.dispatch(request, handler);
    return undefined;
  });
  return { dispatch: () => ready, close: () => Promise.resolve() };
}

function checkDispatcher({ allowH2, pipelining }: UndiciTransportOptions, dispatcher: UndiciDispatcher): void {
  if (typeof dispatcher !== 'object' || typeof dispatcher?.dispatch !== 'function')
    throw invalid('undiciTransport', 'dispatcher', dispatcher, `one of undici's, such as new ProxyAgent(url)`);
  if (allowH2 !== undefined || pipelining !== undefined)
    throw new ConfigError('undiciTransport: allowH2 and pipelining are options of the dispatcher; set them there');
}
