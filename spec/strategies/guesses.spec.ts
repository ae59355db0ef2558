import { describe, expect, it } from '@jest/globals';
import {
  cursor,
  keyset,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  relay,
  type Answer,
  type UrlPosition,
} from 'pagewise';
import { answer } from '../support/walks.js';

const origin = 'https://api.example.com';
const linked = (link: string): Answer<unknown, UrlPosition> => ({
  index: 0,
  position: {},
  itemsBefore: 0,
  items: [1],
  body: [1],
  response: { ...answer([1], 200, { link }), url: `${origin}/repos` },
});

describe('E6 linkHeader guesses if rel="last" shows how its links count', () => {
  const strategy = linkHeader();
  const guess = (from: string, link: string) => strategy.guess!({ url: `${origin}${from}` }, linked(link))?.url;
  const links = (next: string, last: string) => `<${origin}${next}>; rel="next", <${origin}${last}>; rel="last"`;

  it.each([
    ['one parameter', '/r?page=2', '/r?page=2', '/r?page=40', '/r?page=3'],
    ['among others', '/r?a=%20b&page=9&c', '/r?a=%20b&page=9&c', '/r?a=%20b&page=40&c', '/r?a=%20b&page=10&c'],
    ['from a later page than the links', '/r?page=7', '/r?page=2', '/r?page=40', '/r?page=8'],
    ['up to the last one', '/r?page=39', '/r?page=2', '/r?page=40', '/r?page=40'],
    ['from 0', '/r?p=0&n=5', '/r?p=1&n=5', '/r?p=3&n=5', '/r?p=1&n=5'],
  ])('%s', (_title, from, next, last, guessed) => {
    expect(guess(from, links(next, last))).toBe(`${origin}${guessed}`);
  });

  it.each([
    ['past the last one', '/r?page=40', links('/r?page=2', '/r?page=40')],
    ['no last', '/r?page=2', `<${origin}/r?page=3>; rel=next`],
    ['no next', '/r?page=2', `<${origin}/r?page=3>; rel=last`],
    ['two parameters that differ', '/r?page=2&a=1', links('/r?page=3&a=1', '/r?page=9&a=2')],
    ['none that differs', '/r?page=2', links('/r?page=3', '/r?page=3')],
    ['one that is no number', '/r?after=b', links('/r?after=b', '/r?after=z')],
    ['other parameters than the links have', '/r?page=2&q=1', links('/r?page=3', '/r?page=9')],
    ['parameters in another order', '/r?page=2&q=1', links('/r?page=3&q=1', '/r?q=1&page=9')],
    ['other names, as many', '/r?q=1&page=2', links('/r?q=1&p=3', '/r?q=1&p=9')],
    ['links of other names', '/r?q=1&page=2', links('/r?q=1&page=3', '/r?x=1&page=9')],
    ['no number to begin with', '/r?page=b', links('/r?page=3', '/r?page=9')],
    ['no number at next', '/r?page=2', links('/r?page=b', '/r?page=9')],
    ['no number at last', '/r?page=2', links('/r?page=3', '/r?page=z')],
    ['what only ends like a number', '/r?page=a=2', links('/r?page=3', '/r?page=9')],
    ['what only begins like one', '/r?page=2a', links('/r?page=3', '/r?page=9')],
    ['no query', '/r/2', links('/r/3', '/r/9')],
    ['numbers with which nobody counts', '/r?page=2', links('/r?page=3', '/r?page=99999999999999999999')],
  ])('not with %s', (_title, from, link) => {
    expect(guess(from, link)).toBeUndefined();
  });

  it('not without an answer, a header or a URL', () => {
    expect(strategy.guess!({ url: `${origin}/r?page=2` })).toBeUndefined();
    const bare = linked('');
    expect(strategy.guess!({ url: `${origin}/r?page=2` }, { ...bare, response: answer([]) })).toBeUndefined();
    expect(strategy.guess!({ size: 3 }, linked(links('/r?page=2', '/r?page=4')))).toBeUndefined();
  });

  it('with relative links, and a relation of its own', () => {
    expect(guess('/r?page=2', '</r?page=2>; rel=next, </r?page=4>; rel=last')).toBe(`${origin}/r?page=3`);
    const backwards = linkHeader({ rel: 'prev' });
    const seen = linked(`<${origin}/r?page=2>; rel=prev, <${origin}/r?page=9>; rel=last`);
    expect(backwards.guess!({ url: `${origin}/r?page=2` }, seen)?.url).toBe(`${origin}/r?page=3`);
  });
});

describe('resize, for adaptiveSize', () => {
  it.each([
    [{ page: 3, size: 100 }, 0.5, 200, { page: 5, size: 50 }],
    [{ page: 1, size: 100 }, 0.5, 0, { page: 1, size: 50 }],
    [{ page: 1, size: 7 }, 0.5, 0, { page: 1, size: 3 }],
    [{ page: 2, size: 7 }, 0.5, 7, { page: 8, size: 1 }], // 7 items come before it: only sizes that divide 7 have a page that starts there.
    [{ page: 4, size: 10 }, 0.5, 30, { page: 7, size: 5 }],
    [{ page: 2, size: 15 }, 0.5, 15, { page: 4, size: 5 }],
    [{ page: 5, size: 50 }, 2, 200, { page: 3, size: 100 }],
    [{ page: 4, size: 50 }, 2, 150, undefined], // No page of 100 starts with item 150.
    [{ page: 2, size: 1 }, 0.5, 1, undefined],
    [{ page: 3, size: 100 }, 0.5, 150, undefined], // The server has capped a page, or omitted items.
    [{ page: 3 }, 0.5, 200, undefined],
  ])('pageNumber: %j by %d after %d items', (position, factor, itemsBefore, expected) => {
    expect(pageNumber({ items: 'items' }).resize!(position, factor, itemsBefore)).toEqual(expected);
  });

  it('pageNumber from 0', () => {
    const strategy = pageNumber({ items: 'items', start: 0 });
    expect(strategy.resize!({ page: 2, size: 100 }, 0.5, 200)).toEqual({ page: 4, size: 50 });
  });

  it('offsets, cursors and keys stay, whatever the size', () => {
    expect(offset({ items: 'i' }).resize!({ offset: 70, size: 9 }, 0.5, 70)).toEqual({ offset: 70, size: 4 });
    expect(cursor({ items: 'i', next: 'n' }).resize!({ cursor: 'a', size: 9 }, 0.5, 0)).toEqual({
      cursor: 'a',
      size: 4,
    });
    expect(keyset({ items: 'i', key: 'id' }).resize!({ after: 3, size: 2 }, 2, 0)).toEqual({ after: 3, size: 4 });
    expect(relay({ connection: 'c' }).resize!({ cursor: 'a', size: 1 }, 0.5, 0)).toBeUndefined();
    expect(offset({ items: 'i' }).resize!({ offset: 70 }, 0.5, 70)).toBeUndefined();
  });

  it('URLs hold their size: they cannot be requested with another', () => {
    expect([linkHeader().resize, nextUrl({ items: 'i', next: 'n' }).resize]).toEqual([undefined, undefined]);
  });
});
