import type { Socket } from 'node:net';
import { ConfigError } from '../errors.js';
import type { Dispatch } from './undici-wire.js';

/** What sends, loaded when it is asked for. */
export interface Sender {
  dispatch(): Promise<Dispatch>;
  close(): Promise<void>;
}

/** An agent of undici's, which is loaded with the first request. */
export function ownAgent(options: { allowH2: boolean; pipelining: number }): Sender {
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
