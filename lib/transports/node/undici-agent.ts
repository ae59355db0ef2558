import { ConfigError } from '../../errors.js';
import { describeError } from '../../values/describe.js';
import { absoluteForm, type ProxyFor } from './proxies.js';
import type { Connect } from './tunnel.js';
import type { Dispatch } from './undici-wire.js';

export interface UndiciAgentOptions {
  readonly allowH2?: boolean;
  readonly pipelining?: number;
  /** Milliseconds for making a connection. @default 10_000 */
  readonly connectTimeout?: number;
  /** Certificates to trust, and whether others are rejected. */
  readonly tls?: { readonly ca?: string; readonly rejectUnauthorized?: boolean };
  /** The proxy of an origin. @default none */
  readonly proxyFor?: ProxyFor;
}

/** Sends requests. Loaded on first use. */
export interface Sender {
  dispatch(): Promise<Dispatch>;
  close(): Promise<void>;
}

/** An agent of undici, which is loaded when the first walk starts. */
export function undiciAgent(options: UndiciAgentOptions): Sender {
  let opening: ReturnType<typeof open> | undefined;
  let ready: Promise<Dispatch> | undefined;
  let closing: Promise<void> | undefined;
  return {
    dispatch() {
      if (closing) return Promise.reject(new ConfigError('undiciTransport: the transport is closed; make another one'));
      opening ??= open(options);
      return (ready ??= opening.then(({ dispatch }) => dispatch));
    },
    close: () =>
      // If it could not be opened, its requests have reported that.
      (closing ??=
        opening?.then(
          ({ agent }) => agent.close(),
          () => undefined,
        ) ?? Promise.resolve()),
  };
}

/** An agent that can cancel a connection while it is being made. */
async function open({ allowH2 = false, pipelining = 1, connectTimeout, tls, proxyFor }: UndiciAgentOptions) {
  const { Agent, buildConnector } = await import('undici').catch(notLoaded);
  const direct = buildConnector({
    allowH2,
    ...tls,
    ...(connectTimeout === undefined ? {} : { timeout: connectTimeout }),
  }) as unknown as Connect;
  const connect = proxyFor ? (await import('./tunnel.js')).throughProxies(direct, proxyFor, tls ?? {}) : direct;
  /** The connection that the agent has started, within `dispatch`. */
  let begun: ReturnType<Connect> | undefined;
  const agent = new Agent({
    allowH2,
    pipelining,
    connect: (to, callback) => {
      begun = connect(to, callback);
    },
  });
  const dispatch: Dispatch = (request, handler) => {
    begun = undefined;
    agent.dispatch(proxyFor ? absoluteForm(request, proxyFor) : request, handler);
    const connection = begun as ReturnType<Connect> | undefined;
    return connection && (() => void connection.destroy(new Error('cancelled')));
  };
  return { agent, dispatch };
}

/** In an ESM bundle its CommonJS can't be loaded. */
function notLoaded(cause: unknown): never {
  throw new ConfigError(
    `undiciTransport: undici can't be loaded (${describeError(cause)}); leave undici out of the bundle, as an external package, and install it beside the bundle`,
    { cause },
  );
}
