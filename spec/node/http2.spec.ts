import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { lastValueFrom, toArray } from 'rxjs';
import { Agent, fetch as undiciFetch } from 'undici';
import {
  type Fetch,
  fetchTransport,
  items,
  pageNumber,
  paginate,
  retryRequests,
  singlePage,
  type PageRequest,
} from 'pagewise';
import { undiciTransport, type UndiciTransport } from 'pagewise/node';
import { run } from '../process/run.js';
import { selfSigned } from '../support/self-signed.js';
import { rows, until } from '../support/server.js';
import { plain, rejection } from '../support/walks.js';

jest.setTimeout(60_000);

type Headers = Readonly<Record<string, string | undefined>>;
let server: Http2SecureServer;
let origin: string;
let dispatcher: Agent;
let transport: UndiciTransport;
let answer: (stream: ServerHttp2Stream, headers: Headers, index: number) => void;
const seen: Headers[] = [];
let sessions = 0;
let closed = 0;

const numbered = (stream: ServerHttp2Stream, headers: Headers) => {
  const page = Number(new URL(headers[':path'] ?? '', origin).searchParams.get('page'));
  stream.respond({ ':status': 200, 'content-encoding': 'gzip' });
  stream.end(gzipSync(JSON.stringify({ items: rows(25).slice((page - 1) * 10, page * 10) })));
};

beforeEach(async () => {
  seen.length = sessions = closed = 0;
  answer = numbered;
  server = createSecureServer({ ...selfSigned(), allowHTTP1: true });
  server.on('session', () => sessions++);
  server.on('sessionError', () => {});
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    stream.on('close', () => closed++);
    seen.push(headers as Headers);
    answer(stream, headers as Headers, seen.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
  transport = undiciTransport({ dispatcher, attemptTimeout: 10_000 });
});
afterEach(async () => {
  await dispatcher.destroy();
  server.close();
});

const all = (request: PageRequest = {}, policy = plain) =>
  lastValueFrom(
    paginate({ url: `${origin}/items`, ...request }, pageNumber<number>({ items: 'items', size: 10 }), {
      transport,
      policy,
    }).pipe(items(), toArray()),
  );
const one = (policy = plain) =>
  lastValueFrom(paginate({ url: `${origin}/items` }, singlePage<number>(), { transport, policy }).pipe(items(), toArray())); // prettier-ignore

describe('HTTP/2', () => {
  it('pages over one session', async () => {
    expect(await all({ headers: { Authorization: 'Key x' } })).toEqual(rows(25));
    expect([seen.length, sessions]).toEqual([4, 1]);
    expect(seen[0]).toMatchObject({ authorization: 'Key x', accept: 'application/json', 'user-agent': 'pagewise' });
  });

  it('T3 unsubscribing resets the stream', async () => {
    answer = (stream, _headers, index) => {
      if (index === 0) return numbered(stream, seen[0]!);
      stream.respond({ ':status': 200 });
      stream.write('{"it');
    };
    const subscription = paginate({ url: `${origin}/items` }, pageNumber({ items: 'items' }), { transport }).subscribe();
    await until('page 2 is requested', () => seen.length === 2);
    const before = closed;
    subscription.unsubscribe();
    await until('its stream is closed', () => closed === before + 1);
    expect(seen).toHaveLength(2);
  }); // prettier-ignore

  it.each<[string, (stream: ServerHttp2Stream) => void]>([
    ['a stream that is refused', (stream) => stream.close(7)],
    ['a stream that is reset', (stream) => stream.close(2)],
    ['a stream that is reset in a body with a length', (stream) => {
      stream.respond({ ':status': 200, 'content-length': 100 });
      stream.write('[9]', () => stream.close(8));
    }],
    ['a session that ends', (stream) => stream.session?.destroy()],
    ['a session that is going away', (stream) => stream.session?.goaway(0)],
  ])('R1 %s is retried', async (_what, fail) => {
    answer = (stream, _headers, index) => {
      if (index === 0) return fail(stream);
      stream.respond({ ':status': 200 });
      stream.end('[1]');
    };
    expect(await one(retryRequests({ base: 1 }))).toEqual([1]);
    expect(seen).toHaveLength(2);
  }); // prettier-ignore

  it("R1 half of a body with a length is retried over undici's fetch too, which takes it for a whole one", async () => {
    answer = (stream, _headers, index) => {
      if (index > 0) return numbered(stream, seen[index]!);
      stream.respond({ ':status': 200, 'content-length': 100 });
      stream.write('{"items":[1', () => stream.close(8));
    };
    const fetch = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as unknown as Fetch;
    const walk = paginate({ url: `${origin}/items` }, pageNumber<number>({ items: 'items', size: 10 }), {
      transport: fetchTransport({ fetch }),
      policy: retryRequests({ base: 1 }),
    });
    expect(await lastValueFrom(walk.pipe(items(), toArray()))).toEqual(rows(25));
    expect(seen).toHaveLength(5);
  });

  it('R2 a header that can never be sent is not', async () => {
    const error = await rejection(all({ headers: { upgrade: 'x' } }, retryRequests({ base: 1 })));
    expect(error).toMatchObject({ name: 'TransportError', attempts: 1 });
  });

  it('is spoken with allowH2, and HTTP/1.1 without', async () => {
    for (const [options, version] of [
      ['{ allowH2: true }', 1],
      ['{}', 0],
    ] as const) {
      sessions = 0;
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        if (request.httpVersion === '1.1') response.end('[]');
      });
      answer = (stream) => {
        stream.respond({ ':status': 200 });
        stream.end('[]');
      };
      // A process of its own, which trusts every certificate.
      const script = `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; process.removeAllListeners('warning');
        pagewise.paginate({ url: '${origin}/items' }, pagewise.singlePage(), { transport: node.undiciTransport(${options}) })
          .subscribe({ error: (error) => console.log(error.message), complete: () => console.log('complete') });`;
      expect(await run(script, 'module', ['--no-warnings'])).toMatchObject({ code: 0, out: 'complete\n' });
      expect([options, sessions]).toEqual([options, version]);
    }
  });
});
