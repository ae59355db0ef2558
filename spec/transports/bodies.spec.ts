import { describe, expect, it } from '@jest/globals';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { lastValueFrom, toArray } from 'rxjs';
import { fetchTransport, HttpError, paginate, singlePage, TransportError, type PageRequest } from 'pagewise';
import { undiciTransport } from 'pagewise/node';
import { serve, serveRaw, until } from '../support/server.js';
import { onEachTransport, type Make, type Options } from '../support/transports.js';
import { itemsOf, plain, rejection } from '../support/walks.js';

const all = async (make: Make, request: PageRequest, options?: Options) =>
  itemsOf(await lastValueFrom(paginate(request, singlePage(), { transport: make(options), policy: plain }).pipe(toArray()))); // prettier-ignore

const encoded = (encoding: string, body: Buffer, status = 200) =>
  serve((_seen, response) => {
    response.writeHead(status, { 'content-encoding': encoding });
    response.end(body);
  });

/** Big enough for several chunks, and not too easy to compress. */
const long = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 100_003));

onEachTransport('what a request carries', (make, name) => {
  const bytes = new TextEncoder().encode('b=1&c=2');
  const post = { method: 'POST' };

  it.each<[string, unknown, string | undefined, string]>([
    ['a string', 'a=1', 'text/plain;charset=UTF-8', 'a=1'],
    ['parameters', new URLSearchParams({ a: 'é &' }), 'application/x-www-form-urlencoded;charset=UTF-8', 'a=%C3%A9+%26'],
    ['bytes', bytes, undefined, 'b=1&c=2'],
    ['a part of a buffer', new DataView(bytes.buffer, 4, 3), undefined, 'c=2'],
    ['a buffer', bytes.buffer, undefined, 'b=1&c=2'],
    ['a blob', new Blob(['{}'], { type: 'application/x-mine' }), 'application/x-mine', '{}'],
    ['JSON', { a: ['é'] }, 'application/json', '{"a":["é"]}'],
    ['a list as JSON', [1], 'application/json', '[1]'],
    ['nothing', undefined, undefined, ''],
  ])('%s', async (_what, body, type, sent) => {
    const server = await serve((_seen, response) => void response.end('[]'));
    await all(make, { url: server.url, ...post, body });
    expect([server.seen[0]?.headers['content-type'], server.seen[0]?.body]).toEqual([type, sent]);
  }); // prettier-ignore

  it('a form with a file', async () => {
    const server = await serve((_seen, response) => void response.end('[]'));
    const body = new FormData();
    body.append('name', 'value é');
    body.append('file', new Blob(['text'], { type: 'text/x-mine' }), 'file.txt');
    await all(make, { url: server.url, ...post, body });
    const [seen] = server.seen;
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(seen?.headers['content-type'] ?? '')?.[1] ?? 'none';
    expect(seen?.body).toContain(`--${boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\nvalue é`);
    expect(seen?.body).toMatch(/name="file"; filename="file.txt"\r\nContent-Type: text\/x-mine\r\n\r\ntext\r\n/);
  });

  it('your own Content-Type', async () => {
    const server = await serve((_seen, response) => void response.end('[]'));
    for (const body of [new Blob(['x'], { type: 'a/b' }), 'x', { a: 1 }, new URLSearchParams('a=1')])
      await all(make, { url: server.url, ...post, body, headers: { 'CONTENT-type': 'mine/own' } });
    expect(server.seen.map(({ headers }) => headers['content-type'])).toEqual(Array.from({ length: 4 }, () => 'mine/own')); // prettier-ignore
  });

  it('headers that were modified between two pages', async () => {
    const headers: Record<string, string> = { authorization: 'one' };
    const server = await serve((_seen, response) => {
      headers['authorization'] = 'two';
      if (server.seen.length === 2) headers['x-more'] = 'x';
      response.end('[]');
    });
    const transport = make();
    for (let i = 0; i < 3; i++) await all(() => transport, { url: server.url, headers });
    expect(server.seen.map((seen) => [seen.headers.authorization, seen.headers['x-more']])).toEqual([
      ['one', undefined],
      ['two', undefined],
      ['two', 'x'],
    ]);
  });

  it('the query and path byte for byte, whatever is cached', async () => {
    const server = await serve((_seen, response) => void response.end('[]'));
    const transport = make();
    const targets = ['/items?a=1', '/items?b=%2F+%20', "/items?c='d'", '/items?e=ü', '/other?f=[]|{}^`', '/items', '/items?g=1?h=#x', '/?i', '/ a?j= k']; // prettier-ignore
    for (const target of targets) await all(() => transport, { url: server.origin + target });
    expect(server.seen.map(({ target }) => target)).toEqual(
      targets.map((target) => {
        const { pathname, search } = new URL(server.origin + target);
        // A fetch escapes apostrophes in a query itself.
        const sent = name.endsWith('fetch') && name !== 'cross-fetch' ? search : search.replaceAll('%27', "'");
        return pathname + sent;
      }),
    );
  });
});

onEachTransport('compressed answers', (make) => {
  it.each<[string, Buffer]>([
    ['gzip', gzipSync(long)],
    ['deflate', deflateSync(long)],
    ['deflate', deflateRawSync(long)],
    ['br', brotliCompressSync(long)],
    ['GZIP', gzipSync(long)],
    ['identity', Buffer.from(long)],
  ])('%s', async (encoding, body) => {
    const server = await encoded(encoding, body);
    expect(await all(make, { url: server.url })).toEqual(JSON.parse(long));
    expect(server.seen[0]?.headers['accept-encoding']).toMatch(/gzip.*deflate/);
  });

  it.each([
    ['with a length', (size: number) => `Connection: close\r\nContent-Length: ${size}`],
    ['that ends with its connection', () => 'Connection: close'],
    ['of a connection that was to be kept', (size: number) => `Content-Length: ${size}`],
  ])('one over 16 kB %s, which closes right after it, is whole (it ended the process)', async (_how, headers) => {
    const text = JSON.stringify(Array.from({ length: 4000 }, (_, i) => Math.sin(i)));
    const body = gzipSync(text);
    expect(body.length).toBeGreaterThan(20_000);
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n${headers(body.length)}\r\n\r\n`;
    const server = await serveRaw((socket) => void socket.end(Buffer.concat([Buffer.from(head), body])));
    for (let i = 0; i < 5; i++) expect(await all(make, { url: server.url })).toEqual(JSON.parse(text));
    await until('no connection is left', () => server.asked.size === 0);
  });

  it('an empty one is an empty body', async () => {
    const server = await encoded('gzip', Buffer.alloc(0), 500);
    expect(await rejection(all(make, { url: server.url }))).toBeInstanceOf(HttpError);
  });

  it('a corrupt one is a transport failure, and not retried', async () => {
    const corrupt = gzipSync(long);
    corrupt.fill(0x55, 1000, 1200);
    const server = await encoded('gzip', corrupt);
    const error = await rejection(lastValueFrom(paginate({ url: server.url }, singlePage(), { transport: make() })));
    expect(error).toBeInstanceOf(TransportError);
    expect([server.seen.length, error.message.includes('Z_DATA_ERROR')]).toEqual([1, true]);
    await until('the connection is freed', () => server.inFlight() === 0);
  });

  it('T5 of a compressed error 64 KiB are read', async () => {
    const server = await encoded('gzip', gzipSync(Buffer.alloc(5 * 2 ** 20, 'x')), 500);
    const error = await rejection(all(make, { url: server.url }));
    expect(error).toBeInstanceOf(HttpError);
    expect((error['response'] as { body: string }).body).toBe('x'.repeat(65_536));
    await until('the connection is freed', () => server.inFlight() === 0);
  });
});

// Fetches that decompress by themselves accept a partial body as complete.
describe.each<[string, Make]>([
  ['fetchTransport', fetchTransport],
  ['undiciTransport', undiciTransport],
])('compressed answers (%s)', (_name, make) => {
  it.each<[string, Buffer]>([
    ['gzip', gzipSync(long)],
    ['deflate', deflateSync(long)],
    ['br', brotliCompressSync(long)],
  ])('%s that is cut off is a failure, whatever reads it', async (encoding, whole) => {
    const server = await encoded(encoding, whole.subarray(0, whole.length - 100));
    const error = await rejection(all(make, { url: server.url }, { decode: (text) => text.split(',') }));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toContain('unexpected end of file');
  });

  it('an unknown coding is left to decode', async () => {
    const server = await encoded('rot13', Buffer.from('abc'));
    expect(await all(make, { url: server.url }, { decode: (text) => [text] })).toEqual(['abc']);
  });

  it('your own Accept-Encoding is sent as is', async () => {
    const server = await serve((_seen, response) => void response.end('[]'));
    await all(make, { url: server.url, headers: { 'Accept-Encoding': 'identity' } });
    expect(server.seen[0]?.headers['accept-encoding']).toBe('identity');
  });
});
