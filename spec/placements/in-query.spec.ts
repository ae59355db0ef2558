import { describe, expect, it } from '@jest/globals';
import { ConfigError, inForm, inPath, inQuery, type ArrayStyle, type Params } from 'pagewise';
import { thrown } from '../support/walks.js';

const placed = (arrays: ArrayStyle, url: string, params: Params) => inQuery({ arrays })({ url }, params).url;

describe('inQuery arrays', () => {
  it.each<[ArrayStyle, string]>([
    ['repeat', 'a=1&a=x%2Cy%20%26&a=true'],
    ['brackets', 'a[]=1&a[]=x%2Cy%20%26&a[]=true'],
    ['indices', 'a[0]=1&a[1]=x%2Cy%20%26&a[2]=true'],
    ['comma', 'a=1,x%2Cy%20%26,true'],
    ['json', 'a=%5B1%2C%22x%2Cy%20%26%22%2Ctrue%5D'],
  ])('%s', (style, expected) => {
    expect(placed(style, 'http://h/?q=dog', { a: [1, 'x,y &', true] })).toBe(`http://h/?q=dog&${expected}`);
  });

  it.each<[ArrayStyle, string, string]>([
    ['repeat', 'a=8&q=1&a=9', 'q=1&a=1'],
    ['brackets', 'a[]=8&q=1&a%5B%5D=9&a=7', 'q=1&a[]=1'],
    ['indices', 'a[0]=8&q=1&a%5b12%5D=9', 'q=1&a[0]=1'],
    ['comma', 'a=8,9&q=1', 'q=1&a=1'],
    ['json', 'a=%5B8%5D&q=1', 'q=1&a=%5B1%5D'],
  ])('%s replaces what %s has', (style, before, after) => {
    expect(placed(style, `http://h/?${before}`, { a: [1] })).toBe(`http://h/?${after}`);
  });

  it.each<ArrayStyle>(['repeat', 'brackets', 'indices', 'comma', 'json'])('%s leaves similar names alone', (style) => {
    expect(placed(style, 'http://h/?ab=1&a[b]=2&a[x]=3&A=4', { a: [1] })).toContain('?ab=1&a[b]=2&a[x]=3&A=4&a');
  });

  it.each<ArrayStyle>(['repeat', 'brackets', 'indices', 'comma', 'json'])(
    '%s: undefined removes a parameter, and writes nothing',
    (style) => {
      expect(placed(style, 'http://h/?a=1&b=2&a=3', { a: undefined })).toBe('http://h/?b=2');
      expect(placed(style, 'http://h/?a=1', { a: undefined })).toBe('http://h/');
      expect(placed(style, 'http://h/?a=1#part', { a: undefined })).toBe('http://h/#part');
    },
  );

  it.each<[ArrayStyle, string]>([
    ['brackets', 'a[]=1&a%5B%5D=2&a=3'],
    ['indices', 'a[0]=1&a[1]=2&a=3'],
  ])('%s: undefined removes a list too', (style, query) => {
    expect(placed(style, `http://h/?${query}&b=2`, { a: undefined })).toBe('http://h/?b=2');
  });

  it.each<[ArrayStyle, string]>([
    ['repeat', 'a=1&a=2'],
    ['brackets', 'a[]=1&a[]=2'],
    ['indices', 'a[0]=1&a[1]=2'],
    ['comma', 'a=1,2'],
  ])('%s omits undefined members of a list', (style, expected) => {
    expect(placed(style, 'http://h/', { a: [undefined, 1, undefined, 2] })).toBe(`http://h/?${expected}`);
  });

  it.each<[ArrayStyle, string, string]>([
    ['brackets', 'a[]=1&a[1]=2&a[]b=3&b[]=4&a[][]=5&[]a=6', 'a[]b=3&b[]=4&a[][]=5&[]a=6&a[]=9'],
    ['indices', 'a[]=1&a[12]=2&a[1x]=3&xa[1]=4', 'a[1x]=3&xa[1]=4&a[0]=9'],
    ['repeat', 'a[]=1&a[1]=2&a=3', 'a[]=1&a[1]=2&a=9'],
    ['comma', 'a[]=1&a[1]=2&a=3', 'a[]=1&a[1]=2&a=9'],
    ['json', 'a[]=1&a[1]=2&a=3', 'a[]=1&a[1]=2&a=%5B9%5D'],
  ])('%s replaces the list in %s, and nothing else', (style, before, after) => {
    expect(placed(style, `http://h/?${before}`, { a: [9] })).toBe(`http://h/?${after}`);
  });

  it('a value that is not a list replaces no list', () => {
    expect(placed('brackets', 'http://h/?a[]=1&a=2', { a: 3 })).toBe('http://h/?a[]=1&a=3');
  });

  it.each<ArrayStyle>(['repeat', 'brackets'])('%s keeps a name whose encoding is broken', (style) => {
    expect(placed(style, 'http://h/?%zz=1&%zz[]=2&%e2=3&a=4', { a: [5], undefined: 6 })).toMatch(
      /^http:\/\/h\/\?%zz=1&%zz\[\]=2&%e2=3&a(\[\])?=5&undefined=6$/,
    );
  });

  it('encodes names, except for brackets and dollars', () => {
    expect(placed('repeat', 'http://h/', { 'a[b][$c]&=é': 1 })).toBe('http://h/?a[b][$c]%26%3D%C3%A9=1');
  });

  it('json writes objects too, the others refuse them', () => {
    expect(placed('json', 'http://h/', { a: { b: [null] } })).toBe('http://h/?a=%7B%22b%22%3A%5Bnull%5D%7D');
    expect(placed('json', 'http://h/', { a: 'text' })).toBe('http://h/?a=text');
    for (const style of ['repeat', 'brackets', 'indices', 'comma'] as const)
      for (const a of [{ b: 1 }, [{ b: 1 }], [null], [[1]]])
        expect(thrown(() => placed(style, 'http://h/', { a })).message).toContain('inQuery: parameter a is');
  });

  it.each([
    [{ arrays: 'csv' as never }, 'inQuery: arrays must be one of repeat, brackets, indices, comma, json, not "csv"'],
    [{ style: 'comma' } as never, 'inQuery: unknown option "style"; expected one of arrays'],
    ['comma' as never, 'inQuery: options must be an object, not "comma"'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => inQuery(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });

  it('S7 has no way to a prototype', () => {
    const params = JSON.parse('{"__proto__":"a","constructor":["b"]}') as Params;
    expect(placed('brackets', 'http://h/?__proto__[]=1&constructor[]=2&toString[]=3', params)).toBe(
      'http://h/?__proto__[]=1&toString[]=3&__proto__=a&constructor[]=b',
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800'])(
    'P6 refuses %j, which UTF-8 cannot encode, and does not show it',
    (half) => {
      for (const [name, place] of Object.entries({ inQuery: inQuery(), inForm: inForm(), inPath: inPath() })) {
        const error = thrown(() => place({ url: 'http://h/{secret}' }, { secret: half }));
        expect(error).toBeInstanceOf(ConfigError);
        expect(error.message).toContain(`${name}: parameter secret holds half of a character`);
        expect(error.message).not.toContain(half);
      }
      expect(placed('repeat', 'http://h/', { a: '😀' })).toBe('http://h/?a=%F0%9F%98%80');
    },
  );

  it('needs a URL', () => {
    expect(thrown(() => inQuery()({}, { a: 1 })).message).toContain('the request has no url');
  });
});
