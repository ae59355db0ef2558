import { createServer, type Socket } from '#hostile';
import { checkOptions, invalid } from '../../values/options.js';
import { anyPaging } from './any-paging.js';
import { connection, pageElsewhere, requestReader } from './connection.js';
import { faultFor, type FaultSchedule, type HostileRequest } from './fault.js';
import { type PagedApi } from './paged-api.js';
import { toWire } from './wire.js';

export interface HostileServerOptions {
  /** The items of the API, page by page. */
  readonly pages: readonly (readonly unknown[])[];
  /** How it pages. @default anyPaging: in every way at the same time */
  readonly api?: PagedApi | undefined;
  /** Which requests get which fault. @default none */
  readonly faults?: FaultSchedule | undefined;
}

/** A server on a free port of the loopback interface. */
export interface HostileServer {
  readonly origin: string;
  /** Where the pages are. */
  readonly url: string;
  /** Every request, in the order of arrival. */
  readonly requests: readonly HostileRequest[];
  /** Requests that are neither answered nor disconnected: 0 when a client has released everything. */
  readonly inFlight: number;
  /** Open connections. */
  readonly sockets: number;
  /** Closes the port and every connection: the next one is refused. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
  /** Stops for good. */
  close(): Promise<void>;
}

/**
 * A server on raw sockets that pages correctly, except for the faults that you plan.
 *
 *     const server = await hostileServer({
 *       pages: [[{ id: 1 }, { id: 2 }], [{ id: 3 }]],
 *       faults: [{ page: 1, fault: faults.status(503), times: 5 }],
 *     });
 *     paginate({ url: server.url }, pageNumber({ items: 'items' }))
 *
 * For Node only.
 * @throws ConfigError for options that can't work
 */
export async function hostileServer(options: HostileServerOptions): Promise<HostileServer> {
  checkOptions('hostileServer', options, ['pages', 'api', 'faults'] satisfies (keyof HostileServerOptions)[]);
  const { pages, api = anyPaging, faults = [] } = options;
  if (!Array.isArray(pages) || !pages.every((items) => Array.isArray(items)))
    throw invalid('hostileServer', 'pages', pages, 'an array of arrays of items');
  const requests: HostileRequest[] = [];
  const sockets = new Set<Socket>();
  const counts = new Map<number, number>();
  const total = pages.reduce((sum, { length }) => sum + length, 0);
  let inFlight = 0;
  let origin = '';

  const answering = {
    get origin() {
      return origin;
    },
    inFlight: (change: 1 | -1) => (inFlight += change),
    correct(request: HostileRequest) {
      const { page: index } = request;
      const next = index + 1 < pages.length ? index + 1 : undefined;
      return toWire(api.answer({ index, items: pages[index] ?? [], next, total, origin }, request));
    },
    answer(exchange: Parameters<Parameters<typeof connection>[1]['answer']>[0]) {
      const fault = faultFor(faults, exchange.request);
      if (fault) fault.play(exchange);
      else exchange.send();
    },
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // Clients that cancel reset their connections.
    socket.once('close', () => sockets.delete(socket));
    const serve = connection(socket, answering);
    socket.on(
      'data',
      requestReader((received) => {
        const page = pageElsewhere(received.target) ?? api.asked(received, pages);
        const count = (counts.get(page) ?? 0) + 1;
        counts.set(page, count);
        const request = { ...received, page, count };
        requests.push(request);
        serve(request);
      }),
    );
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const port = await listenApart(listen);
  origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/items`,
    requests,
    get inFlight() {
      return inFlight;
    },
    get sockets() {
      return sockets.size;
    },
    stop,
    start: () => listen(port),
    close() {
      taken.delete(port);
      return server.listening ? stop() : Promise.resolve();
    },
  };
}

const taken = new Set<number>();

/**
 * Listens on a port below the ephemeral ports (from 32768 on Linux): while the server is stopped, nothing else on the
 * machine must get its port. The port is also above 10080, which fetch blocks.
 */
async function listenApart(listen: (port: number) => Promise<void>): Promise<number> {
  for (let tries = 0; ; tries++) {
    const port = 10_100 + Math.floor(Math.random() * 20_000);
    if (taken.has(port)) continue;
    try {
      await listen(port);
      taken.add(port);
      return port;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EADDRINUSE' || tries === 100) throw error;
    }
  }
}
