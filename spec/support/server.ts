import { afterEach } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';

/** What the server saw of one request. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  /** The request target as sent, byte for byte. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly origin: string;
  /** Every request, in the order of arrival. */
  readonly seen: Seen[];
  /** Sockets that are open now. */
  readonly sockets: Set<Socket>;
  /** Requests whose connection the client closed before they were answered. */
  readonly aborted: () => number;
  /** Requests that have arrived and are not answered yet. */
  readonly inFlight: () => number;
  close(): Promise<void>;
}

const open = new Set<{ close(): Promise<void> }>();

afterEach(async () => {
  await Promise.all([...open].map((server) => server.close()));
  open.clear();
});

/** A real server on a free loopback port, closed after the test. */
export async function serve(
  handle: (seen: Seen, response: ServerResponse, index: number) => void | Promise<void>,
): Promise<TestServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  let aborted = 0;
  let inFlight = 0;
  const server = createServer((request, response) => {
    inFlight++;
    response.once('close', () => {
      inFlight--;
      if (!response.writableFinished) aborted++;
    });
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = {
        method,
        url: new URL(url, 'http://test'),
        target: url,
        headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      void handle(one, response, seen.length - 1);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = {
    url: `${origin}/items`,
    origin,
    seen,
    sockets,
    aborted: () => aborted,
    inFlight: () => inFlight,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  open.add(one);
  return one;
}

/** A server of raw sockets, for answers that HTTP libraries can't give. `onRequest` gets the whole request head. */
export async function serveRaw(onRequest: (socket: Socket, index: number, head: string) => void) {
  const sockets = new Set<Socket>();
  const asked = new Set<Socket>();
  let index = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => (sockets.delete(socket), asked.delete(socket)));
    let head = '';
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      for (let end = head.indexOf('\r\n\r\n'); end !== -1; end = head.indexOf('\r\n\r\n')) {
        const one = head.slice(0, end);
        head = head.slice(end + 4);
        asked.add(socket);
        onRequest(socket, index++, one);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = {
    url: `${origin}/items`,
    origin,
    sockets,
    /** Sockets that carried a request and are still open (the native fetch opens spare ones). */
    asked,
    requests: () => index,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  open.add(one);
  return one;
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Answers `?page=&per_page=` over the rows 0 … total − 1, as `{ items: […] }`, with an empty list past the end. */
export const numbered =
  (total: number, maxSize = 1000) =>
  ({ url }: Seen, response: ServerResponse): void => {
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Math.min(maxSize, Number(url.searchParams.get('per_page') ?? 10));
    json(response, { items: rows(total).slice((page - 1) * size, page * size) });
  };

export const rows = (total: number): number[] => Array.from({ length: total }, (_, i) => i);

/** Waits until a condition holds; fails after `ms`, which is generous, since machines are slow. */
export async function until(what: string, isSo: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets all pending callbacks run. */
export const settle = (ms = 50): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
