import type { ServerResponse } from 'node:http';
import { expect } from '@jest/globals';
import { serve, serveRaw, settle, type Seen, type TestServer } from '../support/server.js';

/** What must not leave the home server. */
export const secret = 'hu5h';
export const credentials = {
  authorization: `Bearer ${secret}`,
  cookie: `session=${secret}`,
  'x-api-key': secret,
  'x-tenant': secret,
};

export interface Victim {
  readonly home: TestServer;
  /** Another server, which counts even connections without a request. */
  readonly evil: Awaited<ReturnType<typeof serveRaw>> & { readonly connections: () => number };
  /** Nothing has arrived at the other server: no request, no byte, no connection. */
  untouched(): Promise<void>;
}

/** The server that is queried, and the one that its answer points to. */
export async function twoServers(
  answer: (seen: Seen, response: ServerResponse, index: number, evil: string, home: string) => void,
): Promise<Victim> {
  let connections = 0;
  const raw = await serveRaw((socket) =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"items":["stolen"]}'),
  );
  const count = () => connections;
  // serveRaw knows a socket as long as it is open; a closed one must count too.
  const add = raw.sockets.add.bind(raw.sockets);
  raw.sockets.add = (socket) => (connections++, add(socket));
  const evil = Object.assign(raw, { connections: count });
  const home = await serve((seen, response, index) => {
    answer(seen, response, index, evil.origin, `http://${seen.headers.host}`);
  });
  return {
    home,
    evil,
    async untouched() {
      await settle(20);
      expect([evil.requests(), evil.connections()]).toEqual([0, 0]);
    },
  };
}
