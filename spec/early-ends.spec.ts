import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  contentRange,
  cursor,
  EmptyPagesError,
  header,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  PagewiseError,
  paginate,
  type EndEvent,
  type OffsetOptions,
  type Page,
  type PageNumberOptions,
  type PaginateOptions,
  type Strategy,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { json, rows, serve } from './support/server.js';
import { answer, itemsOf, plain, rejection } from './support/walks.js';

interface Walked {
  readonly pages: Page<number>[];
  readonly items: number[];
  readonly end: EndEvent | undefined;
  readonly notices: string[];
}

async function walk(url: string, strategy: object, options: PaginateOptions<number> = {}): Promise<Walked> {
  const events: WalkEvent[] = [];
  const listener = { next: (event: WalkEvent) => events.push(event) };
  const pages = await lastValueFrom(
    paginate({ url }, strategy as Strategy<number>, { policy: plain, events: listener, ...options }).pipe(toArray()),
  );
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
  return { pages, items: itemsOf(pages), end: events.find((event) => event.type === 'end'), notices };
}

interface Api {
  readonly total?: number;
  /** Pages that come empty, counted from 1. */
  readonly empty?: readonly number[];
  /** What is answered past the last page. */
  readonly past?: number;
  /** The size that the server never exceeds. */
  readonly cap?: number;
  /** What is announced instead of the truth. */
  readonly announced?: number;
  /** Whether empty pages announce nothing. */
  readonly bare?: boolean;
  /** Whether empty pages are 204. */
  readonly noContent?: boolean;
}

/** Rows by page number, or by offset. */
const api = ({ total = 50, empty = [], past, cap = 10, announced = total, bare, noContent }: Api = {}) =>
  serve(({ url }, response) => {
    const size = Math.min(cap, Number(url.searchParams.get('per_page') ?? url.searchParams.get('limit') ?? 10));
    const number = url.searchParams.get('page');
    const from = number === null ? Number(url.searchParams.get('offset')) : (Number(number) - 1) * size;
    if (past !== undefined && from >= total) return json(response, { error: 'out of range' }, past);
    const items = empty.includes(from / size + 1) ? [] : rows(total).slice(from, from + size);
    if (items.length === 0 && noContent) return void response.writeHead(204).end();
    const counts = { total: announced, pages: Math.ceil(announced / size) };
    return json(response, items.length === 0 && bare ? { items } : { items, ...counts });
  });

const byPage = (options: PageNumberOptions<number>) => pageNumber<number>({ items: 'items', size: 10, ...options });
const byOffset = (options: OffsetOptions<number>) => offset<number>({ items: 'items', size: 10, ...options });

const counting: [string, object][] = [
  ['pageNumber with totalPages', byPage({ totalPages: 'pages' })],
  ['pageNumber with total', byPage({ total: 'total' })],
  ['pageNumber with both', byPage({ total: 'total', totalPages: 'pages' })],
  ['pageNumber with an estimated total', byPage({ total: 'total', totalIs: 'estimate' })],
  ['offset with total', byOffset({ total: 'total' })],
];
const without = (...pages: number[]) => rows(50).filter((row) => !pages.includes(Math.floor(row / 10) + 1));

describe.each(counting)('an empty page before the announced end: %s', (_name, strategy) => {
  it('P14 is followed by one more page, and the walk continues there: it used to end, with 20 of 40', async () => {
    const server = await api({ empty: [3] });
    const { items, pages } = await walk(server.url, strategy);
    expect(items).toEqual(without(3));
    expect(pages.slice(0, 5).map((page) => page.items.length)).toEqual([10, 10, 0, 10, 10]);
    expect(pages[2]?.next).toBeDefined();
  });

  it('P14 may be the first page, and several of them, each after a page with items', async () => {
    for (const empty of [[1], [2, 4], [1, 3]]) {
      const server = await api({ empty });
      expect((await walk(server.url, strategy)).items).toEqual(without(...empty));
    }
  });

  it('P14 is confirmed once: two empty pages are the end, and the end event has announced and received', async () => {
    const server = await api({ total: 20, announced: 90 });
    const { items, pages, end } = await walk(server.url, strategy);
    expect([items, pages.length, server.seen.length]).toEqual([rows(20), 4, 4]);
    expect(pages.at(-1)?.next).toBeUndefined();
    expect(end).toMatchObject({ reason: 'last-page', received: 20 });
    if (strategy !== counting[0]?.[1]) expect(end).toMatchObject({ total: 90 });
  });

  it.each([400, 404, 416])('P14 is confirmed by a page with status %i', async (past) => {
    const server = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page') ?? Number(url.searchParams.get('offset')) / 10 + 1);
      if (number > 3) return json(response, { error: 'no such page' }, past);
      return json(response, { items: rows(20).slice((number - 1) * 10, number * 10), total: 90, pages: 9 });
    });
    for (const concurrency of [1, 4]) {
      const { items, pages, end } = await walk(server.url, strategy, { concurrency });
      expect(items).toEqual(rows(20));
      expect(pages.at(-1)).toMatchObject({ items: [], next: undefined, response: { status: past } });
      expect(end).toMatchObject({ reason: 'last-page', received: 20 });
    }
  });

  it.each([403, 410, 500])('P14 is not confirmed by status %i, which stays an error', async (status) => {
    const server = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page') ?? Number(url.searchParams.get('offset')) / 10 + 1);
      if (number > 3) return json(response, {}, status);
      return json(response, { items: rows(20).slice((number - 1) * 10, number * 10), total: 90, pages: 9 });
    });
    expect((await rejection(walk(server.url, strategy))).message).toContain('Page 4 failed');
  });

  it('P14 a status 404 that follows a page with items is an error, as ever', async () => {
    const server = await api({ total: 20, announced: 90, past: 404 });
    expect(await rejection(walk(server.url, strategy))).toMatchObject({ status: 404, pageIndex: 2 });
  });

  it('P14 that announces nothing itself, or is a 204, is before the end that the page before it announced', async () => {
    for (const kind of [{ bare: true }, { noContent: true }]) {
      const server = await api({ empty: [3], ...kind });
      expect((await walk(server.url, strategy)).items).toEqual(without(3));
    }
  });

  it('P14 with concurrency: the page that confirms may be here already', async () => {
    for (const concurrency of [2, 3, 8]) {
      const server = await api({ empty: [3] });
      expect((await walk(server.url, strategy, { concurrency })).items).toEqual(without(3));
    }
  });

  it('P14 with prefetch, one page after the other', async () => {
    const server = await api({ empty: [2] });
    const found: number[] = [];
    for await (const { items } of paginate({ url: server.url }, strategy as Strategy<number>, { prefetch: 2 }))
      found.push(...items);
    expect(found).toEqual(without(2));
  });

  it('P14 and P10: from any page, the token continues to the same items, and to the same end', async () => {
    const middle = await api({ empty: [3] });
    const last = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page') ?? Number(url.searchParams.get('offset')) / 10 + 1);
      if (number > 3) return json(response, {}, 404);
      return json(response, { items: rows(20).slice((number - 1) * 10, number * 10), total: 90, pages: 9 });
    });
    for (const server of [middle, last]) {
      const whole = await walk(server.url, strategy);
      for (const [i, { resume }] of whole.pages.entries()) {
        const rest = await walk(server.url, strategy, { resumeFrom: JSON.stringify(resume) });
        expect([...itemsOf(whole.pages.slice(0, i + 1)), ...rest.items]).toEqual(whole.items);
        if (i < whole.pages.length - 1) expect(rest.pages.length).toBe(whole.pages.length - i - 1);
      }
    }
  });

  it('P14 a page that confirms and fails continues with the confirmation', async () => {
    let broken = true;
    const server = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page') ?? Number(url.searchParams.get('offset')) / 10 + 1);
      if (number > 3) return json(response, {}, broken ? 500 : 404);
      return json(response, { items: rows(20).slice((number - 1) * 10, number * 10), total: 90, pages: 9 });
    });
    const { resume } = await rejection(walk(server.url, strategy));
    expect(resume).toMatchObject({ index: 3, confirms: true });
    broken = false;
    const rest = await walk(server.url, strategy, { resumeFrom: JSON.stringify(resume) });
    expect(rest.pages.map(({ items, next }) => [items, next])).toEqual([[[], undefined]]);
  });

  it('P14 a page that confirms and is skipped leaves that to the page after it', async () => {
    const server = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page') ?? Number(url.searchParams.get('offset')) / 10 + 1);
      if (number === 4) return json(response, {}, 500);
      const items = number === 3 ? [] : rows(50).slice((number - 1) * 10, number * 10);
      return json(response, { items, total: 50, pages: 5 });
    });
    const { items, end } = await walk(server.url, strategy, { skipFailedPages: { max: 1 } });
    expect(items).toEqual(without(3, 4));
    expect(end?.gaps).toHaveLength(1);
  });
});

describe('an empty page', () => {
  it('P14 that ends before the announced last page is a notice, where no total tells', async () => {
    const server = await api({ total: 20, announced: 90 });
    const pages = await walk(server.url, byPage({ totalPages: 'pages' }));
    expect(pages.notices).toEqual([
      'Page 3 is empty, although the API announces more pages, and page 4 is empty too: the walk ends here.',
    ]);
    expect((await walk(server.url, byPage({ total: 'total' }))).notices).toEqual([]);
  });

  it('P14 that counts itself, and announces 0, is before the end that the page before it announced', async () => {
    const announced = (url: URL, hole: number, most: number, count: number) => {
      const number = Number(url.searchParams.get('page') ?? Number(url.searchParams.get('offset')) / 10 + 1);
      const items = number === hole || number > most ? [] : rows(number * 10).slice(-10);
      return { items, total: items.length && count, pages: items.length && count / 10 };
    };
    const holed = await serve(({ url }, response) => json(response, announced(url, 2, 3, 30)));
    for (const strategy of [byPage({ totalPages: 'pages' }), byPage({ total: 'total' }), byOffset({ total: 'total' })])
      expect((await walk(holed.url, strategy)).items).toEqual([...rows(10), ...rows(30).slice(20)]);
    const short = await serve(({ url }, response) => json(response, announced(url, 0, 2, 50)));
    const { items, end } = await walk(short.url, byPage({ total: 'total' }));
    expect([items, end?.total, end?.received]).toEqual([rows(20), 50, 20]); // P15
  });

  it('P14 is the end as before where nothing is announced, at the announced end, and where has-more says so', async () => {
    const plainly = await api({ total: 20 });
    expect((await walk(plainly.url, byPage({}))).pages).toHaveLength(3);
    expect((await walk(plainly.url, byOffset({}))).pages).toHaveLength(3);
    const shrunk = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page'));
      json(response, { items: number < 3 ? [number] : [], pages: number < 3 ? 5 : 2, total: 99 });
    });
    expect((await walk(shrunk.url, byPage({ totalPages: 'pages' }))).pages).toHaveLength(3);
    const flagged = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page'));
      json(response, { items: number < 3 ? [number] : [], more: number < 3, total: 99 });
    });
    expect((await walk(flagged.url, byPage({ hasMore: 'more', total: 'total' }))).pages).toHaveLength(3);
  });

  it('P14 of an offset without a size can not be confirmed: there is nothing to move by', async () => {
    const server = await api({ empty: [3] });
    const { items, end } = await walk(server.url, byOffset({ size: undefined, total: 'total' }));
    expect([items, end?.total, end?.received]).toEqual([rows(20), 50, 20]);
  });

  it('P14 moves an offset by what a server that caps sizes has shown: no row after it is left out', async () => {
    const server = await api({ cap: 7, empty: [3] });
    const { items } = await walk(server.url, byOffset({ size: 100, total: 'total' }));
    expect(items).toEqual(rows(50).filter((row) => row < 14 || row >= 21));
  });

  it('P14 of contentRange is confirmed too', async () => {
    const server = await serve(({ headers }, response) => {
      const from = Number(/\d+/.exec(headers.range ?? '')?.[0]);
      const items = from === 20 ? [] : rows(50).slice(from, from + 10);
      const range = items.length === 0 ? 'items */50' : `items ${from}-${from + items.length - 1}/50`;
      json(response, items, 206, { 'content-range': range });
    });
    expect((await walk(server.url, contentRange({ size: 10 }))).items).toEqual(without(3));
  });

  it("P14 advanceBy: 'size' moves past any number of empty pages up to the total: it used to stop at the first", async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      // Most rows are hidden from this user after the page is cut.
      const items = rows(60)
        .slice(from, from + 10)
        .filter((row) => row < 10 || row >= 40);
      json(response, { items, total: 60 });
    });
    const { items, end } = await walk(server.url, byOffset({ advanceBy: 'size', total: 'total' }));
    expect(items).toEqual([...rows(10), ...rows(60).slice(40)]);
    // The total counts hidden rows too.
    expect(end).toMatchObject({ total: 60, received: 30, totalIs: 'estimate' });
  });

  it("P14 advanceBy: 'size' ends by endStatuses or a short page as well", async () => {
    const server = await api({ total: 25, past: 404 });
    const strategies = [{ endStatuses: [404] }, { stopOnShortPage: true }];
    for (const options of strategies)
      expect((await walk(server.url, byOffset({ advanceBy: 'size', ...options }))).items).toEqual(rows(25));
  });
});

describe('a next link on every page', () => {
  /** CKAN: a link to the next page even past the end. */
  const endless = (total: (from: number) => unknown = () => 25) =>
    serve(({ url }, response) => {
      const from = Number(url.searchParams.get('from') ?? 0);
      const next = `/items?from=${from + 10}`;
      const body = { items: rows(25).slice(from, from + 10), total: total(from), next, token: String(from + 10) };
      const headers = { link: `<${next}>; rel="next"`, ...(body.total === undefined ? {} : { 'x-total': '25' }) };
      json(response, body, 200, headers);
    });
  const followers: [string, (options: { total?: string; totalIs?: 'estimate' }) => object][] = [
    ['cursor', (options) => cursor({ items: 'items', next: 'token', cursorParam: 'from', ...options })],
    ['nextUrl', (options) => nextUrl({ items: 'items', next: 'next', ...options })],
    ['linkHeader', (options) => linkHeader({ items: 'items', ...options })],
  ];

  it.each(followers)(
    'P14 ends %s at an empty page once the total is reached: it used to be 1,001 empty pages',
    async (_name, make) => {
      const server = await endless();
      const { items, pages, end } = await walk(server.url, make({ total: 'total' }));
      expect([items, pages.length, server.seen.length]).toEqual([rows(25), 4, 4]);
      expect(end).toMatchObject({ reason: 'last-page', total: 25, received: 25 });
    },
  );

  it.each(followers)('P14 does not end %s at a total before an empty page, or by an estimate', async (_name, make) => {
    const low = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('from') ?? 0);
      const next = `/items?from=${from + 10}`;
      const isLast = from >= 30;
      const items = from === 10 ? [] : rows(40).slice(from, from + 10);
      const link: Record<string, string> = isLast ? {} : { link: `<${next}>; rel="next"` };
      json(response, { items, total: 10, ...(isLast ? {} : { next, token: String(from + 10) }) }, 200, link);
    });
    expect((await walk(low.url, make({ total: 'total', totalIs: 'estimate' }))).items).toHaveLength(30);
    expect((await walk(low.url, make({}))).items).toHaveLength(30);
  });

  it.each(followers)('P1 %s still follows an empty page before the total is reached', async (_name, make) => {
    const sparse = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('from') ?? 0);
      const next = `/items?from=${from + 10}`;
      const items = from === 0 || from === 20 ? [] : rows(40).slice(from, from + 10);
      json(response, { items, total: 20, next, token: String(from + 10) }, 200, { link: `<${next}>; rel="next"` });
    });
    expect((await walk(sparse.url, make({ total: 'total' }))).items).toHaveLength(20);
  });

  it("P14 a total of 0 after items is the page's own length, and no end", async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('from') ?? 0);
      const items = from === 10 ? [] : rows(30).slice(from, from + 10);
      json(response, { items, total: items.length, ...(from < 20 ? { token: String(from + 10) } : {}) });
    });
    expect((await walk(server.url, followers[0]?.[1]({ total: 'total' }) ?? {})).items).toHaveLength(20);
  });

  it('P14 a search without results ends at its first page', async () => {
    const server = await serve((_seen, response) => json(response, { items: [], total: 0, next: '/items?from=10' }));
    const { pages } = await walk(server.url, nextUrl({ items: 'items', next: 'next', total: header('x') }), {
      until: () => true,
    });
    expect(pages[0]?.next).toBeDefined();
    expect((await walk(server.url, nextUrl({ items: 'items', next: 'next', total: 'total' }))).pages).toHaveLength(1);
  });

  it('P2 without a total it stays an error', async () => {
    const server = await endless(() => undefined);
    const strategy = cursor<number>({ items: 'items', next: 'token', cursorParam: 'from', maxEmptyPages: 5 });
    expect(await rejection(walk(server.url, strategy))).toBeInstanceOf(EmptyPagesError);
  });
});

describe('an estimated total', () => {
  it.each([10, 20])('P15 is no end: an estimate of %i that is too low loses nothing', async (announced) => {
    for (const strategy of [
      byPage({ total: 'total', totalIs: 'estimate' }),
      byOffset({ total: 'total', totalIs: 'estimate' }),
    ]) {
      const server = await api({ total: 25, announced });
      const { items, end } = await walk(server.url, strategy);
      expect(items).toEqual(rows(25));
      expect(end).toMatchObject({ total: announced, received: 25, totalIs: 'estimate' });
    }
  });

  it('P15 of contentRange is no end either, and a 416 before it is one', async () => {
    const server = await serve(({ headers }, response) => {
      const from = Number(/\d+/.exec(headers.range ?? '')?.[0]);
      const items = rows(25).slice(from, from + 10);
      if (items.length === 0) return json(response, {}, 416, { 'content-range': 'items */90' });
      const range = `items ${from}-${from + items.length - 1}/${from === 0 ? 10 : 90}`;
      return json(response, items, 206, { 'content-range': range });
    });
    const { items } = await walk(server.url, contentRange({ size: 10, totalIs: 'estimate' }));
    expect(items).toEqual(rows(25));
  });
});

describe('the end event', () => {
  it('P15 has the last announcement, and what it is', async () => {
    const server = await serve(({ url }, response) => {
      const number = Number(url.searchParams.get('page'));
      json(response, { items: number < 4 ? [number] : [], total: [9, 8, 3][number - 1] ?? 3 });
    });
    const { end } = await walk(server.url, byPage({ total: 'total' }));
    expect(end).toMatchObject({ total: 3, totalIs: 'exact', received: 3 });
    expect((await walk(server.url, byPage({}))).end).not.toHaveProperty('totalIs');
  });

  it('P15 counts what was received anew if the walk starts over', async () => {
    let expired = false;
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('after') ?? 0);
      if (from === 20 && !expired) {
        expired = true;
        return json(response, {}, 410);
      }
      const token = from < 20 ? { next: String(from + 10) } : {};
      return json(response, { items: rows(25).slice(from, from + 10), total: 25, ...token });
    });
    const strategy = cursor({
      items: 'items',
      next: 'next',
      cursorParam: 'after',
      total: 'total',
      onExpired: 'restart',
    });
    const { items, end } = await walk(server.url, strategy);
    expect([items.length, end?.received, end?.total]).toEqual([45, 25, 25]);
  });
});

it('P14 is confirmed by an error that has no answer, but the status of one, as of gRPC', async () => {
  class NotFound extends PagewiseError {
    readonly status = 404;
  }
  let asked = 0;
  const transport: Transport = () => {
    if (++asked === 3) throw new NotFound('ListItems: 5 NOT_FOUND');
    return [answer({ items: asked === 1 ? rows(10) : [], total: 90 })];
  };
  const byTotal = pageNumber<number>({ items: 'items', total: 'total' });
  const { pages, end } = await walk('http://host/items', byTotal, { transport });
  expect(pages.map(({ items }) => items.length)).toEqual([10, 0, 0]);
  const { response, next } = pages[2]!;
  expect([response.status, response.url, response.body, next]).toEqual([404, '', undefined, undefined]);
  expect(response.headers.get('etag')).toBeNull();
  expect(end).toMatchObject({ reason: 'last-page', received: 10, total: 90 });
});
