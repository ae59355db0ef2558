import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of } from 'rxjs';
import {
  ConfigError,
  cursor,
  inHeaders,
  paginate,
  singlePage,
  withHeaders,
  type PageRequest,
  type Params,
  type Placement,
} from 'pagewise';
import { json, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';

const placed = (headers: PageRequest['headers'], params: Params) => inHeaders()({ headers }, params).headers;

describe('inHeaders', () => {
  it.each<[PageRequest['headers'], Params, object]>([
    [undefined, { 'x-cursor': 'a' }, { 'x-cursor': 'a' }],
    [{ accept: 'x' }, { 'x-cursor': 5, n: 5n, on: false }, { accept: 'x', 'x-cursor': '5', n: '5', on: 'false' }],
    [{ 'X-Cursor': 'old', a: 'b' }, { 'x-cursor': 'new' }, { a: 'b', 'x-cursor': 'new' }],
    [{ 'x-cursor': 'old', 'X-CURSOR': 'older' }, { 'X-Cursor': 'new' }, { 'X-Cursor': 'new' }],
    [{ 'X-Cursor': 'old', a: 'b' }, { 'x-cursor': undefined }, { a: 'b' }],
    [{ a: 'b' }, {}, { a: 'b' }],
    [{}, { "!#$%&'*+.^`|~-_9Az": 'a' }, { "!#$%&'*+.^`|~-_9Az": 'a' }],
    [{}, { a: '\x20\x21\t~\x80\xff'.trim() }, { a: '!\t~\x80\xff' }],
  ])('%j with %p is %j', (headers, params, expected) => {
    if (typeof headers === 'object') Object.freeze(headers);
    expect(placed(headers, params)).toEqual(expected);
  });

  /** A server that gives a token three times; what it saw of two headers. */
  const asked = async (headers: PageRequest['headers']) => {
    const server = await serve((_seen, response, index) =>
      json(response, { items: [index], next: index < 2 ? `t${index}` : null }),
    );
    const strategy = cursor({ items: 'items', next: 'next', cursorParam: 'X-Cursor', place: inHeaders() });
    await lastValueFrom(paginate({ url: server.url, headers }, strategy));
    return server.seen.map((seen) => [seen.headers['authorization'], seen.headers['x-cursor']]);
  };

  it.each([
    ['synchronously', <T>(value: T) => value],
    ['as a promise', <T>(value: T) => Promise.resolve(value)],
    ['as an observable', <T>(value: T) => of(value)],
  ])('a header function is called for each page, %s, and its value of that name is replaced', async (_how, give) => {
    let asks = 0;
    const headers = () => give({ authorization: `Bearer ${++asks}`, 'x-cursor': 'stale' });
    expect(await asked(headers as PageRequest['headers'])).toEqual([
      ['Bearer 1', 'stale'],
      ['Bearer 2', 't0'],
      ['Bearer 3', 't1'],
    ]);
    expect(asks).toBe(3);
  });

  it('several placements add up, with a header function too', async () => {
    const server = await serve((_seen, response) => json(response, [1]));
    const twice: Placement = (request) =>
      inHeaders()(inHeaders()(request, { b: '2', c: '3' }), { c: undefined, d: '4' });
    const request = { url: server.url, headers: () => ({ a: '1', C: '0' }) };
    await lastValueFrom(paginate(request, { ...singlePage(), place: (template) => twice(template, {}) }));
    const { headers = {} } = server.seen[0] ?? {};
    expect([headers['a'], headers['b'], headers['c'], headers['d']]).toEqual(['1', '2', undefined, '4']);
  });

  it.each([
    'a\r\nx-admin: 1', 'a\nb', 'a\rb', 'a\0b', 'a\u007fb', 'a\u0001', 'é😀', '\u2028', 'ł', ' a', 'a ', '\ta', 'a\t',
  ])('S8 the value %j is refused, and not shown', (value) => {
    const error = thrown(() => placed({}, { 'x-cursor': `secret${value}`.replace(/^secret(?=[ \t])/, '') }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain("inHeaders: parameter x-cursor holds characters that a header can't carry");
    expect(error.message).not.toContain('secret');
  }); // prettier-ignore

  it('S8 a cursor with a line break is never sent, and the page says so', async () => {
    const server = await serve((_seen, response) => json(response, { items: [1], next: 'a\r\nx-admin: 1' }));
    const strategy = cursor({ items: 'items', next: 'next', cursorParam: 'x-cursor', place: inHeaders() });
    const error = await rejection(lastValueFrom(paginate({ url: server.url }, strategy)));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ pageIndex: 1 });
    expect(error.message).not.toContain('x-admin');
    expect(server.seen).toHaveLength(1);
  });

  it.each([['x cursor'], ['x:cursor'], [''], ['x\ncursor'], ['x-cursör'], ['cursor:'], [' cursor'], ['x\n']])(
    'S8 the name %j is refused',
    (name) => {
      expect(thrown(() => placed({}, { [name]: 'a' })).message).toContain('is not a valid header name');
    },
  );

  it.each([[{}], [null], [['a']], [() => 1]])('the value %p is refused', (value) => {
    expect(thrown(() => placed({}, { a: value })).message).toContain('inHeaders: parameter a is');
  });

  it('an empty value is a value', () => {
    expect(placed({}, { a: '' })).toEqual({ a: '' });
  });
});

describe('S2 a placement of your own keeps the headers', () => {
  const strategy = (headers: Placement) => cursor({ items: 'items', next: 'next', place: headers });
  const authorization = { authorization: 'Bearer t' };
  const walk = async (place: Placement, headers: PageRequest['headers'] = () => authorization) => {
    const server = await serve((_seen, response, index) => json(response, { items: [index], next: index < 1 ? 'a' : null }));
    const pages = lastValueFrom(paginate({ url: server.url, headers }, strategy(place)));
    return { error: await pages.then(() => undefined, (error: unknown) => error as Error), seen: server.seen };
  }; // prettier-ignore

  it('withHeaders adds to headers that a function gives', async () => {
    const { error, seen } = await walk((request, { cursor: at }) => ({
      ...request,
      headers: withHeaders(request.headers, { 'x-cursor': at === undefined ? undefined : (at as string) }),
    }));
    expect(error).toBeUndefined();
    expect(seen.map(({ headers }) => [headers.authorization, headers['x-cursor']])).toEqual([['Bearer t', undefined], ['Bearer t', 'a']]); // prettier-ignore
  });

  it.each<[string, Placement, PageRequest['headers']]>([
    ['spreads a function', (request, { cursor: at }) => ({ ...request, headers: { ...(request.headers as object), 'x-cursor': JSON.stringify(at ?? 0) } }), () => authorization],
    ['forgets to spread the request', ({ url }, { cursor: at }) => ({ url: `${String(url)}?at=${JSON.stringify(at ?? 0)}` }), authorization],
  ])('one that %s is refused before anything is sent', async (_name, place, headers) => {
    const { error, seen } = await walk(place, headers);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error?.message).toContain('loses the headers of the request');
    expect(seen).toEqual([]);
  }); // prettier-ignore
});
