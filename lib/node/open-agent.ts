import type { Socket } from 'node:net';
import { ConfigError } from '../errors.js';
import type { Dispatch } from './undici-wire.js';

export interface OpenAgent {
  readonly dispatch: Dispatch;
  close(): Promise<void>;
}

/** Loads undici and makes an agent whose connections can be given up while they are being made. @throws ConfigError */
export async function openAgent(options: { allowH2: boolean; pipelining: number }): Promise<OpenAgent> {
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
  return {
    dispatch(request, handler) {
      begun = undefined;
      agent.dispatch(request, handler);
      const socket = begun as Socket | undefined;
      return socket && (() => void socket.destroy(new Error('given up')));
    },
    close: () => agent.close(),
  };
}

async function load() {
  try {
    return await import('undici');
  } catch (cause) {
    throw new ConfigError('undiciTransport needs the package undici, version 7: npm install undici@7', { cause });
  }
}
