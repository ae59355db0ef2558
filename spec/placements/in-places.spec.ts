import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { ConfigError, cursor, inBody, inHeaders, inPath, inPlaces, inQuery, paginate, type Placement } from 'pagewise';
import { json, serve } from '../support/server.js';
import { thrown } from '../support/walks.js';

const request = Object.freeze({ url: 'http://h/items', method: 'POST' });

/** The requests of a cursor walk of three pages. */
const asked = async (path: string, place: Placement) => {
  const server = await serve((_seen, response, index) =>
    json(response, { items: [index], next: index < 2 ? `t/${index}` : null }),
  );
  const strategy = cursor({ items: 'items', next: 'next', size: 5, cursorParam: 'x-cursor', place });
  await lastValueFrom(paginate({ url: `${server.origin}${path}` }, strategy));
  return server.seen.map(({ target, headers }) => `${target} ${String(headers['x-cursor'] ?? '-')}`);
};

describe('inPlaces', () => {
  it('a cursor in a header, the size in the query', async () => {
    const place = inPlaces({ 'x-cursor': inHeaders() });
    expect(await asked('/items?q=1', place)).toEqual([
      '/items?q=1&limit=5 -', '/items?q=1&limit=5 t/0', '/items?q=1&limit=5 t/1',
    ]); // prettier-ignore
  });

  it('a cursor in an optional path segment, the size in the query', async () => {
    const place = inPlaces({ 'x-cursor': inPath() });
    expect(await asked('/items{/x-cursor}', place)).toEqual([
      '/items?limit=5 -', '/items/t%2F0?limit=5 -', '/items/t%2F1?limit=5 -',
    ]); // prettier-ignore
  });

  it('the size in the query, everything else in an optional path segment', async () => {
    const place = inPlaces({ limit: inQuery() }, inPath());
    expect(await asked('/items{/x-cursor}', place)).toEqual([
      '/items?limit=5 -', '/items/t%2F0?limit=5 -', '/items/t%2F1?limit=5 -',
    ]); // prettier-ignore
  });

  it('one placement for several parameters is called once', () => {
    const inTest = inBody('page');
    let calls = 0;
    const place: Placement = (given, params) => (calls++, inTest(given, params));
    expect(inPlaces({ a: place, b: place })({ ...request }, { a: 1, b: 2, c: 3 })).toEqual({
      ...request,
      url: 'http://h/items?c=3',
      body: { page: { a: 1, b: 2 } },
    });
    expect(calls).toBe(1);
  });

  it('undefined removes where the parameter belongs', () => {
    const place = inPlaces({ a: inBody() });
    const given = { ...request, url: 'http://h/?a=1&b=2', body: { a: 1, b: 2 } };
    expect(place(given, { a: undefined, b: undefined })).toEqual({ ...request, url: 'http://h/?a=1', body: { b: 2 } });
  });

  it('can have its own rest, and needs no URL if nothing goes there', () => {
    expect(inPlaces({ a: inHeaders() }, inBody())({}, { a: 1, b: 2 })).toEqual({ headers: { a: '1' }, body: { b: 2 } });
    expect(inPlaces({ a: inHeaders() })({}, { a: 1 })).toEqual({ headers: { a: '1' } });
  });

  it('S7 names are own names', () => {
    const place = inPlaces({ a: inHeaders() });
    expect(place({ ...request }, { toString: 1, constructor: 2 }).url).toBe('http://h/items?toString=1&constructor=2');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each<[object, unknown, string]>([
    [{ a: 'header' }, undefined, 'inPlaces: the placement of a must be a function such as `inQuery()`, not "header"'],
    [{}, {}, 'the placement of the rest must be a function'],
  ])('refuses %p', (places, rest, message) => {
    const error = thrown(() => inPlaces(places as never, rest as never));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});
