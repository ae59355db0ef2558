import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError,
  contentRange,
  detect,
  ExtractError,
  HttpError,
  inQuery,
  paginate,
  PaginationLoopError,
  type Answer,
  type ContentRangeOptions,
  type ContentRangePosition,
  type PageRequest,
  type PaginateOptions,
} from 'pagewise';
import { parseContentRange } from '../../lib/reading/ranges.js';
import { json, rows, serve, type Seen } from '../support/server.js';
import { answer, itemsOf, plain, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';
import { pageAfterItems, type PagedApi } from './paged-api.js';

/** The contract's API, which knows no total: `items 0-2/*`, and at the end an empty list. */
function rangedApi(unit: string): PagedApi {
  let from = 0;
  return {
    asked({ headers }, pages) {
      from = Number(/^(?:items=)?(\d+)-\d+$/.exec(headers.range ?? '')?.[1]);
      return pageAfterItems(from, pages);
    },
    answer({ items, total }) {
      const range = items === undefined || items.length === 0 ? '*' : `${from}-${from + items.length - 1}`;
      return { body: { items, total }, headers: { 'content-range': `${unit}${range}/*` } };
    },
  };
}

strategyContract(
  'contentRange',
  (options) => contentRange<number>({ items: 'items', size: 3, ...options }),
  rangedApi('items '),
);

strategyContract(
  'contentRange with Range-Unit, as PostgREST does',
  (options) => contentRange<number>({ items: 'items', size: 3, unitParam: 'Range-Unit', ...options }),
  rangedApi(''),
);

interface Table {
  readonly total?: number;
  /** The size that the server never exceeds. */
  readonly cap?: number;
  /** How Content-Range is written; `undefined` leaves it out. */
  readonly range?: (first: number, last: number, total: number) => string | undefined;
  /** The answer to a range past the end. */
  readonly past?: { readonly status: number; readonly range?: string };
}

const counted = (first: number, last: number, total: number) => `items ${first}-${last}/${total}`;

/** A server of rows that reads `Range: items=0-9`. */
function table({ total = 25, cap = 1000, range = counted, past = { status: 416, range: `items */${total}` } }: Table) {
  return serve(({ headers }, response) => {
    const [, start = '', end = ''] = /^(?:\w+=)?(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const first = Number(start);
    if (first >= total) {
      const given: Record<string, string> = past.range === undefined ? {} : { 'content-range': past.range };
      json(response, past.status === 200 ? [] : { error: 'past the end' }, past.status, given);
      return;
    }
    const last = Math.min(Number(end), first + cap - 1, total - 1);
    const text = range(first, last, total);
    json(response, rows(total).slice(first, last + 1), 206, text === undefined ? {} : { 'content-range': text });
  });
}

const run = async (
  request: PageRequest,
  options: Partial<ContentRangeOptions<number>> = {},
  behaviour: PaginateOptions<number> = {},
) => {
  const strategy = contentRange<number>({ size: 10, ...options });
  const pages = await lastValueFrom(paginate(request, strategy, { policy: plain, ...behaviour }).pipe(toArray()));
  expect(pages.at(-1)?.next).toBeUndefined();
  return pages;
};

const ranges = (seen: readonly Seen[]) => seen.map(({ headers }) => headers.range);

describe('contentRange', () => {
  it('requests items=0-9 and what follows, and ends at the total', async () => {
    const server = await table({});
    const pages = await run({ url: server.url, headers: { range: 'bytes=0-1', accept: 'application/json' } });
    expect(itemsOf(pages)).toEqual(rows(25));
    expect(ranges(server.seen)).toEqual(['items=0-9', 'items=10-19', 'items=20-29']);
    expect(pages.map(({ total }) => total)).toEqual([25, 25, 25]);
    expect(server.seen[0]?.headers).not.toHaveProperty('range-unit');
  });

  it("sends PostgREST's Range-Unit, with another unit if it is set", async () => {
    const server = await table({ range: (first, last) => `${first}-${last}/*`, past: { status: 200, range: '*/*' } });
    expect(itemsOf(await run({ url: server.url }, { unitParam: 'Range-Unit' }))).toEqual(rows(25));
    expect(ranges(server.seen)).toEqual(['0-9', '10-19', '20-29', '25-34']);
    expect(server.seen.map(({ headers }) => headers['range-unit'])).toEqual(Array(4).fill('items'));
    const other = await table({ range: (first, last, total) => `Rows ${first}-${last}/${total}` });
    expect(itemsOf(await run({ url: other.url }, { unit: 'rows' }))).toEqual(rows(25));
    expect(ranges(other.seen)[0]).toBe('rows=0-9');
  });

  it('writes elsewhere if a placement says so', () => {
    const { place, first } = contentRange({ size: 10, place: inQuery() });
    expect(place({ url: 'http://host/' }, first).url).toBe('http://host/?Range=items%3D0-9');
  });

  it.each([1, 7, 10, 24, 25, 100])('a server that caps ranges at %i items loses no item', async (cap) => {
    for (const range of [counted, (first: number, last: number) => `items ${first}-${last}/*`]) {
      const server = await table({ cap, range });
      expect(itemsOf(await run({ url: server.url }, { size: 1000 }))).toEqual(rows(25));
      expect(new Set(itemsOf(await run({ url: server.url }, { size: 3 })))).toEqual(new Set(rows(25)));
    }
  });

  it.each<[string, Table['past']]>([
    ['416 with the total', { status: 416, range: 'items */20' }],
    ['416 without it', { status: 416, range: 'items */*' }],
    ['416 alone', { status: 416 }],
    ['an empty list with a range', { status: 200, range: 'items */20' }],
    ['an empty list alone', { status: 200 }],
  ])('P3 ends by %s', async (_title, past) => {
    const server = await table({ total: 20, range: (first, last) => `items ${first}-${last}/*`, past: past! });
    expect(itemsOf(await run({ url: server.url }))).toEqual(rows(20));
    expect(server.seen).toHaveLength(3);
  });

  it('P3 a total that is named is the end rule, and is reported', async () => {
    const server = await table({ range: (first, last) => `items ${first}-${last}/*` });
    const pages = await run({ url: server.url }, { total: () => '25' });
    expect(pages.map(({ total }) => total)).toEqual([25, 25, 25]);
    expect(server.seen).toHaveLength(3);
  });

  it('an empty list is one empty page: as 416 */0, and as 200', async () => {
    for (const past of [{ status: 416, range: 'items */0' }, { status: 200, range: 'items */0' }, { status: 200 }]) {
      const server = await table({ total: 0, past });
      expect(itemsOf(await run({ url: server.url }))).toEqual([]);
      expect(server.seen).toHaveLength(1);
    }
  });

  it('416 for the first page, or before the announced total, is a failure and no end', async () => {
    const strict = await serve((_seen, response) => json(response, {}, 416, { 'content-range': 'items */3573' }));
    expect(await rejection(run({ url: strict.url }))).toMatchObject({ name: 'HttpError', status: 416, pageIndex: 0 });
    const bare = await serve((_seen, response) => json(response, {}, 416));
    expect(await rejection(run({ url: bare.url }))).toBeInstanceOf(HttpError);
    const deep = await serve(({ headers }, response) => {
      const first = headers.range === 'items=0-9';
      json(response, rows(10), first ? 206 : 416, { 'content-range': `items ${first ? '0-9' : '*'}/3573` });
    });
    expect(await rejection(run({ url: deep.url }))).toMatchObject({ name: 'HttpError', status: 416, pageIndex: 1 });
  });

  it('a 200 without Content-Range is the whole list', async () => {
    const server = await serve((_seen, response) => json(response, rows(25)));
    const [page, ...others] = await run({ url: server.url });
    expect({ items: page?.items, total: page?.total, others }).toEqual({
      items: rows(25),
      total: undefined,
      others: [],
    });
  });

  it.each<[string, Table['range'], string]>([
    ['no range in a 206', () => undefined, 'found none in an answer with status 206'],
    ['text', () => 'items all', 'expected a range like items 0-99/3573, found "items all"'],
    ['a range that ends before it starts', () => 'items 9-0/25', 'found "items 9-0/25"'],
    ['a total before its last item', () => 'items 0-9/9', 'if its total is an estimate, request an exact one'],
    ['more digits than numbers have', () => `items 0-9/${'9'.repeat(20)}`, 'expected a range like'],
    ['bytes', () => 'bytes 0-9/25', 'found "bytes 0-9/25": part of a file is not a page'],
    ['another unit', () => 'Posts 0-9/25', "if that is what the API counts, set `unit: 'posts'"],
    ['another start', () => 'items 1-10/25', 'expected a range that starts with 0, found "items 1-10/25"'],
    ['fewer items than it says', () => 'items 0-10/25', 'a range of 11 items, and the answer has 10'],
    ['more items than it says', () => 'items 0-8/25', 'a range of 9 items, and the answer has 10'],
    ['none, and items', () => 'items */25', 'a range of 0 items, and the answer has 10'],
  ])('P4 a Content-Range of %s is an ExtractError, and no page', async (_title, range, message) => {
    const server = await table({ range: range! });
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error).toMatchObject({ field: 'next', pageIndex: 0 });
    expect(error.message).toContain(`next at header Content-Range: `);
    expect(error.message).toContain(message);
  });

  it('a later page without a range is an error: the API has ignored the request for it', async () => {
    const server = await serve(({ headers }, response) => {
      const first = headers.range === 'items=0-9';
      json(response, first ? rows(10) : rows(25), 200, first ? { 'content-range': 'items 0-9/25' } : {});
    });
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error).toMatchObject({ pageIndex: 1 });
    expect(error.message).toContain('found none in an answer with status 200');
  });

  it('P11 a server that answers with the first range again is an error', async () => {
    const server = await serve((_seen, response) => json(response, rows(10), 206, { 'content-range': 'items 0-9/25' }));
    expect(await rejection(run({ url: server.url }))).toBeInstanceOf(PaginationLoopError);
  });

  it('in a browser that may hide Content-Range, a first page without it is an error', async () => {
    const transport = () => [
      { status: 200, url: '', body: [1, 2], headers: { get: () => null, hidden: true as const } },
    ];
    const error = await rejection(run({ url: 'http://host/' }, {}, { transport }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('Access-Control-Expose-Headers: Content-Range');
    expect(error.message).toContain('if the API ignores Range and this is the whole list, use `singlePage()`');
  });

  it('E6 pages in flight at the same time come whole and in order, from a server that caps ranges too', async () => {
    for (const cap of [1000, 4]) {
      const server = await table({ cap });
      expect(itemsOf(await run({ url: server.url }, {}, { concurrency: 3 }))).toEqual(rows(25));
    }
  });

  it('guesses the range after one that is not known: by what the server gives, or by the size', () => {
    const { guess, resize } = contentRange<number>({ size: 10 });
    const seen = (items: number[]): Answer<number, ContentRangePosition> => ({
      index: 0,
      position: { from: 0, size: 10 },
      itemsBefore: 0,
      items,
      body: items,
      response: answer(items),
    });
    expect(guess?.({ from: 7, size: 10 })).toEqual({ from: 17, size: 10 });
    expect(guess?.({ from: 7, size: 10 }, seen([1, 2, 3]))).toEqual({ from: 10, size: 10 });
    expect(guess?.({ from: 7, size: 10 }, seen([]))).toEqual({ from: 17, size: 10 });
    expect(resize?.({ from: 70, size: 9 }, 0.5, 70)).toEqual({ from: 70, size: 4 });
    expect(resize?.({ from: 70, size: 1 }, 0.5, 70)).toBeUndefined();
  });

  it('skips a page that keeps failing, and continues with the next range', async () => {
    const server = await serve(({ headers }, response) => {
      const first = Number(/items=(\d+)/.exec(headers.range ?? '')?.[1]);
      const last = Math.min(first + 9, 24);
      if (first === 10) json(response, {}, 500);
      else json(response, rows(25).slice(first, last + 1), 206, { 'content-range': `items ${first}-${last}/25` });
    });
    const pages = await run({ url: server.url }, {}, { skipFailedPages: { max: 1 } });
    expect(itemsOf(pages)).toEqual([...rows(10), ...rows(25).slice(20)]);
  });

  it('is told from one with other units', () => {
    expect(contentRange({ size: 3 }).identity).toEqual({ unit: 'items', unitParam: null });
    expect(contentRange({ size: 9, unit: 'rows', unitParam: 'Range-Unit' }).identity).toEqual({
      unit: 'rows',
      unitParam: 'Range-Unit',
    });
  });

  it.each<[object, string]>([
    [{}, 'contentRange: size is missing; give the number of items to request per page'],
    [{ size: 0 }, 'size must be a whole number of at least 1'],
    [{ size: 200, maxSize: 100 }, "above the API's maximum of 100"],
    [{ size: 1, unit: '' }, 'unit must be'],
    [{ size: 1, unitParam: 5 }, 'unitParam must be'],
    [{ size: 1, sizeParam: 'n' }, 'unknown option "sizeParam"'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => contentRange(options as never));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});

describe('contentRange, asked about one answer', () => {
  type Options = Partial<ContentRangeOptions<number>>;
  const answerOf = (from: number, items: readonly number[], range: string | undefined, status = 206) => {
    const response = answer({ items, total: 25 }, status, range === undefined ? {} : { 'content-range': range });
    return { index: 3, position: { from, size: 10 }, itemsBefore: from, items, body: response.body, response };
  };
  const of = (options: Options = {}) => contentRange<number>({ items: 'items', size: 10, ...options });
  const next = (options: Options, ...given: Parameters<typeof answerOf>) => of(options).next(answerOf(...given));

  it('goes on after the last item, up to an exact total', () => {
    expect(next({}, 10, rows(10), 'items 10-19/25')).toEqual({ from: 20, size: 10 });
    expect(next({}, 10, rows(10), 'items 10-19/21')).toEqual({ from: 20, size: 10 });
    expect(next({}, 10, rows(10), 'items 10-19/20')).toBeUndefined();
    expect(next({}, 10, rows(10), 'items 10-19/*')).toEqual({ from: 20, size: 10 });
    expect(next({ totalIs: 'estimate' }, 10, rows(10), 'items 10-19/20')).toEqual({ from: 20, size: 10 });
    expect(next({ total: 'total' }, 10, rows(10), 'items 10-19/20')).toEqual({ from: 20, size: 10 });
    expect(next({}, 10, [], 'items */25')).toBeUndefined();
  });

  it('ends at a 204, and at an empty answer without a range, but not at an empty 206', () => {
    expect(next({}, 10, [], undefined, 204)).toBeUndefined();
    expect(next({}, 10, [], 'nonsense', 204)).toBeUndefined();
    expect(next({}, 10, [], undefined, 200)).toBeUndefined();
    expect(thrown(() => next({}, 10, [], undefined, 206)).message).toContain('found none in an answer with status 206');
    expect(thrown(() => next({}, 0, rows(3), undefined, 206)).message).toMatch(/found none in an answer with status 206$/);
    expect(thrown(() => next({}, 10, rows(3), undefined, 200))).toBeInstanceOf(ExtractError);
    expect(next({}, 0, rows(3), undefined, 200)).toBeUndefined();
  });

  it('compares units in any case, and counts bytes if they are the unit', () => {
    expect(next({ unit: 'Rows' }, 0, rows(10), 'rows 0-9/25')).toEqual({ from: 10, size: 10 });
    expect(next({ unit: 'bytes' }, 0, rows(10), 'bytes 0-9/25')).toEqual({ from: 10, size: 10 });
    expect(thrown(() => next({ unit: 'bytes' }, 0, rows(10), 'items 0-9/25')).message).toContain("set `unit: 'items'`");
    expect(thrown(() => next({}, 0, [], '')).message).toContain('expected a range like items 0-99/3573');
  });

  it('says how many items there should be, what a browser may hide, and which total can not be read', () => {
    expect(thrown(() => next({}, 10, rows(10), 'items 10-20/25')).message).toContain('a range of 11 items, and the answer has 10');
    const given = answerOf(10, rows(10), undefined);
    const hidden = { ...given, response: { ...given.response, headers: { get: () => null, hidden: true as const } } };
    expect(thrown(() => of().next(hidden)).message).toContain('Access-Control-Expose-Headers: Content-Range');
    const many = { total: () => 'many' } as unknown as Options;
    expect(thrown(() => next(many, 10, rows(10), 'items 10-19/25'))).toMatchObject({ field: 'total' });
    expect(thrown(() => of(many).afterEmpty?.(answerOf(20, [], 'items */25'), undefined))).toMatchObject({ field: 'total' });
  }); // prettier-ignore

  it('P14 an empty page before the announced total is followed by the range after it', () => {
    const after = (range: string | undefined, before?: string, options: Options = {}) =>
      of(options).afterEmpty?.(answerOf(20, [], range, 200), before === undefined ? undefined : answerOf(10, rows(10), before));
    expect(after('items */25')).toEqual({ from: 30, size: 10 });
    expect(after('items */20')).toBeUndefined();
    expect(after('items */21')).toEqual({ from: 30, size: 10 });
    expect(after('items */*')).toBeUndefined();
    expect(after(undefined)).toBeUndefined();
    expect(after(undefined, 'items 10-19/25')).toEqual({ from: 30, size: 10 });
    expect(after('items */0', 'items 10-19/25')).toEqual({ from: 30, size: 10 });
    expect(after('items */21', 'items 10-19/20')).toEqual({ from: 30, size: 10 });
    expect(after(undefined, undefined, { total: 'total' })).toEqual({ from: 30, size: 10 });
    expect(after('items */99', undefined, { total: () => 20 })).toBeUndefined();
  });

  it.each<[status: number, from: number, range: string | undefined, options: Options, verdict: string | undefined]>([
    [416, 10, undefined, {}, 'end'],
    [416, 0, undefined, {}, undefined],
    [416, 10, 'items */25', {}, undefined],
    [416, 25, 'items */25', {}, 'end'],
    [416, 24, 'items */25', {}, undefined],
    [416, 0, 'items */0', {}, 'end'],
    [416, 10, 'bytes */25', {}, 'end'],
    [416, 10, 'items */25', { totalIs: 'estimate' }, 'end'],
    [416, 10, 'nonsense', {}, 'end'],
    [404, 10, undefined, {}, undefined],
    [404, 10, undefined, { endStatuses: [404] }, 'end'],
    [404, 0, undefined, { endStatuses: [404] }, undefined],
    [200, 10, undefined, { endStatuses: [404] }, undefined],
  ])('judges %i at %i with %s, %j: %s', (status, from, range, options, verdict) => {
    const { response, position } = answerOf(from, [], range, status);
    expect(of(options).check?.(response, position)).toBe(verdict);
  });

  it('cuts a page where another one begins, which it does not make longer', () => {
    expect(of().upTo?.({ from: 10, size: 10 }, { from: 14, size: 10 })).toEqual({ from: 10, size: 4 });
    expect(of().upTo?.({ from: 10, size: 10 }, { from: 30, size: 10 })).toEqual({ from: 10, size: 10 });
  });

  it('announces the total of Content-Range, or the one that is named, and takes the body for the items', () => {
    const given = answerOf(0, [1], 'items 0-0/7');
    expect(of().total?.(given)).toBe(7);
    expect(of().total?.(answerOf(0, [1], 'nonsense'))).toBeUndefined();
    expect(of({ total: 'total' }).total?.(given)).toBe(25);
    expect(contentRange<number>({ size: 1 }).items([1], given.response, given.position)).toEqual([1]);
  });

  it('refuses a total that is no path, and a placement that is no function, by their names', () => {
    const refused = (options: object) => thrown(() => of(options)).message;
    expect(refused({ total: 5 })).toMatch(/^contentRange: total/);
    expect(refused({ place: 'query' })).toMatch(/^contentRange: place/);
    expect(refused({ endStatuses: '404' })).toMatch(/^contentRange: endStatuses/);
  });

  it('begins at the first item, and is named after its function', () => {
    expect(of()).toMatchObject({ name: 'contentRange', first: { from: 0, size: 10 } });
  });
}); // prettier-ignore

describe('detect', () => {
  it('detects ranges of items, and how their unit is written', async () => {
    const ranged = await serve(({ headers }, response) => {
      const [, unit, start = '0', end = '9'] = /^(items=)?(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
      const last = Math.min(Number(end), 24);
      if (headers.range !== undefined && unit === undefined) return json(response, rows(10), 200);
      json(response, rows(25).slice(Number(start), last + 1), 206, { 'content-range': `items ${start}-${last}/25` });
    });
    const found = await detect<number>({ url: ranged.url });
    expect(found).toMatchObject({
      proved: true,
      typescript: "contentRange({ items: '.', size: 10 })",
      flags: '--paging content-range --items . --size 10',
    });
    expect(found.evidence).toContain('the Content-Range header is items 0-9/25');
    expect(itemsOf(await lastValueFrom(paginate({ url: ranged.url }, found.strategy).pipe(toArray())))).toEqual(
      rows(25),
    );
    expect((await detect({ url: ranged.url }, { size: 20 })).typescript).toBe("contentRange({ items: '.', size: 20 })");
  });

  it('detects PostgREST', async () => {
    const server = await serve(({ headers }, response) => {
      const [, start = '0', end = '9'] = /^(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
      const items = rows(25).slice(Number(start), Number(end) + 1);
      const range = items.length === 0 ? '*' : `${start}-${Number(start) + items.length - 1}`;
      json(response, items, 200, { 'content-range': `${range}/*`, 'range-unit': 'items' });
    });
    expect(await detect({ url: server.url })).toMatchObject({
      proved: true,
      typescript: "contentRange({ items: '.', size: 10, unitParam: 'Range-Unit' })",
    });
  });
});

describe('parseContentRange', () => {
  it.each<[string, object | undefined]>([
    ['items 0-99/3573', { unit: 'items', items: { first: 0, last: 99 }, total: 3573 }],
    [' Items\t5-5/* ', { unit: 'items', items: { first: 5, last: 5 }, total: undefined }],
    ['0-24/*', { unit: undefined, items: { first: 0, last: 24 }, total: undefined }],
    ['*/3573', { unit: undefined, items: undefined, total: 3573 }],
    ['items */*', { unit: 'items', items: undefined, total: undefined }],
    ['', undefined],
    ['items', undefined],
    ['items 0-9', undefined],
    ['items=0-9/25', undefined],
    ['items -9/25', undefined],
    ['items 0-9/-1', undefined],
    ['items 0-9/25, items 20-24/25', undefined],
    ['items 5-4/25', undefined],
    ['items 0-9/9', undefined],
    ['items 0-1e3/2000', undefined],
    ['items 0-9/10', { unit: 'items', items: { first: 0, last: 9 }, total: 10 }],
    ['items  \t 0-9/10', { unit: 'items', items: { first: 0, last: 9 }, total: 10 }],
    ["a!#$%&'*+.^`|~-9 10-19/*", { unit: "a!#$%&'*+.^`|~-9", items: { first: 10, last: 19 }, total: undefined }],
    ['x items 0-9/25', undefined],
    ['items(0-9/25', undefined],
    ['items 0-9/25x', undefined],
    ['items 0-9/*x', undefined],
    [`items 0-9/${'9'.repeat(15)}`, { unit: 'items', items: { first: 0, last: 9 }, total: 999_999_999_999_999 }],
    [`items 0-9/${'9'.repeat(16)}`, undefined],
    [`items 0-${'9'.repeat(16)}/*`, undefined],
    [`items ${'0'.repeat(16)}-9/*`, undefined],
  ])('%j is %j', (text, expected) => {
    expect(parseContentRange(text)).toEqual(expected);
  });
});
