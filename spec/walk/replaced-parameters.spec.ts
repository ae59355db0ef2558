// Which parameters of a request a strategy has written over, and what is said of them.
import { describe, expect, it } from '@jest/globals';
import { replacedParameters } from '../../lib/walk/replaced-parameters.js';

const inUrl = (before: string, after: string) => replacedParameters({ url: before }, { url: after });
const inBody = (before: unknown, after: unknown) => replacedParameters({ body: before }, { body: after });
const one = ': the strategy writes this parameter. Remove the parameter from the request.';

describe('H6 a parameter of the URL that is replaced', () => {
  it.each([
    ['/?page=3', '/?page=1', 'page=3 in the URL is replaced by page=1'],
    ['https://h/items?page=3', 'https://h/items?page=1', 'page=3 in the URL is replaced by page=1'],
    ['/?a=', '/?a=0', 'a in the URL is replaced'],
    ['/?a=0x1', '/?a=1', 'a in the URL is replaced'],
    ['/?page=s3cret', '/?page=1', 'page in the URL is replaced'],
    ['/?page=3', '/?page=s3cret', 'page in the URL is replaced'],
    ['/?a=1#x?b=2', '/?a=2', 'a=1 in the URL is replaced by a=2'],
    ['/?a=1&a=2', '/?a=3', 'a=2 in the URL is replaced by a=3'],
    ['/?a=1?2', '/?a=3', 'a in the URL is replaced'],
    ['/?a=123456789012345', '/?a=1', 'a=123456789012345 in the URL is replaced by a=1'],
    ['/?a=1234567890123456', '/?a=1', 'a in the URL is replaced'],
    ['/?a=x1', '/?a=1', 'a in the URL is replaced'],
    ['/?a=1x', '/?a=1', 'a in the URL is replaced'],
  ])('%s by %s is told', (before, after, told) => {
    expect(inUrl(before, after)).toBe(`${told}${one}`);
  });

  it.each([
    ['/?page=3', '/?page=3'],
    ['/?page=03', '/?page=3'],
    ['/?page=3', '/?other=1'],
    ['/?page=3', '/'],
    ['/', '/?page=3'],
    ['/page=3', '/?page=1'],
    ['/#?page=3', '/?page=1'],
    ['/?q=1#&page=3', '/?q=1&page=1'],
    ['/?a=x', '/?a=x'],
  ])('%s by %s is none', (before, after) => {
    expect(inUrl(before, after)).toBeUndefined();
  });

  it('may be one of several', () => {
    expect(replacedParameters({ url: '/?a=1&b=x', body: { c: 2 } }, { url: '/?a=2&b=y', body: { c: 3 } })).toBe(
      'a=1 in the URL is replaced by a=2, b in the URL is replaced, c=2 in the body is replaced by c=3: the strategy writes these parameters. Remove the parameters from the request.',
    );
    expect(replacedParameters({}, {})).toBeUndefined();
    expect(replacedParameters({ url: '/?a=1' }, {})).toBeUndefined();
  });
});

describe('H6 a parameter of the body that is replaced', () => {
  it.each([
    [{ page: 3 }, { page: 1 }, 'page=3 in the body is replaced by page=1'],
    [{ page: 'x' }, { page: 'y' }, 'page in the body is replaced'],
    [{ a: { b: 3 } }, { a: { b: '4' } }, 'a.b=3 in the body is replaced by a.b=4'],
    [{ a: { b: { c: { d: 3 } } } }, { a: { b: { c: { d: 4 } } } }, 'a.b.c.d=3 in the body is replaced by a.b.c.d=4'],
    [Object.assign(Object.create(null) as object, { a: 1 }), { a: 2 }, 'a=1 in the body is replaced by a=2'],
  ])('%j by %j is told', (before, after, told) => {
    expect(inBody(before, after)).toBe(`${told}${one}`);
  });

  it.each([
    [{ page: 3 }, { page: 3 }],
    [{ page: null }, { page: 1 }],
    [{ page: true }, { page: 1 }],
    [{ page: undefined }, { page: 1 }],
    [{ page: 3 }, { page: null }],
    [{ a: [3] }, { a: [4] }],
    [{ a: { b: { c: { d: { e: 3 } } } } }, { a: { b: { c: { d: { e: 4 } } } } }],
    ['3', '4'],
    [null, { a: 1 }],
    [new URLSearchParams('a=1'), new URLSearchParams('a=2')],
    [new (class { readonly a = 1; })(), { a: 2 }],
  ])('%j by %j is none', (before, after) => {
    expect(inBody(before, after)).toBeUndefined();
  }); // prettier-ignore
});
