import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigError, fetchTransport, HttpError, items, pageNumber, paginate, retryRequests } from 'pagewise';
import { faults, hostileServer, type HostileServer, type HostileServerOptions } from 'pagewise/testing';
import { lastValueFrom, toArray } from 'rxjs';
import { until } from '../support/server.js';
import { rejection } from '../support/walks.js';

const pages = [[{ id: 1 }, { id: 2 }], [{ id: 3 }]];

const open: HostileServer[] = [];
const start = async (options: Partial<HostileServerOptions> = {}) => {
  const server = await hostileServer({ pages, ...options });
  open.push(server);
  return server;
};
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

const walk = (server: HostileServer, attemptTimeout = 10_000) =>
  lastValueFrom(
    paginate({ url: server.url }, pageNumber({ items: 'items' }), {
      transport: fetchTransport({ attemptTimeout }),
      policy: retryRequests({ base: 1 }),
    }).pipe(items(), toArray()),
  );

describe('hostileServer', () => {
  it('pages correctly unless configured otherwise, and counts what it saw', async () => {
    const server = await start();
    expect(await walk(server)).toEqual(pages.flat());
    expect(server.requests.map(({ page, count, target }) => [page, count, target])).toEqual([
      [0, 1, '/items?page=1'],
      [1, 1, '/items?page=2'],
      [2, 1, '/items?page=3'],
    ]);
    expect(server.inFlight).toBe(0);
  });

  it('plays a fault as often as it is planned, on the page that it is planned for', async () => {
    const server = await start({ faults: [{ page: 1, fault: faults.status(503), times: 2 }] });
    expect(await walk(server)).toEqual(pages.flat());
    expect(server.requests.map(({ page }) => page)).toEqual([0, 1, 1, 1, 2]);
  });

  it('plays a fault on every page if none is named, and by a function', async () => {
    const everywhere = await start({ faults: [{ fault: faults.gone('close') }] });
    expect(await walk(everywhere)).toEqual(pages.flat());
    expect(everywhere.requests.map(({ page }) => page)).toEqual([0, 0, 1, 1, 2, 2]);
    await everywhere.close();
    const chosen = await start({ faults: ({ page }) => (page === 1 ? faults.status(404) : undefined) });
    expect(await rejection(walk(chosen))).toBeInstanceOf(HttpError);
  });

  it.each([
    faults.latin1('declared'),
    faults.oneByteChunks('Content-Length'),
    faults.oneByteChunks('Content-Length', 'gzip'),
    faults.oneByteChunks('chunked'),
    faults.oneByteChunks('chunked', 'gzip'),
    faults.closingCompressed('Content-Length'),
    faults.closingCompressed('chunked'),
    faults.closingCompressed('none'),
    faults.excess('garbage', 'the last chunk'),
    faults.excess('an answer', 'the last chunk'),
  ])('$name: the page arrives whole, with its accents', async (fault) => {
    const accented = [[{ id: 1, name: 'Crème brûlée € \x80' }], [{ id: 2 }]];
    const server = await start({ pages: accented, faults: [{ page: 0, fault }] });
    expect(await walk(server)).toEqual(accented.flat());
  });

  it('Latin-1 that is not declared is not UTF-8', async () => {
    const server = await start({ pages: [['é']], faults: [{ fault: faults.latin1('undeclared') }] });
    expect(await rejection(walk(server))).toMatchObject({ name: 'ParseError', pageIndex: 0 });
  });

  it('a body that is compressed before the end of the connection is longer than 16 KiB on the wire', async () => {
    const server = await start({ faults: [{ fault: faults.closingCompressed('Content-Length') }] });
    const { headers } = await fetch(server.url);
    expect(Number(headers.get('content-length'))).toBeGreaterThan(16_384);
  });

  it('counts a request as in flight until it is answered or cancelled', async () => {
    const server = await start({ faults: [{ page: 0, fault: faults.silence(), times: Infinity }] });
    const walking = paginate({ url: server.url }, pageNumber({ items: 'items' })).subscribe();
    await until('a request has come', () => server.requests.length === 1);
    expect(server.inFlight).toBe(1);
    walking.unsubscribe();
    await until('it is cancelled', () => server.inFlight === 0);
  });

  it('stops, so that connections are refused, and starts again on the same port', async () => {
    const server = await start();
    await server.stop();
    expect(await rejection(lastValueFrom(paginate({ url: server.url }, pageNumber({ items: 'items' }), { policy: retryRequests({ retries: 0 }) })))).toMatchObject({
      name: 'TransportError',
    });
    await server.start();
    expect(await walk(server)).toEqual(pages.flat());
  }); // prettier-ignore

  it('keeps its port reserved while it is stopped', async () => {
    const ports = await Promise.all(
      Array.from({ length: 20 }, async () => Number(new URL((await start()).origin).port)),
    );
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });

  it('refuses invalid pages before it opens a port', async () => {
    expect(await rejection(start({ pages: [1] as never }))).toBeInstanceOf(ConfigError);
    expect(await rejection(start({ page: [] } as never))).toBeInstanceOf(ConfigError);
  });
});
