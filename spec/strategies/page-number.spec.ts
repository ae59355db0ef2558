import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError,
  ExtractError,
  header,
  inBody,
  inQuery,
  pageNumber,
  paginate,
  type PageNumberOptions,
} from 'pagewise';
import { json, rows, serve } from '../support/server.js';
import { itemsOf, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';

strategyContract('pageNumber', (options) => pageNumber<number>({ items: 'items', size: 3, ...options }), {
  asked: ({ url }) => Number(url.searchParams.get('page')) - 1,
  answer: ({ items, total }) => ({ body: { items, total } }),
});

strategyContract('pageNumber with hasMore', (options) => pageNumber({ items: 'items', hasMore: 'more', ...options }), {
  asked: ({ url }) => Number(url.searchParams.get('page')) - 1,
  answer: ({ items, total, next }) => ({ body: { items, total, more: next !== undefined } }),
  emptyPages: true,
});

type Answer = Record<string, unknown>;

/** A server of 25 rows that answers with what `more` adds, and never more than `cap` rows. */
const table = (more: (page: number, pages: number) => Answer = () => ({}), { cap = 1000, total = 25 } = {}) =>
  serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Math.min(cap, Number(url.searchParams.get('per_page') ?? 10));
    const pages = Math.ceil(total / size);
    const { headers, status = 200, ...body } = more(page, pages);
    const items = rows(total).slice((page - 1) * size, page * size);
    json(response, { items, ...body }, status as number, headers as Record<string, string>);
  });

const run = async (url: string, options: PageNumberOptions<number>) => {
  const pages = await lastValueFrom(
    paginate({ url }, pageNumber({ items: 'items', size: 10, ...options })).pipe(toArray()),
  );
  expect(pages.at(-1)?.next).toBeUndefined();
  return itemsOf(pages);
};

describe('pageNumber', () => {
  it('ends at the first empty page if no signal is named', async () => {
    const server = await table();
    expect(await run(server.url, {})).toEqual(rows(25));
    expect(server.seen.map(({ target }) => target)).toEqual(
      [1, 2, 3, 4].map((page) => `/items?page=${page}&per_page=10`),
    );
  });

  it('differs from a strategy that requests other pages, and guesses the page after an unknown one', () => {
    expect(pageNumber().identity).toEqual({ start: 1, pageParam: 'page', sizeParam: 'per_page' });
    const other = pageNumber({ start: 0, pageParam: 'p', sizeParam: 'n' });
    expect(other.identity).toEqual({ start: 0, pageParam: 'p', sizeParam: 'n' });
    expect(other.guess?.({ page: 3, size: 5 })).toEqual({ page: 4, size: 5 });
  });

  it('an exactly full last page costs one more request, and loses no item', async () => {
    const server = await table(() => ({}), { total: 20 });
    expect(await run(server.url, {})).toEqual(rows(20));
    expect(server.seen).toHaveLength(3);
  });

  it.each([100, 30, 7, 1])('no row is lost if a server silently caps the size to %i', async (cap) => {
    for (const options of [{}, { total: () => 25 }]) {
      const server = await table(() => ({}), { cap });
      expect(await run(server.url, { size: 100, ...options })).toEqual(rows(25));
    }
  });

  it.each<[string, (page: number, pages: number) => Answer, PageNumberOptions<number>, number]>([
    ['total', () => ({ meta: { total: 25 } }), { total: 'meta.total' }, 3],
    ['total as digits', () => ({ meta: { total: '25' } }), { total: '/meta/total' }, 3],
    ['total by function', () => ({ n: 25 }), { total: (body: unknown) => (body as { n: number }).n }, 3],
    ['total in a header', () => ({ headers: { 'X-Total': '25' } }), { total: header('x-total') }, 3],
    ['totalPages', (_page, pages) => ({ pages }), { totalPages: 'pages' }, 3],
    [
      'totalPages in a header',
      (_page, pages) => ({ headers: { 'X-WP-TotalPages': String(pages) } }),
      { totalPages: header('X-WP-TotalPages') },
      3,
    ],
    ['hasMore', (page, pages) => ({ more: page < pages }), { hasMore: 'more' }, 3],
    ['hasMore as a word', (page, pages) => ({ more: String(page < pages) }), { hasMore: 'more' }, 3],
    ['stopOnShortPage', () => ({}), { stopOnShortPage: true }, 3],
    ['endStatuses', (page, pages) => ({ status: page > pages ? 400 : 200 }), { endStatuses: [400, 404] }, 4],
  ])('ends by %s', async (_name, more, options, requests) => {
    const server = await table(more);
    expect(await run(server.url, options)).toEqual(rows(25));
    expect(server.seen).toHaveLength(requests);
  });

  it('P3 has-more overrides a wrong total and an empty page', async () => {
    const lying = await table((page, pages) => ({ more: page < pages, total: 1 }));
    expect(await run(lying.url, { hasMore: 'more', total: 'total' })).toEqual(rows(25));
    const sparse = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: page % 2 === 0 ? [page] : [], more: page < 6 });
    });
    expect(await run(sparse.url, { hasMore: 'more' })).toEqual([2, 4, 6]);
  });

  it('an empty page ends it even if the total is larger', async () => {
    const server = await table(() => ({ total: 99 }));
    expect(await run(server.url, { total: 'total' })).toEqual(rows(25));
  });

  it('P4 the total is read anew on every page: it may grow and shrink', async () => {
    const growing = await table((page) => ({ total: [15, 25, 25][page - 1] ?? 25 }));
    expect(await run(growing.url, { total: 'total' })).toEqual(rows(25));
  });

  it.each<[string, Answer, PageNumberOptions<number>, string]>([
    ['total null', { total: null }, { total: 'total' }, 'total at total: expected a whole number, found null'],
    ['total missing', {}, { total: 'meta.total' }, 'total at meta.total: expected a whole number, found undefined'],
    ['total elsewhere', { meta: { total: 7, pages: 2, of: [3] }, n: '4', took: 0.5 }, { total: 'total' }, "found undefined; numbers are at 'meta.total', 'meta.pages'"], // prettier-ignore
    ['totalPages elsewhere', { pages: 2 }, { totalPages: 'meta.pages' }, "found undefined; numbers are at 'pages'"],
    ['total negative', { total: -1 }, { total: 'total' }, 'found -1'],
    ['total a word', { total: '2.5e1' }, { total: 'total' }, 'found "2.5e1"'],
    [
      'total in a missing header',
      {},
      { total: header('X-Total') },
      'total at header X-Total: expected a whole number, found null',
    ],
    ['hasMore a number', { more: 2 }, { hasMore: 'more' }, 'hasMore at more: expected true or false, found 2'],
    ['hasMore missing', {}, { hasMore: 'more' }, 'found undefined'],
    ['totalPages a list', { pages: [3] }, { totalPages: 'pages' }, 'totalPages at pages: expected a whole number, found an array of 1'], // prettier-ignore
  ])('P4 %s is an ExtractError that shows the path and what was found', async (_name, more, options, message) => {
    const server = await table(() => more);
    const error = await rejection(run(server.url, options));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(message);
    expect(error.message).toContain('Page 1 failed');
  });

  it.each<[Answer, string]>([
    [
      { items: undefined, data: { rows: [1] } },
      "items at items: expected an array, found nothing in an object with data; arrays are at 'data.rows'",
    ],
    [{ items: null }, 'found null'],
    [{ items: { a: 1 } }, 'found an object with a'],
    [
      { items: undefined },
      "found nothing in an empty object; if an absent key means an empty page, set `missingItems: 'empty'`",
    ],
  ])('P5 items %j are an error, never the end', async (more, message) => {
    const server = await table(() => more);
    const error = await rejection(run(server.url, {}));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(message);
  });

  it("P5 missingItems: 'empty' takes an absent key for an empty page", async () => {
    const server = await table((page) => (page === 3 ? { items: undefined } : {}));
    expect(await run(server.url, { missingItems: 'empty' })).toEqual(rows(20));
    const wrong = await table(() => ({ items: 'x' }));
    expect(await rejection(run(wrong.url, { missingItems: 'empty' }))).toBeInstanceOf(ExtractError);
  });

  it('a status past the end ends it only after the first page', async () => {
    const server = await table(() => ({ status: 404 }));
    expect(await rejection(run(server.url, { endStatuses: [404] }))).toMatchObject({ status: 404 });
  });

  it('numbers from 0, with other names, in the body', async () => {
    const server = await serve(({ body }, response) => {
      const { page, limit } = (JSON.parse(body) as { options: { page: number; limit: number } }).options;
      json(response, rows(25).slice(page * limit, (page + 1) * limit));
    });
    const strategy = pageNumber<number>({ start: 0, size: 10, sizeParam: 'limit', place: inBody('options') });
    const pages = await lastValueFrom(
      paginate({ url: server.url, method: 'POST', body: {} }, strategy).pipe(toArray()),
    );
    expect(itemsOf(pages)).toEqual(rows(25));
    expect(pages.map(({ position }) => position)).toEqual([0, 1, 2, 3].map((page) => ({ page, size: 10 })));
  });

  it('totalPages counts from the first page number, whichever that is', () => {
    const strategy = pageNumber({ start: 0, totalPages: 'n', items: 'items' });
    const at = (page: number) =>
      strategy.next({
        index: page,
        position: { page },
        itemsBefore: 0,
        items: [1],
        body: { n: 3 },
        response: { status: 200, url: '', headers: { get: () => null }, body: {} },
      });
    expect([at(0), at(1), at(2)]).toEqual([{ page: 1 }, { page: 2 }, undefined]);
  });

  it('sends no size if none is set', async () => {
    const server = await table();
    await lastValueFrom(paginate({ url: server.url }, pageNumber({ items: 'items' })));
    expect(server.seen[0]?.url.search).toBe('?page=1');
  });

  it('reads names with dots as they are, and a body that is the list itself', async () => {
    const server = await serve(({ url }, response) =>
      json(response, { '@odata.items': url.searchParams.get('page') === '1' ? [7] : [] }),
    );
    expect(await run(server.url, { items: '@odata.items' })).toEqual([7]);
    expect(await run(server.url, { items: '/@odata.items' })).toEqual([7]);
  });

  it.each<[PageNumberOptions<number>, string]>([
    [{ size: 2000, maxSize: 1000 }, "size 2000 is above the API's maximum of 1000; request at most 1000"],
    [{ size: 0 }, 'size must be a whole number of at least 1, not 0'],
    [{ size: 1.5 }, 'size must be a whole number of at least 1, not 1.5'],
    [{ start: 2 as 1 }, 'start must be 0 or 1, not 2; to begin elsewhere'],
    [{ pageParam: 'p', sizeParam: 'p' }, 'pageParam and sizeParam are both "p"'],
    [{ pageParam: '' }, 'pageParam must be a non-empty string, not ""'],
    [{ stopOnShortPage: true }, 'stopOnShortPage needs a size'],
    [{ missingItems: 'ok' as 'empty' }, "missingItems must be 'error' or 'empty', not \"ok\""],
    [{ items: [5] as never }, "items must be a path like 'data.items' or '/data/items', not 5"],
    [{ items: '__proto__.x' }, 'leads to a prototype'],
    [{ totalPages: 5 as never }, 'pageNumber: totalPages must be a path'],
    [{ hasMore: 5 as never }, 'pageNumber: hasMore must be a path'],
    [{ total: 'constructor.prototype.x' }, 'leads to a prototype'],
    [{ items: 'a..b' }, 'has an empty segment'],
    [{ perPage: 5 } as never, 'unknown option "perPage"; expected one of items, missingItems'],
    [{ endStatuses: ['404' as never] }, 'endStatuses must be a whole number of at least 100, not "404"'],
  ])('S7 refuses %j and says what to do', (options, message) => {
    const error = thrown(() => pageNumber(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });

  it('S7 reads own properties only', async () => {
    const server = await serve((_seen, response) => json(response, { a: {} }));
    for (const items of ['toString', 'a.constructor', 'a.valueOf']) {
      const error = await rejection(run(server.url, { items }));
      expect(error.message).toContain('found nothing');
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('one value serves many streams at the same time', async () => {
    const server = await table();
    const strategy = pageNumber<number>({ items: 'items', size: 10 });
    const walks = [1, 2, 3].map(() => lastValueFrom(paginate({ url: server.url }, strategy).pipe(toArray())));
    for (const pages of await Promise.all(walks)) expect(itemsOf(pages)).toEqual(rows(25));
  });

  it('accepts any placement, including a plain function', async () => {
    const server = await serve(({ headers }, response) => json(response, headers['x-page'] === '1' ? [1] : []));
    const inHeader = pageNumber<number>({
      place: (request, { page }) => ({ ...request, headers: { 'x-page': String(page) } }),
    });
    expect(itemsOf(await lastValueFrom(paginate({ url: server.url }, inHeader).pipe(toArray())))).toEqual([1]);
    expect(inQuery()({ url: 'http://host/' }, { page: 1 }).url).toBe('http://host/?page=1');
  });
});
