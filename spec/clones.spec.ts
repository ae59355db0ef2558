import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { lastValueFrom } from 'rxjs';
import {
  CallbackError, HttpError, pageNumber, paginate, PagewiseError, SchemaError, TransportError, type Transport,
} from 'pagewise'; // prettier-ignore
import { functionTransport } from 'pagewise';
import { json, serve } from './support/server.js';
import { onEachTransport } from './support/transports.js';
import { answer, counting, rejection } from './support/walks.js';

const posted = (value: unknown): unknown => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value);
  const received = receiveMessageOnPort(port2)?.message as unknown;
  port1.close();
  return received;
};

describe('a page', () => {
  onEachTransport(
    'a page',
    (make) =>
      void it('T10 can be cloned and posted, with its token', async () => {
        const transport = make();
        const server = await serve((_, response) => json(response, { items: [1] }, 200, { 'x-total': '9' }));
        const strategy = pageNumber<number>({ items: 'items' });
        const iterator = paginate({ url: server.url }, strategy, { transport })[Symbol.asyncIterator]();
        const page = (await iterator.next()).value;
        await iterator.return();
        for (const copy of [structuredClone(page), posted(page)] as (typeof page)[]) {
          expect(copy).toMatchObject({ index: 0, items: [1], resume: { ...page?.resume }, next: page?.next });
          expect(JSON.stringify(copy?.response.headers)).toContain('x-total');
        }
        expect(page?.response.headers.get('X-Total')).toBe('9');
      }),
  );

  it('can be cloned whatever headers a transport gives', async () => {
    class Own {
      lazy = () => 1;
      get = (name: string) => (name === 'a' ? 'b' : null);
    }
    const headers = [new Own(), new Headers({ a: 'b' }), { get: (name: string) => (name === 'a' ? 'b' : null) }];
    for (const own of headers) {
      const transport: Transport = ({ body }) => [{ ...answer(body), headers: own }];
      const page = await lastValueFrom(paginate({ body: {} }, counting(1), { transport }));
      expect(structuredClone(page).items).toEqual([1]);
      expect(page.response.headers.get('a')).toBe('b');
    }
    const page = await lastValueFrom(
      paginate({ body: {} }, counting(1), { transport: functionTransport(({ body }) => body as object) }),
    );
    expect(structuredClone(page).items).toEqual([1]);
  });
});

describe('an error', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['an object with a function', { config: { transform: () => 1 } }],
    ['an error with such a cause', new Error('outer', { cause: { f: () => 1 } })],
    ['a cycle', cycle],
    ['a Proxy', new Proxy({}, {})],
    ['a response', new Response('x')],
    ['a URL', new URL('https://api.example.com/?key=SECRET')],
    ['a Map', new Map([[1, new URL('https://api.example.com/?key=SECRET')]])],
    ['headers', new Headers({ authorization: 'SECRET' })],
    ['an error with a URL', Object.assign(new Error('no'), { url: new URL('https://api.example.com/?key=SECRET') })],
    ['an error', new TypeError('inner')],
    ['a text', 'text'],
    ['nothing', undefined],
  ])('S10 can be cloned, posted and written as JSON, with %s as its cause', async (_name, cause) => {
    const own = new CallbackError('until', cause);
    const located = await rejection(
      lastValueFrom(paginate({ body: {} }, counting(1), { transport: () => Promise.reject(cause as Error) })),
    );
    for (const error of [own, located]) {
      expect(inspect(error)).toContain(error.message);
      expect(structuredClone(error)).toMatchObject({ message: error.message });
      expect(posted(error)).toMatchObject({ message: error.message });
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({ name: error.name, message: error.message });
      expect(`${inspect(error)}${JSON.stringify(error)}`).not.toContain('SECRET');
    }
  });

  it('S10 has its fields and the cause in its JSON, and no secrets', async () => {
    const transport: Transport = () => [answer({ secret: 'SECRET' }, 404, { 'set-cookie': 'SECRET' })];
    const request = { url: 'https://api.example.com/?key=SECRET', headers: { authorization: 'SECRET' } };
    const strategy = { ...counting(1), place: <T>(given: T) => given };
    const error = await rejection(lastValueFrom(paginate(request, strategy, { transport })));
    const text = JSON.stringify(error);
    expect(text).not.toContain('SECRET');
    expect(JSON.parse(text)).toMatchObject({ name: 'HttpError', status: 404, pageIndex: 0, attempts: 1, request: { method: 'GET' } });

    const cause = Object.assign(new TypeError('at https://a.example/?key=SECRET', { cause: { code: 'X' } }), { code: 'ECONNRESET', own: 'SECRET' });
    expect(JSON.parse(JSON.stringify(new TransportError(cause)))).toEqual({
      name: 'TransportError',
      message: 'TypeError: at https://a.example (ECONNRESET)',
      network: false,
      offline: false,
      cause: { name: 'TypeError', message: 'at https://a.example', code: 'ECONNRESET', cause: 'an object with code' },
    });
    const issue = { message: 'expected a number', path: ['a', { key: 0 }], input: 'SECRET', big: 5n };
    expect(JSON.parse(JSON.stringify(new SchemaError('item 1', 0, [issue])))).toMatchObject({
      itemIndex: 0,
      issues: [{ path: 'a.0', message: 'expected a number' }],
    });
    expect(JSON.stringify({ error: new HttpError(answer({}, 503)) })).toBe(
      '{"error":{"name":"HttpError","message":"503 Service Unavailable","status":503}}',
    );
    const a = new PagewiseError('a');
    const b = new PagewiseError('b', { cause: a });
    Object.defineProperty(a, 'cause', { value: b });
    expect(JSON.stringify(a).length).toBeLessThan(2000);
  }); // prettier-ignore
});

describe('where the platform has no Headers, as in jsdom', () => {
  it('a walk whose answers have a Map of headers ends as elsewhere', async () => {
    const { Headers: platform } = globalThis;
    Reflect.deleteProperty(globalThis, 'Headers');
    try {
      const transport: Transport = () => [{ ...answer({ page: 1 }), headers: new Map<string, string>() as never }];
      expect((await lastValueFrom(paginate({}, counting(1), { transport }))).items).toEqual([1]);
    } finally {
      globalThis.Headers = platform;
    }
  });
});
