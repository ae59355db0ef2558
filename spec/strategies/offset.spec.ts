import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError,
  ExtractError,
  header,
  inBody,
  offset,
  paginate,
  PaginationLoopError,
  type Answer,
  type OffsetOptions,
  type OffsetPosition,
  type PageRequest,
} from 'pagewise';
import { json, rows, serve } from '../support/server.js';
import { itemsOf, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';
import { pageAfterItems } from './paged-api.js';

strategyContract('offset', (options) => offset<number>({ items: 'items', size: 3, ...options }), {
  asked: ({ url }, pages) => pageAfterItems(Number(url.searchParams.get('offset')), pages),
  answer: ({ items, total }) => ({ body: { items, total } }),
});

strategyContract(
  "offset with hasMore and advanceBy: 'size'",
  (options) => offset<number>({ items: 'items', size: 3, hasMore: 'more', advanceBy: 'size', ...options }),
  {
    asked: ({ url }) => Number(url.searchParams.get('offset')) / 3,
    answer: ({ items, total, next }) => ({ body: { items, total, more: next !== undefined } }),
    emptyPages: true,
  },
);

interface Table {
  readonly total?: number;
  /** The size that the server never exceeds. */
  readonly cap?: number;
  readonly start?: number;
  readonly names?: readonly [offset: string, size: string];
}

/** A server of rows that answers with what `more` adds. */
const table = (more: (end: number) => object = () => ({}), options: Table = {}) => {
  const { total = 25, cap = 1000, start = 0, names = ['offset', 'limit'] } = options;
  return serve(({ url }, response) => {
    const from = Number(url.searchParams.get(names[0])) - start;
    const to = from + Math.min(cap, Number(url.searchParams.get(names[1]) ?? 10));
    const { headers = {}, ...body } = more(to) as { headers?: Record<string, string> };
    json(response, { items: rows(total).slice(from, to), ...body }, 200, headers);
  });
};

const run = async (request: PageRequest, options: OffsetOptions<number>) => {
  const pages = await lastValueFrom(
    paginate(request, offset({ items: 'items', size: 10, ...options })).pipe(toArray()),
  );
  expect(pages.at(-1)?.next).toBeUndefined();
  return itemsOf(pages);
};

describe('offset', () => {
  it('requests the items after those received', async () => {
    const server = await table();
    expect(await run({ url: `${server.url}?q=a%20b` }, {})).toEqual(rows(25));
    expect(server.seen.map(({ target }) => target)).toEqual([
      '/items?q=a%20b&offset=0&limit=10',
      '/items?q=a%20b&offset=10&limit=10',
      '/items?q=a%20b&offset=20&limit=10',
      '/items?q=a%20b&offset=25&limit=10',
    ]);
  });

  it('counts from 1, with the names of SCIM', async () => {
    const names = ['startIndex', 'count'] as const;
    const server = await table(() => ({ totalResults: 25 }), { start: 1, names });
    const options = { start: 1, offsetParam: names[0], sizeParam: names[1], total: 'totalResults' } as const;
    expect(await run({ url: server.url }, options)).toEqual(rows(25));
    expect(server.seen.map(({ url }) => url.search)).toEqual([
      '?startIndex=1&count=10',
      '?startIndex=11&count=10',
      '?startIndex=21&count=10',
    ]);
  });

  it('P3 a total counts items, wherever the offset starts: a last item alone on its page is included', async () => {
    for (const start of [0, 1] as const) {
      const server = await table(() => ({ n: 21 }), { total: 21, start });
      expect(await run({ url: server.url }, { start, total: 'n' })).toEqual(rows(21));
      expect(server.seen).toHaveLength(3);
    }
  });

  it('accepts a size up to maxSize, and either of them alone', () => {
    for (const options of [{ size: 100, maxSize: 100 }, { size: 1, maxSize: 100 }, { maxSize: 1 }, { size: 100 }])
      expect(offset(options).first).toStrictEqual({ offset: 0, ...('size' in options ? { size: options.size } : {}) });
  });

  it('without a size it leaves the size of the template alone', () => {
    expect(offset().place({ url: 'http://host/?limit=7' }, { offset: 20 }).url).toBe('http://host/?limit=7&offset=20');
  });

  it('differs from a strategy that requests other pages', () => {
    const identity = { start: 0, offsetParam: 'offset', sizeParam: 'limit', advanceBy: 'received' };
    expect(offset().identity).toEqual(identity);
    const other = { start: 1, offsetParam: 'skip', sizeParam: 'take', advanceBy: 'size' } as const;
    expect(offset({ ...other, size: 5, total: 'n' }).identity).toEqual(other);
  });

  it('guesses the page after an unknown one: by what the server returns, or by the size', () => {
    const answer = (items: number[]): Answer<number, OffsetPosition> => ({
      index: 0,
      position: { offset: 0, size: 10 },
      itemsBefore: 0,
      items,
      body: {},
      response: { status: 200, url: '', headers: { get: () => null }, body: {} },
    });
    const { guess } = offset<number>({ size: 10 });
    expect(guess?.({ offset: 7, size: 10 })).toEqual({ offset: 17, size: 10 });
    expect(guess?.({ offset: 7, size: 10 }, answer([1, 2, 3]))).toEqual({ offset: 10, size: 10 });
    expect(guess?.({ offset: 7, size: 10 }, answer([]))).toEqual({ offset: 17, size: 10 });
    expect(guess?.({ offset: 7 }, answer([1, 2, 3]))).toBeUndefined();
    const bySize = offset<number>({ size: 10, advanceBy: 'size', total: 'n' });
    expect(bySize.guess?.({ offset: 7, size: 10 }, answer([1, 2, 3]))).toEqual({ offset: 17, size: 10 });
  });

  it('writes into the body, and sends no size where none is set', async () => {
    const server = await serve(({ body }, response) => {
      const { skip } = JSON.parse(body) as { skip: number };
      json(response, { items: rows(25).slice(skip, skip + 10) });
    });
    const request = { url: server.url, method: 'POST', body: { q: 'dog' } };
    expect(await run(request, { size: undefined, offsetParam: 'skip', place: inBody() })).toEqual(rows(25));
    expect(server.seen.map(({ body }) => body)).toEqual([0, 10, 20, 25].map((skip) => `{"q":"dog","skip":${skip}}`));
  });

  it.each([1, 7, 30, 100])('no row is lost if a server silently caps the size to %i', async (cap) => {
    for (const options of [{}, { total: () => 25 }]) {
      const server = await table(() => ({}), { cap });
      expect(await run({ url: server.url }, { size: 100, ...options })).toEqual(rows(25));
    }
  });

  it.each<[string, (end: number) => object, OffsetOptions<number>, number]>([
    ['total', () => ({ meta: { n: 25 } }), { total: 'meta.n' }, 3],
    ['total as digits in a header', () => ({ headers: { 'x-total': '25' } }), { total: header('X-Total') }, 3],
    ['hasMore', (end) => ({ more: end < 25 }), { hasMore: 'more' }, 3],
    ['hasMore as a word', (end) => ({ more: String(end < 25) }), { hasMore: 'more' }, 3],
    ['stopOnShortPage', () => ({}), { stopOnShortPage: true }, 3],
    ['two empty pages', () => ({ total: 99 }), { total: 'total' }, 5],
  ])('P3 ends by %s', async (_name, more, options, requests) => {
    const server = await table(more);
    expect(await run({ url: server.url }, options)).toEqual(rows(25));
    expect(server.seen).toHaveLength(requests);
  });

  it('P3 has-more overrides a wrong total', async () => {
    const server = await table((end) => ({ more: end < 25, total: 1 }));
    expect(await run({ url: server.url }, { hasMore: 'more', total: 'total' })).toEqual(rows(25));
  });

  it.each<[object, OffsetOptions<number>, string]>([
    [{}, { total: 'total' }, 'total at total: expected a whole number, found undefined'],
    [{ total: 2.5 }, { total: 'total' }, 'found 2.5'],
    [{ total: '0x10' }, { total: 'total' }, 'found "0x10"'],
    [{ total: null }, { total: '/total' }, 'total at /total: expected a whole number, found null'],
    [{}, { hasMore: 'meta.more' }, 'hasMore at meta.more: expected true or false, found undefined'],
    [{ more: 'yes' }, { hasMore: 'more' }, 'found "yes"'],
  ])('P4 %j with %j is an ExtractError', async (more, options, message) => {
    const server = await table(() => more);
    const error = await rejection(run({ url: server.url }, options));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(message);
  });

  it("advanceBy: 'size' steps over what the server has counted and dropped", async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      // Odd rows are hidden from this user after the page is cut.
      const items = rows(25)
        .slice(from, from + 10)
        .filter((row) => row % 2 === 0);
      json(response, { items, more: from + 10 < 25 });
    });
    const even = rows(25).filter((row) => row % 2 === 0);
    expect(await run({ url: server.url }, { advanceBy: 'size', hasMore: 'more' })).toEqual(even);
    expect(server.seen).toHaveLength(3);
  });

  it('E9 an empty page that announces another one does not advance: an error before it is requested again', async () => {
    const server = await serve((_seen, response) => json(response, { items: [], more: true }));
    const error = await rejection(run({ url: server.url }, { hasMore: 'more' }));
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(server.seen).toHaveLength(1);
  });

  it('P11 a server that clamps the offset answers with its last rows forever: an error', async () => {
    const server = await serve(({ url }, response) => {
      const from = Math.min(Number(url.searchParams.get('offset')), 15);
      json(response, { items: rows(25).slice(from, from + 10) });
    });
    const error = await rejection(run({ url: server.url }, {}));
    expect(error).toBeInstanceOf(PaginationLoopError);
  });

  it('a given first position starts elsewhere', async () => {
    const server = await table();
    const strategy = { ...offset<number>({ items: 'items', size: 10 }), first: { offset: 20, size: 10 } };
    expect(itemsOf(await lastValueFrom(paginate({ url: server.url }, strategy).pipe(toArray())))).toEqual(
      rows(25).slice(20),
    );
  });

  it.each<[OffsetOptions<number>, string]>([
    [{ start: 2 as 1 }, 'start must be 0 or 1, not 2; to begin elsewhere'],
    [{ size: 200, maxSize: 100 }, "size 200 is above the API's maximum of 100"],
    [{ size: 2, maxSize: 1 }, "size 2 is above the API's maximum of 1; request at most 1"],
    [{ maxSize: 0 }, 'maxSize must be a whole number of at least 1, not 0'],
    [{ size: 5, maxSize: 9.5 }, 'maxSize must be a whole number of at least 1, not 9.5'],
    [{ size: 0 }, 'size must be a whole number of at least 1, not 0'],
    [{ offsetParam: 'n', sizeParam: 'n' }, 'offsetParam and sizeParam are both "n"'],
    [{ offsetParam: 'limit' }, 'offsetParam and sizeParam are both "limit"'],
    [{ offsetParam: '' }, 'offsetParam must be a non-empty string, not ""'],
    [{ sizeParam: 5 as never }, 'sizeParam must be a non-empty string, not 5'],
    [{ advanceBy: 'page' as 'size' }, "advanceBy must be 'received' or 'size', not \"page\""],
    [{ hasMore: 5 as never }, 'hasMore must be a path'],
    [{ advanceBy: 'size' }, "`advanceBy: 'size'` needs a size"],
    [{ advanceBy: 'size', size: 5 }, "`advanceBy: 'size'` needs to know the end"],
    [{ totalIs: 'guess' as 'exact' }, "totalIs must be 'exact' or 'estimate', not \"guess\""],
    [{ stopOnShortPage: true }, '`stopOnShortPage: true` needs a size'],
    [{ onRepeat: 'ignore' as 'stop' }, "onRepeat must be 'error', 'stop' or 'allow', not \"ignore\""],
    [{ onExpired: true as never }, "onExpired must be 'error' or 'restart', not true"],
    [{ maxEmptyPages: -1 }, 'maxEmptyPages must be a whole number of at least 0, not -1'],
    [{ ofset: 1 } as never, 'unknown option "ofset"; expected one of items, missingItems'],
    [[] as never, 'options must be an object, not an array of 0'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => offset(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`offset: ${message}`);
  });
});
