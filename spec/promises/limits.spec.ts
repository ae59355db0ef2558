import { describe, expect, it, jest } from '@jest/globals';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, toArray } from 'rxjs';
import {
  AttemptTimeoutError,
  cursor,
  ExtractError,
  HttpError,
  inBody,
  items,
  paginate,
  pageNumber,
  ResponseTooLargeError,
  retryRequests,
  TransportError,
  type PageRequest,
  type Strategy,
} from 'pagewise';
import { heapInUse } from '../support/heap.js';
import { selfSigned } from '../support/self-signed.js';
import { json, numbered, rows, serve, serveRaw, settle, until } from '../support/server.js';
import { onEachTransport, type Options } from '../support/transports.js';
import { counting, rejection } from '../support/walks.js';

jest.setTimeout(60_000);

onEachTransport('limits', (make) => {
  const byPage = pageNumber<number>({ items: 'items', size: 10 });
  const all = (request: PageRequest, options: Options = {}, strategy: Strategy<number, never> = byPage as never) =>
    lastValueFrom(
      paginate(request, strategy, {
        transport: make(options),
        policy: retryRequests({ retries: 2, base: 1 }),
      }).pipe(items(), toArray()),
    );

  it('S9 ten million items in a page are a size error, read no further than the limit', async () => {
    const chunk = '0,'.repeat(50_000);
    let written = 0;
    const server = await serve(async (_seen, response) => {
      response.write('{"items":[');
      for (let i = 0; i < 200 && !response.destroyed; i++) {
        written += chunk.length;
        if (!response.write(chunk))
          await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      }
      response.end('0]}');
    });
    const before = heapInUse();
    const error = await rejection(all({ url: server.url }, { maxResponseBytes: 2 ** 20 }));
    expect(error).toBeInstanceOf(ResponseTooLargeError);
    await until('the connection is freed', () => server.inFlight() === 0);
    // The limit, and what the sockets in between buffer: the answer has 20 MB.
    expect(written).toBeLessThan(12 * 2 ** 20);
    expect(heapInUse() - before).toBeLessThan(16 * 2 ** 20);
    expect(server.seen).toHaveLength(1);
  });

  it('S9 an answer that never ends is one too', async () => {
    const server = await serve((_seen, response) => {
      response.write('[');
      const go = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', go);
      go();
    });
    expect(await rejection(all({ url: server.url }, { maxResponseBytes: 2 ** 20 }))).toBeInstanceOf(
      ResponseTooLargeError,
    );
    await until('the connection is freed', () => server.inFlight() === 0);
  });

  it('S9 a cursor over 16 KiB is an error, and none of it is sent', async () => {
    for (const place of [{}, { place: inBody() }]) {
      const server = await serve((_seen, response) => json(response, { items: [1], next: 'x'.repeat(16 * 1024 + 1) }));
      const strategy = cursor<number>({ items: 'items', next: 'next', ...place });
      const error = await rejection(all({ url: server.url, method: 'POST' }, {}, strategy as never));
      expect(error).toBeInstanceOf(ExtractError);
      expect(error.message).not.toContain('xxx');
      expect(server.seen).toHaveLength(1);
    }
  });

  it('R2 S9 headers that are too large are an error, and not retried', async () => {
    const server = await serveRaw((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(40_000)}\r\nContent-Length: 12\r\n\r\n{"items":[]}`),
    );
    const error = await rejection(all({ url: server.url }));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toContain('OVERFLOW');
    expect([server.requests(), error.message.includes('xxx')]).toEqual([1, false]);
  });

  it('R2 a certificate that signs itself is an error, and not retried', async () => {
    let handshakes = 0;
    const server = createServer(selfSigned(), (_request, response) => response.end('{"items":[]}'));
    server.on('connection', () => handshakes++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const error = await rejection(all({ url: `https://localhost:${port}/items` }));
      expect(error).toBeInstanceOf(TransportError);
      expect(error.message).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT|self.signed certificate/i);
      expect([error['attempts'], handshakes]).toEqual([1, 1]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each(['before the headers', 'in the headers', 'in a chunked body', 'in a body with a length'])(
    'R1 a connection that breaks %s is retried',
    async (where) => {
      const server = await serveRaw((socket, index) => {
        const page = Number(index > 1);
        const body = JSON.stringify({ items: page === 0 ? [1, 2] : [] });
        if (index > 0) socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        else if (where === 'before the headers') socket.resetAndDestroy();
        else if (where === 'in the headers') socket.write('HTTP/1.1 200 OK\r\nContent-', () => socket.resetAndDestroy());
        else {
          const length = where === 'in a chunked body' ? 'Transfer-Encoding: chunked' : 'Content-Length: 100';
          const part = where === 'in a chunked body' ? 'd\r\n{"items":[9]}\r\n' : '{"items":[9]}';
          socket.write(`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${part}`, () => setTimeout(() => socket.resetAndDestroy(), 20));
        }
      });
      expect(await all({ url: server.url })).toEqual([1, 2]);
      expect(server.requests()).toBe(3);
    },
  ); // prettier-ignore

  it('R1 a server that is not up yet is retried', async () => {
    const gone = await serve(() => {});
    await gone.close();
    const error = await rejection(all({ url: gone.url }));
    expect(error).toMatchObject({ name: 'TransportError', attempts: 3 });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it.each([3_600_000, -3_600_000])('R14 a jump of the wall clock by %i ms neither ends nor prolongs an attempt', async (jump) => {
    const real = Date.now;
    const clock = jest.spyOn(Date, 'now');
    try {
      const slow = await serve(async (seen, response) => {
        clock.mockImplementation(() => real() + jump);
        await settle(50);
        numbered(5)(seen, response);
      });
      expect(await all({ url: slow.url }, { attemptTimeout: 20_000 })).toEqual(rows(5));
      clock.mockImplementation(real);
      const silent = await serve(() => void clock.mockImplementation(() => real() + jump));
      expect(await rejection(all({ url: silent.url }, { attemptTimeout: 100 }))).toBeInstanceOf(AttemptTimeoutError);
    } finally {
      clock.mockRestore();
    }
  }); // prettier-ignore

  it('R13 the last error is thrown unchanged, with everything known about it', async () => {
    const server = await serve((seen, response) =>
      seen.url.searchParams.get('page') === '2' ? json(response, { why: 1 }, 503) : numbered(50)(seen, response),
    );
    const error = await rejection(all({ url: `${server.url}?q=hush`, headers: { authorization: 'hush', 'x-a': 'b' } }));
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({
      status: 503,
      attempts: 3,
      pageIndex: 1,
      request: { method: 'GET', headers: { authorization: '[redacted]', 'x-a': '[redacted]' } },
      resume: { position: { page: 2, size: 10 }, index: 1, itemsBefore: 10 },
      response: { status: 503, body: { why: 1 } },
    });
    expect(JSON.stringify(error)).not.toContain('hush');
    expect(server.seen).toHaveLength(4);
  });
});

describe('R13 errors of others', () => {
  it('are the cause, unchanged', async () => {
    for (const mine of [
      Object.freeze(Object.assign(new Error('x'), { code: 'EPIPE' })),
      Object.freeze({ odd: 1 }),
      'text',
    ]) {
      const before = JSON.stringify(mine);
      const pages = paginate({ body: {} }, counting(1), {
        transport: () => Promise.reject(mine),
        policy: retryRequests({ base: 0, retries: 1 }),
      });
      const error = await rejection(lastValueFrom(pages));
      expect(error).toBeInstanceOf(TransportError);
      expect([error.cause, JSON.stringify(mine)]).toEqual([mine, before]);
    }
  });
});
