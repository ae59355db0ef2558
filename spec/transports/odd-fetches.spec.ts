import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { lastValueFrom, toArray } from 'rxjs';
import {
  fetchTransport, items, pageNumber, paginate, retryRequests, singlePage, type Fetch, type WalkEvent,
} from 'pagewise'; // prettier-ignore
import { platform as browser } from '../../lib/transports/platform.browser.js';
import { httpTransport } from '../../lib/transports/http-transport.js';
import { json, serve } from '../support/server.js';
import { rejection } from '../support/walks.js';

const url = 'https://api.example.com/items';
const list = [1, 2, 3];
const text = JSON.stringify(list);
const bytes = new TextEncoder().encode(text);

/** Both builds read what a fetch gives. */
const platforms = {
  node: (fetch: Fetch) => fetchTransport({ fetch }),
  browser: (fetch: Fetch) => httpTransport('fetchTransport', {}, browser.wire(fetch)),
};

const walk = (given: unknown, platform: keyof typeof platforms, headers = {}) => {
  let sent = 0;
  const fetch = (() => (sent++, Promise.resolve(given))) as unknown as Fetch;
  const policy = retryRequests({ base: 0, retries: 2 });
  const page = lastValueFrom(
    paginate({ url, headers }, singlePage<number>(), { transport: platforms[platform](fetch), policy }),
  );
  return { page, sent: () => sent };
};

/** As React Native's: bytes are not implemented, and whoever has asked for them can't read the text any more. */
const reactNative = () => {
  let used = false;
  const use = () => {
    if (used) throw new TypeError('Already read');
    used = true;
  };
  return {
    status: 200,
    headers: new Map([['content-type', 'application/json']]),
    arrayBuffer: async () => (use(), Promise.reject(new Error('FileReader.readAsArrayBuffer is not implemented'))),
    text: async () => (use(), text),
    clone: reactNative,
  };
};

describe.each(Object.keys(platforms) as (keyof typeof platforms)[])(
  'a fetch of yours, in the build for %s',
  (platform) => {
    it.each<[string, () => unknown]>([
    ['only text()', () => ({ status: 200, text: async () => text })],
    ['a text() that is not a promise', () => ({ status: 200, text: () => text })],
    ['only json()', () => ({ status: 200, json: async () => list })],
    ['ok and json(), as mocks have', () => ({ ok: true, json: async () => list })],
    ['only arrayBuffer()', () => ({ status: 200, arrayBuffer: async () => bytes.buffer })],
    ['only blob()', () => ({ status: 200, blob: async () => new Blob([text]) })],
    ['a blob() with only text()', () => ({ status: 200, blob: async () => ({ text: async () => text }) })],
    ['arrayBuffer() not implemented', reactNative],
    ['body: null and text()', () => ({ status: 200, body: null, text: async () => text })],
    ['a Node stream', () => ({ status: 200, body: Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]) })],
    ['a Node stream of texts', () => ({ status: 200, body: Readable.from(['[1,', '2,3]']) })],
    ['a Node stream that can only be listened to', () => ({ status: 200, body: listened(['[1,', '2,3]']) })],
    ['a web stream that can only be read', () => ({ status: 200, body: { getReader: () => new Response(text).body?.getReader() } })],
    ['arrayBuffer() and text(), and no clone()', () => ({ status: 200, arrayBuffer: async () => bytes.buffer, text: async () => text })],
    ['a blob() with only arrayBuffer()', () => ({ status: 200, blob: async () => ({ arrayBuffer: async () => bytes.buffer }) })],
    ['an async iterable', () => ({ status: 200, body: (async function* () { yield* [bytes]; })() })],
    ['a web stream of texts', () => ({ status: 200, body: new ReadableStream({ start: (to) => (to.enqueue(text), to.close()) }) })],
    ['a text as its body', () => ({ status: 200, body: text })],
    ['bytes as its body', () => ({ status: 200, body: bytes })],
    ['plain headers', () => ({ status: 200, headers: { 'Content-Type': 'application/json' }, text: async () => text })],
    ['headers with get alone', () => ({ status: 200, headers: { get: () => null }, text: async () => text })],
    ['a Response', () => new Response(text)],
  ])('T10 reads a response with %s', async (_name, given) => {
    const page = await walk(given(), platform).page;
    expect(page.items).toEqual(list);
    expect(structuredClone(page)).toMatchObject({ items: list, response: { status: 200 } });
  }); // prettier-ignore

    const used = new Response(text);
    void used.text();
    const locked = new Response(text);
    locked.body?.getReader();
    it.each<[string, unknown, string]>([
      ['no body', { status: 200 }, 'a Response without a body, and without text(), json(), arrayBuffer() or blob()'],
      ['a body that has been read', used, 'a Response whose body has been read already'],
      ['a body that is being read', locked, 'a Response whose body has been read already'],
      ['a parsed body', { status: 200, body: { items: [] } }, 'a Response whose body is an object with items'],
      ['no status', { ok: false, json: async () => list }, 'has no status'],
      ["axios's answer", { data: list }, 'an object with data, which has no status'],
      ['nothing', undefined, 'undefined, which is not a Response'],
      ['null', null, 'null, which is not a Response'],
      [
        'a body that says it has been read',
        { status: 200, bodyUsed: true, text: async () => text },
        'a Response whose body has been read already',
      ],
      ['a text', 'text', '"text", which is not a Response'],
      ['numbers in its stream', { status: 200, body: Readable.from([5]) }, 'a body with 5 in it'],
      ['json() of nothing', { status: 200, json: async () => undefined }, 'json() gives nothing'],
      ['an opaque answer', { status: 0, type: 'opaque' }, "leave mode: 'no-cors' out"],
    ])('H1 says what is wrong with a response with %s, once', async (_name, given, message) => {
      const { page, sent } = walk(given, platform);
      const error = await rejection(page);
      expect(error.name).toBe('TransportError');
      expect(error.message).toContain(message);
      expect(sent()).toBe(1);
    });

    it.each<[string, () => object, string]>([
      ['no body, as it says itself', () => ({ status: 200, body: null }), 'an empty body with status 200'],
      ['bytes that can not be read', () => ({ status: 200, arrayBuffer: () => Promise.reject(new Error('no bytes')) }), 'no bytes'],
      ['a Node stream that fails', () => ({ status: 200, body: listened(['[1,'], 'error') }), 'no more'],
      ['a Node stream that closes before its end', () => ({ status: 200, body: listened(['[1,'], 'close') }), 'Premature close'],
    ])('H1 a response with %s is an error', async (_name, given, message) => {
      const transport = platforms[platform]((() => Promise.resolve(given())) as unknown as Fetch);
      const pages = paginate({ url }, singlePage(), { transport, policy: retryRequests({ retries: 0 }) });
      expect((await rejection(lastValueFrom(pages))).message).toContain(message);
    }); // prettier-ignore

    it('T5 stops reading a body that is too large, and frees its connection', async () => {
      let freed = 0;
      const chunk = new Uint8Array(1000);
      const web = new ReadableStream({ pull: (to) => to.enqueue(chunk), cancel: () => void freed++ });
      const node = () => new Readable({ read() { this.push(chunk); }, destroy: (_error, done) => (freed++, done(null)) }); // prettier-ignore
      const iterated = async function* () {
        try {
          for (;;) yield chunk;
        } finally {
          freed++;
        }
      };
      const small = async (body: unknown) => {
        const fetch = (() => Promise.resolve({ status: 200, body })) as unknown as Fetch;
        const options = { maxResponseBytes: 2500 };
        const transport = platform === 'node' ? fetchTransport({ ...options, fetch }) : httpTransport('fetchTransport', options, browser.wire(fetch)); // prettier-ignore
        return (await rejection(lastValueFrom(paginate({ url }, singlePage(), { transport })))).name;
      };
      for (const [index, body] of [web, node(), iterated()].entries())
        expect([await small(body), freed]).toEqual(['ResponseTooLargeError', index + 1]);
      // There is nothing to free that this one has a word for.
      expect(await small(listened(['x'.repeat(3000)]))).toBe('ResponseTooLargeError');
    });

    it('a 204 without a body is an empty page', async () => {
      expect((await walk({ status: 204, json: () => Promise.reject(new Error('no')) }, platform).page).items).toEqual(
        [],
      );
    });

    it('R1 retries network failures without codes, and no mistakes', async () => {
    const attempts = async (error: unknown) => {
      let sent = 0;
      const fetch: Fetch = () => (sent++, Promise.reject(error));
      const policy = retryRequests({ base: 0, retries: 2 });
      await rejection(lastValueFrom(paginate({ url }, singlePage(), { transport: platforms[platform](fetch), policy })));
      return sent;
    };
    for (const words of [
      'Failed to fetch', 'fetch failed', 'NetworkError when attempting to fetch resource.', 'Network request failed',
      'error sending request for url (https://api.example.com/)', 'terminated',
    ]) expect(await attempts(new TypeError(words))).toBe(3);
    expect(await attempts(new Error('Network connection lost.'))).toBe(3);
    expect(await attempts(Object.assign(new Error('Unable to connect.'), { code: 'ConnectionRefused' }))).toBe(3);
    for (const words of ["Cannot read properties of undefined (reading 'x')", 'fetch is not a function'])
      expect(await attempts(new TypeError(words))).toBe(1);
    expect(await attempts(Object.assign(new TypeError('fetch failed'), { cause: { code: 'CERT_HAS_EXPIRED' } }))).toBe(1);
  }); // prettier-ignore

    it.each([
    ['with secrets', { authorization: 'Bearer SECRET' }],
    ['without', {}],
  ])('T7 follows a redirect that is shown, and one that is hidden, %s', async (_name, headers) => {
    for (const hidden of [true, false]) {
      const server = await serve(({ url }, response) =>
        url.pathname === '/moved' ? json(response, list) : void response.writeHead(302, { location: '/moved' }).end(),
      );
      const fetch: Fetch = async (asked, init) => {
        const response = await globalThis.fetch(asked, init);
        return hidden && response.status === 302 ? opaque() : response;
      };
      const page = paginate({ url: `${server.url}/old`, headers }, singlePage<number>(), { transport: platforms[platform](fetch) });
      expect((await lastValueFrom(page)).items).toEqual(list);
      const last = server.seen.at(-1);
      expect([last?.url.pathname, last?.headers.authorization]).toEqual(['/moved', 'authorization' in headers ? 'Bearer SECRET' : undefined]);
    }
  }); // prettier-ignore

    it('T7 S1 no secret goes to another origin by a hidden redirect, and another method says what to do', async () => {
      const other = await serve((_, response) => json(response, list));
      const server = await serve((_, response) => void response.writeHead(302, { location: other.url }).end());
      const fetch: Fetch = async (asked, init) => {
        const response = await globalThis.fetch(asked, init);
        return response.status === 302 ? opaque() : response;
      };
      const run = (request: object) =>
        rejection(
          lastValueFrom(
            paginate({ url: server.url, headers: { authorization: 'Bearer SECRET' }, ...request }, singlePage(), {
              transport: platforms[platform](fetch),
            }),
          ),
        );
      expect(await run({})).toMatchObject({ name: 'CrossOriginError' });
      expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      const posted = await run({ method: 'POST', body: {} });
      expect(posted).toMatchObject({ name: 'RedirectError', attempts: 1 });
      expect(posted.message).toContain('use the final URL in the request');
      expect(other.seen).toHaveLength(1);
    });
  },
);

it('R1 a server that resets each connection after its answer costs no wait per page', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    let requests = 0;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (++requests > 1) {
        socket.resetAndDestroy();
        return;
      }
      const page = Number(/page=(\d+)/.exec(String(data))?.[1]);
      const body = JSON.stringify({ items: page > 3 ? [] : [page] });
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
  });
  await new Promise<void>((done) => server.listen(0, done));
  const waits: number[] = [];
  const events = { next: (event: WalkEvent) => void (event.type === 'wait' && waits.push(event.ms)) };
  const own = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  const pages = paginate({ url: own }, pageNumber<number>({ items: 'items' }), { events });
  expect(await lastValueFrom(pages.pipe(items(), toArray()))).toEqual([1, 2, 3]);
  expect(waits).toEqual([0, 0, 0]);
  expect(connections).toBe(4);
  server.close();
});

/** As the streams of old polyfills are: events, and nothing else. */
function listened(chunks: readonly string[], last: 'end' | 'close' | 'error' = 'end') {
  const stream = new EventEmitter();
  setImmediate(() => {
    for (const chunk of chunks) stream.emit('data', chunk);
    if (last === 'error') stream.emit('error', new Error('no more'));
    if (last === 'end') stream.emit('end');
    stream.emit('close');
  });
  return { on: stream.on.bind(stream) };
}

const opaque = () =>
  ({ type: 'opaqueredirect', status: 0, url: '', headers: new Headers(), body: null }) as unknown as Response;
