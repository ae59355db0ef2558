import { describe, expect, it } from '@jest/globals';
import { ConfigError, inBody, inQuery, type Params } from 'pagewise';
import { thrown } from '../support/walks.js';

describe('inQuery', () => {
  const placed = (url: string, params: Params) => inQuery()({ url }, params).url;

  it.each<[string, Params, string]>([
    ['http://h/a', { page: 2, per_page: 20 }, 'http://h/a?page=2&per_page=20'],
    ['http://h/a?q=dog', { page: 2 }, 'http://h/a?q=dog&page=2'],
    ['http://h/a?page=1&q=dog', { page: 2 }, 'http://h/a?q=dog&page=2'],
    ['http://h/a?pa%67e=1&q=%zz', { page: 2 }, 'http://h/a?q=%zz&page=2'],
    ['http://h/a?q=a+b%20c&sig=a%2Fb#part', { page: 2 }, 'http://h/a?q=a+b%20c&sig=a%2Fb&page=2#part'],
    ['http://h/a?', { page: 2 }, 'http://h/a?page=2'],
    ['http://h/a?q=a?b#c?d#e', { page: 2 }, 'http://h/a?q=a?b&page=2#c?d#e'],
    ['http://h/a#?page=1', { page: 2 }, 'http://h/a?page=2#?page=1'],
    ['http://h/a\nb?c=\nd#\ne', { page: 2 }, 'http://h/a\nb?c=\nd&page=2#\ne'],
    ['http://h/a?page', { page: 2 }, 'http://h/a?page=2'],
    ['http://h/a?&page=1&&q=1&', { page: 2 }, 'http://h/a?&&q=1&&page=2'],
    ['http://h/a?my+page=1&my%20page=3&my%2Bpage=4', { 'my page': 2 }, 'http://h/a?my%2Bpage=4&my%20page=2'],
    ['http://h/a?a=page=1', { 'a=page': 2 }, 'http://h/a?a=page=1&a%3Dpage=2'],
    ['http://h/a?', {}, 'http://h/a'],
    ['/relative?x=1', { page: 2 }, '/relative?x=1&page=2'],
    ['http://h/a', { page: undefined }, 'http://h/a'],
    ['http://h/a', { 'page[number]': 2, $top: 5 }, 'http://h/a?page[number]=2&$top=5'],
    ['http://h/a', { id: ['a', 'b'] }, 'http://h/a?id=a&id=b'],
    ['http://h/a', { on: false, big: 9007199254740993n }, 'http://h/a?on=false&big=9007199254740993'],
  ])('%s with %p is %s', (url, params, expected) => {
    expect(placed(url, params)).toBe(expected);
  });

  it('P6 values arrive unchanged', () => {
    const cursor = 'a+b/c==&x=1%20 #é\n"😀';
    expect(new URL(placed('http://h/?k=v', { cursor }) ?? '').searchParams.get('cursor')).toBe(cursor);
  });

  it('P8 changes neither request nor parameters, and keeps the rest', () => {
    const request = Object.freeze({ url: 'http://h/', method: 'POST', body: {}, headers: {} });
    expect(inQuery()(request, Object.freeze({ page: 1 }))).toEqual({ ...request, url: 'http://h/?page=1' });
  });

  it.each([[{ a: {} }], [{ a: null }], [{ a: NaN }], [{ a: () => 1 }]])('refuses %p', (params) => {
    expect(thrown(() => placed('http://h/', params as Params))).toBeInstanceOf(ConfigError);
  });
});

describe('inBody', () => {
  const placed = (body: unknown, path?: string) => inBody(path)({ body }, { page: 2, per_page: undefined }).body;

  it.each([
    [undefined, undefined, { page: 2 }],
    [{ a: 1 }, undefined, { a: 1, page: 2 }],
    [{ a: 1 }, 'pagination', { a: 1, pagination: { page: 2 } }],
    [{ pagination: { sort: 'x', page: 1 } }, 'pagination', { pagination: { sort: 'x', page: 2 } }],
    [{}, 'a.b', { a: { b: { page: 2 } } }],
    [{}, '/a.b', { 'a.b': { page: 2 } }],
    [{ a: 1 }, '.', { a: 1, page: 2 }],
    [{ a: 1, per_page: 5 }, undefined, { a: 1, page: 2 }],
    [Object.assign(Object.create(null), { a: 1 }), undefined, { a: 1, page: 2 }],
    [{}, 'toString', { toString: { page: 2 } }],
  ])('%j at %s becomes %j', (body, path, expected) => {
    expect(placed(body, path)).toStrictEqual(expected);
  });

  it('without parameters there is nothing to write, whatever the body', () => {
    const request = Object.freeze({ body: 'text' });
    expect(inBody()(request, {})).toBe(request);
  });

  it('P8 copies along the path, and shares the rest', () => {
    const body = { big: {}, pagination: { sort: {} } };
    const after = placed(body, 'pagination') as typeof body;
    expect(body).toEqual({ big: {}, pagination: { sort: {} } });
    expect(after.big).toBe(body.big);
    expect(after.pagination.sort).toBe(body.pagination.sort);
  });

  it.each([
    ['text', undefined, 'the body is a string'],
    [[1], undefined, 'the body is an array of 1'],
    [new URLSearchParams(), undefined, 'the body is a URLSearchParams'],
    [{ a: 5 }, 'a', 'the body\'s "a" is a number'],
    [5, undefined, 'the body is a number'],
    [null, undefined, 'the body is null'],
    [true, undefined, 'the body is true'],
    [() => 1, undefined, 'the body is a function'],
    [{ a: { b: new Date(0) } }, 'a.b', 'the body\'s "a"\'s "b" is a Date'],
  ])('refuses %p at %s', (body, path, message) => {
    const error = thrown(() => placed(body, path));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(`inBody: ${message}; parameters can only be written into a plain object`);
  });

  it.each(['__proto__', 'a.__proto__.b', 'constructor.prototype', '/__proto__'])(
    'S7 refuses the path %s when it is built',
    (path) => {
      const error = thrown(() => inBody(path));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain(`inBody: path "${path}" leads to a prototype`);
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  it('S7 refuses an array as a path', () => {
    expect(thrown(() => inBody(['a'] as never)).message).toContain('must be a path');
  });
});
