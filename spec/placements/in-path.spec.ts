import { describe, expect, it } from '@jest/globals';
import { ConfigError, inPath, type Params } from 'pagewise';
import { thrown } from '../support/walks.js';

const placed = (url: string | undefined, params: Params) => inPath()({ url }, params).url;

describe('inPath', () => {
  it('P6 refuses a lone surrogate, and names itself', () => {
    expect(thrown(() => placed('http://h/{page}', { page: '\ud800' })).message).toContain(
      'inPath: parameter page holds half',
    );
  });

  it.each<[string, Params, string]>([
    ['http://h/page/{page}', { page: 2 }, 'http://h/page/2'],
    ['http://h/{size}/{page}?q=a%20b#f', { page: 2, size: 10n }, 'http://h/10/2?q=a%20b#f'],
    ['http://h/p{page}.json', { page: 2 }, 'http://h/p2.json'],
    ['http://h/{page}/{page}', { page: 2 }, 'http://h/2/2'],
    ['/relative/{page}', { page: 2 }, '/relative/2'],
    ['http://h/items{/cursor}', { cursor: 'abc' }, 'http://h/items/abc'],
    ['http://h/items{/cursor}', {}, 'http://h/items'],
    ['http://h/items{/cursor}', { cursor: undefined }, 'http://h/items'],
    ['http://h/items{/cursor}?q=1', { cursor: undefined }, 'http://h/items?q=1'],
    ['http://h/items{/cursor}/all', {}, 'http://h/items/all'],
    ['http://h/items{/size}{/cursor}', { size: 5 }, 'http://h/items/5'],
    ['http://h/page/%7Bpage%7D', { page: 2 }, 'http://h/page/2'],
    ['http://h/items%7b/cursor%7d', { cursor: 'a' }, 'http://h/items/a'],
    ['http://h/{page}?echo={page}', { page: 2 }, 'http://h/2?echo={page}'],
    ['http://h/{page}', { page: 2, size: undefined }, 'http://h/2'],
    ['http://h/{x.$y-1}', { 'x.$y-1': 'v' }, 'http://h/v'],
    ['HTTP://H/{page}#{page}', { page: 2 }, 'HTTP://H/2#{page}'],
    ['http://h/a\n{page}?b=\n{page}', { page: 2 }, 'http://h/a\n2?b=\n{page}'],
    ['http://h/{page}?redirect=http://i/{page}', { page: 2 }, 'http://h/2?redirect=http://i/{page}'],
    ['{page}', { page: 2 }, '2'],
    ['http://h/{page', {}, 'http://h/{page'],
    ['http://h/{a b}{}{//page}', {}, 'http://h/{a b}{}{//page}'],
    ['http://h', {}, 'http://h'],
    ['urn:{page}', { page: 2 }, 'urn:2'],
  ])('%s with %p is %s', (url, params, expected) => {
    expect(placed(url, params)).toBe(expected);
  });

  it('finds braces that the URL class has encoded', () => {
    expect(placed(new URL('http://h/items{/cursor}/{page}').href, { page: 2 })).toBe('http://h/items/2');
  });

  it.each([
    ['../x', '..%2Fx'],
    ['a/b', 'a%2Fb'],
    ['a?b=c', 'a%3Fb%3Dc'],
    ['a#b', 'a%23b'],
    ['a\\b', 'a%5Cb'],
    ['%2e%2e%2f', '%252e%252e%252f'],
    ['$&$1', '%24%26%241'],
    ['é😀 +\n\0', '%C3%A9%F0%9F%98%80%20%2B%0A%00'],
    ['...', '...'],
    ['.a', '.a'],
    ['a.', 'a.'],
    ['a%2e', 'a%252e'],
    ['%2ea', '%252ea'],
    ['{page}', '%7Bpage%7D'],
  ])('S8 %j stays within its segment', (value, segment) => {
    const url = placed('http://h/a/{cursor}/z', { cursor: value });
    expect(url).toBe(`http://h/a/${segment}/z`);
    expect(new URL(url ?? '').pathname.split('/')).toHaveLength(4);
  });

  it.each(['.', '..', '%2e', '%2E%2e', '.%2e', ''])('S8 %j would change the path, and is refused', (cursor) => {
    for (const url of ['http://h/a/{cursor}', 'http://h/a{/cursor}']) {
      const error = thrown(() => placed(url, { cursor }));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain('inPath: parameter cursor is');
    }
  });

  it.each<[string | undefined, Params, string]>([
    [undefined, { page: 1 }, 'the request has no url'],
    [
      'http://h/{page}',
      {},
      'there is no value for {page}; if the value may be missing, write {/page} for the whole segment',
    ],
    ['http://h/{page}', { page: undefined }, 'there is no value for {page}'],
    ['http://h/items', { page: 1 }, 'has no {page}; add {page} to the path, or write page elsewhere with `inPlaces()`'],
    ['http://h/?p={page}', { page: 1 }, 'has no {page}'],
    ['http://{page}/', { page: 'evil' }, 'has no {page}'],
    ['http://api.{page}.test/', { page: 'evil' }, 'has no {page}'],
    ['http://h/{toString}', {}, 'there is no value for {toString}'],
    ['http://h/{page}', { page: true }, 'parameter page is true; a path takes text and numbers'],
    ['http://h/{page}', { page: null }, 'parameter page is null; a path takes text and numbers'],
    ['http://h/{page}', { page: { a: 1 } }, 'parameter page is an object with a; a path takes text and numbers'],
    ['http://h/?key=secret', { page: 1 }, 'the url "http://h/?key=…" has no {page}'],
  ])('refuses %s with %p', (url, params, message) => {
    const error = thrown(() => placed(url, params));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});
