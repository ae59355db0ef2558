import { describe, expect, it } from '@jest/globals';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import {
  AttemptTimeoutError,
  CrossOriginError,
  HttpError,
  inBody,
  items,
  pageNumber,
  paginate,
  ParseError,
  RedirectError,
  ResponseTooLargeError,
  retryRequests,
  TransportError,
  type PageRequest,
} from 'pagewise';
import { json, numbered, rows, serve, serveRaw, settle, until } from '../support/server.js';
import { onEachTransport, type Options } from '../support/transports.js';
import { itemsOf, plain, rejection } from '../support/walks.js';

onEachTransport('over HTTP', (transport) => {
  const strategy = pageNumber<number>({ items: 'items', size: 10 });
  const pagesAt = (request: PageRequest | string, options: Options = {}) =>
    paginate(typeof request === 'string' ? { url: request } : request, strategy, {
      transport: transport(options),
      policy: plain,
    });
  const all = (request: PageRequest | string, options?: Options) =>
    lastValueFrom(pagesAt(request, options).pipe(toArray()));
  const failure = (request: PageRequest | string, options?: Options) => rejection(all(request, options));

  it('pages a GET in the query', async () => {
    const server = await serve(numbered(25));
    const pages = await all({ url: `${server.url}?q=a%20b`, headers: { authorization: 'Key x' } });
    expect(itemsOf(pages)).toEqual(rows(25));
    expect(server.seen.map(({ method, url }) => `${method} ${url.search}`)).toEqual(
      [1, 2, 3, 4].map((page) => `GET ?q=a%20b&page=${page}&per_page=10`),
    );
    expect(server.seen[0]?.headers).toMatchObject({ accept: 'application/json', authorization: 'Key x' });
  });

  it('pages a POST in the body', async () => {
    const server = await serve(({ body }, response) => {
      const { page, per_page: size } = (JSON.parse(body) as { pagination: { page: number; per_page: number } })
        .pagination;
      json(response, { items: rows(25).slice((page - 1) * size, page * size) });
    });
    const request = { url: server.url, method: 'POST', body: { searches: ['dog'] } };
    const pages = paginate(request, pageNumber<number>({ items: 'items', size: 10, place: inBody('pagination') }), {
      transport: transport(),
    });
    expect(await lastValueFrom(pages.pipe(items(), toArray()))).toEqual(rows(25));
    expect(server.seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      [1, 2, 3, 4].map((page) => ({ searches: ['dog'], pagination: { page, per_page: 10 } })),
    );
    expect(server.seen[0]?.headers['content-type']).toBe('application/json');
  });

  it('keeps the connection from page to page', async () => {
    const server = await serve(numbered(95));
    const ports = new Set<number | undefined>();
    const pages = pagesAt(server.url);
    for await (const _ of pages) for (const socket of server.sockets) ports.add(socket.remotePort);
    expect(server.seen).toHaveLength(11);
    expect(ports.size).toBeLessThan(4);
  });

  describe('T1 attemptTimeout', () => {
    it('covers a server that accepts and never answers', async () => {
      const server = await serveRaw(() => {});
      const error = await failure(server.url, { attemptTimeout: 100 });
      expect(error).toBeInstanceOf(AttemptTimeoutError);
      expect(error.message).toMatch(/^Page 1 failed: no complete answer within 100 ms \(`attemptTimeout`\), GET http/);
      await until('the socket is freed', () => server.asked.size === 0);
    });

    it('covers headers without a body, and a body that trickles', async () => {
      const server = await serveRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[');
        const drip = setInterval(() => socket.write(' '), 20);
        socket.once('close', () => clearInterval(drip));
      });
      expect(await failure(server.url, { attemptTimeout: 150 })).toBeInstanceOf(AttemptTimeoutError);
      await until('the socket is freed', () => server.asked.size === 0);
    });

    it('covers a body cut off below its Content-Length, and the next attempt succeeds', async () => {
      const server = await serveRaw((socket, index) => {
        const body = JSON.stringify({ items: index === 1 ? [1, 2] : [] });
        if (index > 0)
          socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"items":[1]}'); // A valid prefix.
      });
      const pages = paginate({ url: server.url }, strategy, {
        transport: transport({ attemptTimeout: 300 }),
        policy: retryRequests({ base: 1 }),
      });
      expect(await lastValueFrom(pages.pipe(items(), toArray()))).toEqual([1, 2]);
      expect(server.requests()).toBe(3);
    });
  });

  describe('T3 unsubscribing frees the socket', () => {
    it.each([
      ['before the headers', () => {}],
      [
        'in the body',
        (socket: { write(text: string): void }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"it'),
      ],
    ])('%s', async (_phase, answerPartly) => {
      const server = await serveRaw((socket) => void answerPartly(socket));
      const seen: unknown[] = [];
      const tell = (what: unknown) => seen.push(what);
      const subscription = pagesAt(server.url).subscribe({ next: tell, error: tell, complete: () => tell('complete') });
      await until('the request arrives', () => server.requests() === 1);
      await settle(20);
      subscription.unsubscribe();
      await until('the socket is closed', () => server.asked.size === 0);
      expect(seen).toEqual([]);
    });

    it('while connecting', async () => {
      const server = await serve(numbered(25));
      pagesAt(server.url)
        .subscribe({ error: () => {} })
        .unsubscribe();
      await settle();
      expect([server.seen.length, server.sockets.size]).toEqual([0, 0]);
    });

    it('E7 an answered request is not aborted', async () => {
      const server = await serve(numbered(25));
      await firstValueFrom(pagesAt(server.url));
      await settle();
      expect([server.seen.length, server.aborted()]).toEqual([1, 0]);
    });
  });

  it('T4 a thousand pages leave no listener on the signal, and cause no warning', async () => {
    const server = await serve(numbered(1000));
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const controller = new AbortController();
    const { signal } = controller;
    let [listeners, most] = [0, 0];
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = ((...args: Parameters<typeof add>) => (
      (most = Math.max(most, ++listeners)),
      add(...args)
    )) as typeof add;
    signal.removeEventListener = ((...args: Parameters<typeof remove>) => (
      listeners--,
      remove(...args)
    )) as typeof remove;
    const pages = paginate({ url: server.url }, pageNumber({ items: 'items', size: 1 }), {
      transport: transport(),
      signal,
    });
    let count = 0;
    for await (const page of pages) count += page.items.length;
    process.off('warning', onWarning);
    expect([count, most, listeners, warnings]).toEqual([1000, 1, 0, []]);
  }, 60_000);

  it('T5 reads at most 64 KiB of an error body, and leaves no socket behind', async () => {
    const megabytes = Buffer.alloc(5 * 2 ** 20, 'x');
    const server = await serve((_seen, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(megabytes);
    });
    for (let i = 0; i < 50; i++) {
      const error = await failure(server.url);
      expect(error).toBeInstanceOf(HttpError);
      expect((error['response'] as { body: string }).body.length).toBe(65_536);
    }
    await until('no request is left', () => server.inFlight() === 0);
    expect(server.sockets.size).toBeLessThan(5);
  }, 60_000);

  it('T6 the abort reason reaches the caller as the same object', async () => {
    const server = await serve(() => {});
    const controller = new AbortController();
    const reason = { why: 'enough' };
    const failed = rejection(
      lastValueFrom(paginate({ url: server.url }, strategy, { transport: transport(), signal: controller.signal })),
    );
    await until('the request arrives', () => server.seen.length === 1);
    controller.abort(reason);
    expect(await failed).toBe(reason);
    await until('the socket is closed', () => server.inFlight() === 0);
  });

  describe('T7 redirects', () => {
    const redirecting = async (status: number, location?: string, pages = numbered(5)) =>
      serve((seen, response) => {
        if (seen.url.pathname === '/moved') return pages(seen, response);
        response.writeHead(status, location === undefined ? {} : { location: location + seen.url.search });
        response.end('moved');
      });

    it.each([301, 302, 307, 308])('follows a %i of a GET within the origin', async (status) => {
      const server = await redirecting(status, '/moved');
      const pages = await all(server.url);
      expect(itemsOf(pages)).toEqual(rows(5));
      expect(pages[0]?.response.url).toBe(`${server.origin}/moved?page=1&per_page=10`);
    });

    it('a 303 becomes a GET without body, 307 and 308 keep method and body', async () => {
      for (const [status, method, body] of [
        [303, 'GET', ''],
        [307, 'POST', '{"q":1'],
        [308, 'POST', '{"q":1'],
      ] as const) {
        const server = await redirecting(status, '/moved', (_seen, response) => json(response, { items: [] }));
        await lastValueFrom(
          paginate(
            { url: server.url, method: 'POST', body: { q: 1 } },
            pageNumber({ items: 'items', place: inBody() }),
            {
              transport: transport(),
            },
          ),
        );
        const arrived = server.seen[1];
        expect([arrived?.method, arrived?.body.startsWith(body), arrived?.headers['content-type']]).toEqual([
          method, true, method === 'GET' ? undefined : 'application/json',
        ]); // prettier-ignore
      }
    });

    it('refuses a 302 of a POST, which would lose its body', async () => {
      const server = await redirecting(302, '/moved');
      const error = await failure({ url: server.url, method: 'POST', body: {} });
      expect(error).toBeInstanceOf(RedirectError);
      expect(server.seen).toHaveLength(1);
    });

    it('S1 refuses another origin before anything is sent there', async () => {
      const evil = await serve(numbered(5));
      const server = await redirecting(302, `${evil.origin}/moved`);
      const error = await failure({ url: server.url, headers: { authorization: 'Key secret', 'x-api-key': 'secret' } });
      expect(error).toBeInstanceOf(CrossOriginError);
      expect(error).toMatchObject({ from: server.origin, to: evil.origin });
      expect([evil.seen.length, evil.sockets.size]).toEqual([0, 0]);
      await until('the first socket is freed', () => server.inFlight() === 0);
    });

    it.each(['javascript:alert(1)', 'file:///etc/passwd', 'ftp://127.0.0.1/'])(
      'S4 refuses a redirect to %s',
      async (location) => {
        const server = await serve((_seen, response) => {
          response.writeHead(302, { location });
          response.end();
        });
        expect(await failure(server.url)).toBeInstanceOf(CrossOriginError);
      },
    );

    it('fails after 5 hops, and without Location', async () => {
      const endless = await redirecting(302, '/items');
      expect((await failure(endless.url)).message).toContain('more than 5 redirects');
      expect(endless.seen).toHaveLength(6);
      const nowhere = await redirecting(302);
      expect((await failure(nowhere.url)).message).toContain('a redirect (302) without Location');
      expect(nowhere.seen).toHaveLength(1);
    });
  });

  it('T8 counts decompressed bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 2 ** 20, ' '));
    const server = await serve((_seen, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const error = await failure(server.url, { maxResponseBytes: 2 ** 20 });
    expect(error).toBeInstanceOf(ResponseTooLargeError);
    expect(error.message).toContain('1048576 bytes (`maxResponseBytes`)');
    await until('the socket is freed', () => server.inFlight() === 0);
  });

  describe('T9 bodies', () => {
    const answering = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
      serve((_seen, response) => {
        response.writeHead(status, headers);
        response.end(body);
      });

    it('strips a byte order mark, and judges by parsing whatever the Content-Type says', async () => {
      const server = await answering('\ufeff{"items":[]}', { 'content-type': 'text/plain; charset=latin1' });
      expect(itemsOf(await all(server.url))).toEqual([]);
    });

    it('reassembles UTF-8 that is split across chunks', async () => {
      const text = Buffer.from('{"items":["é😀"]}');
      const server = await serve(async ({ url }, response) => {
        if (url.searchParams.get('page') !== '1') return json(response, { items: [] });
        for (const byte of text) {
          response.write(Buffer.from([byte]));
          await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
      });
      expect(itemsOf(await all(server.url))).toEqual(['é😀']);
    });

    it('decompresses gzip', async () => {
      const server = await answering(gzipSync('{"items":[]}'), { 'content-encoding': 'gzip' });
      expect(itemsOf(await all(server.url))).toEqual([]);
      expect(server.seen[0]?.headers['accept-encoding']).toContain('gzip');
      expect(brotliCompressSync('').length).toBeGreaterThan(0);
    });

    it.each(['', '  \n'])('an empty 200 %j is a ParseError', async (body) => {
      const server = await answering(body);
      const error = await failure(server.url);
      expect(error).toBeInstanceOf(ParseError);
      expect(error.message).toContain('an empty body with status 200');
    });

    it('an HTML 200 is a ParseError with at most 200 redacted characters', async () => {
      const server = await answering(`<html>access_token=abcdefghi ${'lorem '.repeat(100)}</html>`, {
        'content-type': 'text/html',
      });
      const error = await failure(server.url);
      expect(error).toBeInstanceOf(ParseError);
      expect(error.message).toContain('the body is not JSON (text/html): <html>');
      expect(error.message).not.toContain('abcdefghi');
      expect(String(error['excerpt']).length).toBeLessThanOrEqual(200);
    });

    it('a 204 is an empty page', async () => {
      const server = await answering('', {}, 204);
      const pages = await all(server.url);
      expect(pages.map(({ items, next }) => [items, next])).toEqual([[[], undefined]]);
    });

    it('parseJson is replaceable, and what it throws is a ParseError', async () => {
      const server = await answering('{"items":[9007199254740993]}');
      const exact = (text: string): unknown => JSON.parse(text.replace(/\d{16,}/g, '"$&"'));
      const page = await firstValueFrom(pagesAt(server.url, { parseJson: exact }));
      expect(page.items).toEqual(['9007199254740993']);
      const error = await failure(server.url, { parseJson: () => { throw new Error('no'); } }); // prettier-ignore
      expect([error.constructor, error.cause]).toEqual([ParseError, new Error('no')]);
    });
  });

  it('a network error keeps its code, and shows no query values', async () => {
    const server = await serve(numbered(1));
    await server.close();
    const error = await failure(`${server.url}?secret=hush`);
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toContain('ECONNREFUSED');
    expect(JSON.stringify([error.message, error.stack, (error.cause as Error).message])).not.toContain('hush');
  });

  it('headers given as a function are called for each attempt', async () => {
    const server = await serve((seen, response, index) =>
      index === 1 ? json(response, {}, 503) : numbered(15)(seen, response),
    );
    let asked = 0;
    const headers = () => Promise.resolve({ authorization: `Key ${++asked}` });
    const pages = paginate({ url: server.url, headers }, strategy, {
      transport: transport(),
      policy: retryRequests({ base: 1 }),
    });
    expect(await lastValueFrom(pages.pipe(items(), toArray()))).toEqual(rows(15));
    expect(server.seen.map((seen) => seen.headers.authorization)).toEqual(['Key 1', 'Key 2', 'Key 3', 'Key 4']);
  });
});
