import type { Socket } from 'node:net';
import { ConfigError } from '../../errors.js';
import type { Transport } from '../../request.js';
import { describe } from '../../values/describe.js';
import { checkOptions, checkWhole } from '../../values/options.js';
import { httpOptions, httpTransport, type HttpTransportOptions, mostBytes } from '../http-transport.js';
import { type Dispatch, type UndiciDispatcher, undiciWire } from './undici-wire.js';

export interface UndiciTransportOptions extends HttpTransportOptions {
  /** What sends: a Dispatcher of undici 7, such as a ProxyAgent or a MockAgent. @default an Agent of its own: a pool of connections for each origin, kept alive */
  readonly dispatcher?: UndiciDispatcher | undefined;
  /** Speaks HTTP/2 with servers of https: URLs that offer it. Not beside `dispatcher`. @default false */
  readonly allowH2?: boolean | undefined;
  /** Requests that are sent over one HTTP/1.1 connection before the first is answered. Not beside `dispatcher`. @default 1 */
  readonly pipelining?: number | undefined;
}

const known = [
  'dispatcher', 'allowH2', 'pipelining', ...httpOptions,
] as const satisfies readonly (keyof UndiciTransportOptions)[]; // prettier-ignore

/** A transport whose connections can be closed. */
export interface UndiciTransport extends Transport {
  /**
   * Closes its connections, after the requests that are on them; those that come later fail. A dispatcher of yours stays
   * as it is. Not needed for the process to end: idle connections do not hold it.
   */
  close(): Promise<void>;
}

/**
 * Carries requests by the package `undici`, version 7, which is to be installed beside: the least work a page on Node.
 * All else is as with `fetchTransport`.
 *
 *     const transport = undiciTransport({ attemptTimeout: 10_000 });
 *     paginate(request, strategy, { transport })
 *
 * @throws ConfigError for options that can't work
 */
export function undiciTransport(options: UndiciTransportOptions = {}): UndiciTransport {
  checkOptions('undiciTransport', options, known);
  const { dispatcher, allowH2 = false, pipelining = 1 } = options;
  if (typeof allowH2 !== 'boolean')
    throw new ConfigError(`undiciTransport: allowH2 must be true or false, not ${describe(allowH2)}`);
  checkWhole('undiciTransport', 'pipelining', pipelining, 1);
  if (dispatcher !== undefined) checkDispatcher(options, dispatcher);

  const sender = dispatcher ? given(dispatcher) : ownAgent({ allowH2, pipelining });
  const transport = httpTransport(
    'undiciTransport',
    options,
    undiciWire(sender.dispatch, options.maxResponseBytes ?? mostBytes),
  );
  return Object.assign(transport, { close: sender.close });
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
    throw new ConfigError(
      `undiciTransport: dispatcher must be one of undici's, such as new ProxyAgent(url), not ${describe(dispatcher)}`,
    );
  if (allowH2 !== undefined || pipelining !== undefined)
    throw new ConfigError('undiciTransport: allowH2 and pipelining are options of the dispatcher; set them there');
}

/** What sends, loaded when it is asked for. */
interface Sender {
  dispatch(): Promise<Dispatch>;
  close(): Promise<void>;
}

/** An agent of undici's, which is loaded with the first request. */
function ownAgent(options: { allowH2: boolean; pipelining: number }): Sender {
  let opening: ReturnType<typeof open> | undefined;
  let ready: Promise<Dispatch> | undefined;
  let closing: Promise<void> | undefined;
  return {
    dispatch() {
      if (closing) return Promise.reject(new ConfigError('undiciTransport: it is closed; make another one'));
      opening ??= open(options);
      return (ready ??= opening.then(({ dispatch }) => dispatch));
    },
    close: () =>
      // Where it could not be opened, its requests have said so.
      (closing ??=
        opening?.then(
          ({ agent }) => agent.close(),
          () => undefined,
        ) ?? Promise.resolve()),
  };
}

/** An agent whose connections can be given up while they are being made. @throws ConfigError where undici is not installed */
async function open(options: { allowH2: boolean; pipelining: number }) {
  const { Agent, buildConnector } = await load();
  const connector = buildConnector({ allowH2: options.allowH2 });
  // Its types leave out what it returns.
  const connect = connector as unknown as (...args: Parameters<typeof connector>) => Socket;
  /** What the agent has begun to connect, which it does within `dispatch`. */
  let begun: Socket | undefined;
  const agent = new Agent({
    ...options,
    connect: (to, callback) => {
      begun = connect(to, callback);
    },
  });
  const dispatch: Dispatch = (request, handler) => {
    begun = undefined;
    agent.dispatch(request, handler);
    const socket = begun as Socket | undefined;
    return socket && (() => void socket.destroy(new Error('given up')));
  };
  return { agent, dispatch };
}

async function load() {
  try {
    return await import('undici');
  } catch (cause) {
    throw new ConfigError('undiciTransport needs the package undici, version 7: npm install undici@7', { cause });
  }
}
