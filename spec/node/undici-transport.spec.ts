import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { lastValueFrom, toArray } from 'rxjs';
import { Agent, MockAgent, Pool } from 'undici';
import { ConfigError, items, pageNumber, paginate, singlePage, type Attempt, type PageResponse } from 'pagewise';
import { undiciTransport, type UndiciTransport } from 'pagewise/node';
import { json, numbered, rows, serve, serveRaw, settle, until } from '../support/server.js';
import { plain, rejection, thrown } from '../support/walks.js';

jest.setTimeout(60_000);

const strategy = pageNumber<number>({ items: 'items', size: 10 });
const all = (url: string, transport: UndiciTransport) =>
  lastValueFrom(paginate({ url }, strategy, { transport, policy: plain }).pipe(items(), toArray()));
/** One request, outside of a walk. */
const ask = (url: string, transport: UndiciTransport) => {
  const answers: unknown[] = [];
  const observable = transport({ url }, {} as Attempt) as unknown as ReturnType<typeof lastValueFrom> & {
    subscribe(observer: object): { unsubscribe(): void };
  };
  const subscription = observable.subscribe({
    next: ({ body }: PageResponse) => answers.push(body),
    error: (error: Error) => answers.push(error.name),
    complete: () => answers.push('complete'),
  });
  return { answers, leave: () => subscription.unsubscribe() };
};

describe('undiciTransport', () => {
  it('keeps its connections from page to page, at most two at a time', async () => {
    const server = await serve(numbered(995));
    const ports = new Set<number | undefined>();
    for await (const _ of paginate({ url: server.url }, strategy, { transport: undiciTransport() }))
      for (const socket of server.sockets) ports.add(socket.remotePort);
    expect(server.seen).toHaveLength(101);
    expect(ports.size).toBeLessThan(4);
  });

  it('sends its own User-Agent if the request has none', async () => {
    const server = await serve((_seen, response) => json(response, []));
    const transport = undiciTransport();
    for (const headers of [{}, { 'User-Agent': 'mine' }])
      await lastValueFrom(paginate({ url: server.url, headers }, singlePage(), { transport }));
    expect(server.seen.map(({ headers }) => headers['user-agent'])).toEqual(['pagewise', 'mine']);
  });

  it('reads a header that came twice as one, and none from a prototype', async () => {
    const server = await serve((_seen, response) => {
      response.setHeader('x-many', ['a', 'b']);
      json(response, []);
    });
    const { response } = await lastValueFrom(
      paginate({ url: server.url }, singlePage(), { transport: undiciTransport() }),
    );
    expect(['X-Many', 'x-none', 'constructor', '__proto__'].map((name) => response.headers.get(name))).toEqual(['a, b', null, null, null]); // prettier-ignore
  });

  it('a compressed body that endlessly decompresses to nothing is too large', async () => {
    const nothing = Buffer.concat(Array.from({ length: 1000 }, () => gzipSync('')));
    const server = await serve((_seen, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      // With setImmediate: on Node 24 a write calls back before anything else is done, so nothing would ever be read.
      const write = () => void (response.destroyed || response.write(nothing, () => setImmediate(write)));
      write();
    });
    const transport = undiciTransport({ maxResponseBytes: 1000 });
    const error = await rejection(lastValueFrom(paginate({ url: server.url }, singlePage(), { transport })));
    expect(error).toMatchObject({ name: 'ResponseTooLargeError', limitBytes: 1000, attempts: 1 });
    await until('the connection is freed', () => server.inFlight() === 0);
  });

  it('T3 ends a connection that is still being made on unsubscribe', async () => {
    // Accepts, and never answers the handshake.
    const server = await serveRaw(() => {});
    for (const times of [1, 3]) {
      const transport = undiciTransport();
      const asked = Array.from({ length: times }, () => ask(server.url.replace('http:', 'https:'), transport));
      await until('they are connected', () => server.sockets.size === times);
      await settle(20);
      for (const { leave } of asked) leave();
      await until('they are closed', () => server.sockets.size === 0);
      expect(asked.flatMap(({ answers }) => answers)).toEqual([]);
    }
  });

  it('T3 that fails no other request to the same server', async () => {
    const server = await serveRaw(() => {});
    const transport = undiciTransport();
    const [first, second] = [0, 1].map(() => ask(server.url.replace('http:', 'https:'), transport));
    await until('both are connected', () => server.sockets.size === 2);
    await settle(20);
    first?.leave();
    await until('one is closed', () => server.sockets.size === 1);
    await settle();
    expect([server.sockets.size, first?.answers, second?.answers]).toEqual([1, [], []]);
    second?.leave();
    await until('the other is closed', () => server.sockets.size === 0);
  });

  it('T3 unsubscribed from within the same turn, it has sent nothing, whether undici is loaded or not', async () => {
    const server = await serve(numbered(5));
    const transport = undiciTransport();
    ask(server.url, transport).leave();
    await settle(200);
    expect([server.seen.length, server.sockets.size]).toEqual([0, 0]);
    const { answers } = ask(server.url, transport);
    await until('it is answered', () => answers.length === 2);
    const connections = server.sockets.size;
    ask(server.url, transport).leave();
    await settle();
    expect([server.seen.length, server.sockets.size]).toEqual([1, connections]);
  });

  it('pipelining: sends before it is answered', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n';
    const server = await serveRaw((socket, index) => {
      // The first alone, so that there is a connection; then both together, once the other has arrived.
      if (index === 0) socket.write(`${answer}[0]`);
      if (index === 2) socket.write(`${answer}[1]${answer}[2]`);
    });
    const transport = undiciTransport({ pipelining: 2 });
    const first = ask(server.url, transport);
    await until('there is a connection', () => first.answers.length === 2);
    await settle(20);
    const one = ask(server.url, transport);
    await until('the first arrives', () => server.requests() === 2);
    const two = ask(server.url, transport);
    await until('both are answered', () => one.answers.length + two.answers.length === 4);
    expect([one.answers[0], two.answers[0], server.asked.size]).toEqual([[1], [2], 1]);
  });
});

describe('close', () => {
  it('ends the connections after the requests on them, and refuses others', async () => {
    const held: (() => void)[] = [];
    const server = await serve((_seen, response) => void held.push(() => json(response, [1])));
    const transport = undiciTransport();
    const { answers } = ask(server.url, transport);
    await until('the request arrives', () => held.length === 1);
    let closed = false;
    const closing = transport.close().then(() => (closed = true));
    const error = await rejection(lastValueFrom(paginate({ url: server.url }, singlePage(), { transport })));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('undiciTransport: the transport is closed; make another one');
    await settle();
    expect([closed, answers]).toEqual([false, []]);
    held[0]?.();
    await closing;
    expect(answers).toEqual([[1], 'complete']);
    await until('no connection is left', () => server.sockets.size === 0);
    await transport.close();
    expect(server.seen).toHaveLength(1);
  });

  it('is done immediately if nothing was sent, and while undici loads', async () => {
    const server = await serve(numbered(5));
    const unused = undiciTransport();
    await unused.close();
    const loading = undiciTransport();
    const walk = all(server.url, loading);
    const closed = loading.close();
    expect((await rejection(walk)).name).toMatch(/^(ConfigError|TransportError)$/);
    await closed;
    await settle();
    expect(server.sockets.size).toBe(0);
  });

  it('may be called as the last page comes', async () => {
    const server = await serve(numbered(25));
    const transport = undiciTransport();
    let closed: Promise<void> | undefined;
    const seen: number[] = [];
    await new Promise<void>((resolve, reject) => {
      paginate({ url: server.url }, strategy, { transport }).subscribe({
        next: ({ items, next }) => {
          seen.push(...items);
          if (next === undefined) closed = transport.close();
        },
        error: reject,
        complete: resolve,
      });
    });
    await closed;
    expect(seen).toEqual(rows(25));
    await until('no connection is left', () => server.sockets.size === 0);
  });

  it('leaves your own dispatcher open', async () => {
    const server = await serve(numbered(25));
    const dispatcher = new Pool(server.origin);
    const transport = undiciTransport({ dispatcher });
    expect(await all(server.url, transport)).toEqual(rows(25));
    await transport.close();
    expect(dispatcher.closed).toBe(false);
    expect(await all(server.url, transport)).toEqual(rows(25));
    await dispatcher.close();
    // A failure of undici's own, not retried.
    const error = await rejection(lastValueFrom(paginate({ url: server.url }, strategy, { transport })));
    expect(error).toMatchObject({ name: 'TransportError', attempts: 1, cause: { code: 'UND_ERR_DESTROYED' } });
  });
});

describe('your own dispatcher', () => {
  it('sends: a MockAgent needs no server', async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    const pool = dispatcher.get('http://api.test');
    for (const page of [1, 2, 3])
      pool
        .intercept({ path: `/items?page=${page}&per_page=10` })
        .reply(200, { items: rows(15).slice((page - 1) * 10, page * 10) });
    expect(await all('http://api.test/items', undiciTransport({ dispatcher }))).toEqual(rows(15));
    dispatcher.assertNoPendingInterceptors();
    await dispatcher.close();
  });

  it('may answer within its call, and may throw', async () => {
    const refused = undiciTransport({
      dispatcher: {
        dispatch: (_request, handler) => {
          handler.onRequestStart({ abort: () => {} }, {});
          handler.onResponseStart({} as never, 302, { location: 'http://other.test/' });
          return true;
        },
      },
    });
    expect((await rejection(all('http://api.test/items', refused))).name).toBe('CrossOriginError');
    const cause = new Error('no');
    const throwing = undiciTransport({
      dispatcher: {
        dispatch: () => {
          throw cause;
        },
      },
    });
    expect(await rejection(all('http://api.test/items', throwing))).toMatchObject({ name: 'TransportError', cause });
  });

  it('may compose others around itself', async () => {
    const server = await serve(numbered(15));
    const paths: unknown[] = [];
    const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
      paths.push(options.path);
      return dispatch(options, handler);
    });
    expect(await all(server.url, undiciTransport({ dispatcher }))).toEqual(rows(15));
    expect(paths).toHaveLength(3);
    await dispatcher.close();
  });
});

describe('what undiciTransport refuses', () => {
  it.each<[object, string]>([
    [{ timeout: 5 }, 'undiciTransport: unknown option "timeout"; expected one of dispatcher, allowH2, pipelining, attemptTimeout'],
    [{ dispatcher: {} }, 'undiciTransport: dispatcher must be one of undici\'s, such as new ProxyAgent(url), not an empty object'],
    [{ dispatcher: null }, 'dispatcher must be one of undici'],
    [{ dispatcher: () => 1 }, 'dispatcher must be one of undici'],
    [{ allowH2: 1 }, 'undiciTransport: allowH2 must be true or false, not 1'],
    [{ pipelining: 0 }, 'undiciTransport: pipelining must be a whole number of at least 1, not 0'],
    [{ attemptTimeout: 0 }, 'undiciTransport: attemptTimeout must be'],
    [{ decode: (text: string) => text, parseJson: JSON.parse }, 'undiciTransport: parseJson and decode both read the body'],
    [{ dispatcher: { dispatch: () => true }, pipelining: 2 }, 'allowH2 and pipelining are options of the dispatcher'],
  ])('%j', (options, message) => {
    const error = thrown(() => undiciTransport(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  }); // prettier-ignore

  it('a request that it can never send, when the stream is built', () => {
    const error = thrown(() => paginate({}, singlePage(), { transport: undiciTransport() }));
    expect(error.message).toContain('the request has no url; undiciTransport needs one');
  });
});

afterEach(() => void jest.restoreAllMocks());
