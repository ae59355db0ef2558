import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  afterPages,
  cursor,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  paginate,
  PaginationLoopError,
  type Page,
  type PaginateOptions,
  type ResumeToken,
  type Strategy,
} from 'pagewise';
import { alikeItems, fitsSketch, sketchOf } from '../lib/values/alike.js';
import { json, rows, serve, type TestServer } from './support/server.js';
import { itemsOf, plain, rejection } from './support/walks.js';

type Make = (options: { onRepeat?: 'stop' | 'allow' }) => object;

const kinds: [string, Make][] = [
  ['pageNumber', (options) => pageNumber({ items: 'items', size: 10, ...options })],
  ['offset', (options) => offset({ items: 'items', size: 10, ...options })],
  ['cursor', (options) => cursor({ items: 'items', next: 'token', cursorParam: 'cursor', ...options })],
  ['nextUrl', (options) => nextUrl({ items: 'items', next: 'next', ...options })],
  ['linkHeader', (options) => linkHeader({ items: 'items', ...options })],
];

const walk = async (server: TestServer, strategy: object, options: PaginateOptions = {}): Promise<Page[]> =>
  lastValueFrom(paginate({ url: server.url }, strategy as Strategy, { policy: plain, ...options }).pipe(toArray()));

/** What a walk delivered, and how it ended. */
async function tried(server: TestServer, strategy: object, options: PaginateOptions = {}) {
  const items: unknown[] = [];
  const error = await new Promise<unknown>((resolve) =>
    paginate({ url: server.url }, strategy as Strategy, { policy: plain, until: afterPages(40), ...options }).subscribe(
      {
        next: (page) => items.push(...page.items),
        error: resolve,
        complete: () => resolve(undefined),
      },
    ),
  );
  return { items, error, requests: server.seen.length };
}

/** A server that answers its n-th page, counted from 0, whichever way it is asked. */
const pagesOf = (page: (index: number) => readonly unknown[]) =>
  serve(({ url }, response) => {
    const { searchParams: query } = url;
    const given = query.get('page') ?? query.get('cursor');
    const index = given === null ? Math.ceil(Number(query.get('offset') ?? 0) / 10) : Number(given) - 1;
    const next = `/items?page=${index + 2}`;
    json(response, { items: page(index), token: String(index + 2), next }, 200, { link: `<${next}>; rel="next"` });
  });

const three = [rows(10), rows(20).slice(10), rows(25).slice(20)];
const things = (ids: readonly number[], more: (id: number) => object = () => ({})) =>
  ids.map((id) => ({ id, name: `thing ${id}`, kind: 'thing', ...more(id) }));

let clock = 1_700_000_000_000;
const volatile: [string, () => object][] = [
  ['a signed URL', () => ({ url: `https://cdn.example.com/a.png?X-Amz-Signature=${++clock}&X-Amz-Expires=60` })],
  ['a clock', () => ({ at: new Date(++clock).toISOString() })],
  ['the time, and hardly anything else', () => ({ name: undefined, now: Date.now() + ++clock / 1e13 })],
  ['a random key beside the id', () => ({ uuid: `u-${++clock}` })],
  ['the id of the request, and nothing else', () => ({ name: undefined, kind: undefined, request_id: `r-${++clock}` })],
  ['the time and the id of the request, and nothing else', () => ({ name: undefined, kind: undefined, served_at: new Date(Date.now()).toISOString(), meta: { requestId: ++clock } })], // prettier-ignore
  ['a counter deep inside', () => ({ meta: { seen: ++clock, by: 'api', tags: ['a', 'b'] } })],
];

describe.each(kinds)('pages that start over after the last one: %s', (_name, make) => {
  it('P16 1 2 3 1 2 3 … is an error at the first repeated page: it used to be endless', async () => {
    const server = await pagesOf((index) => three[index % 3] ?? []);
    const { items, error, requests } = await tried(server, make({}));
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(error).toMatchObject({ message: expect.stringContaining('the API starts over after its last page') });
    expect([items, requests]).toEqual([rows(25), 4]);
  });

  it.each([2, 5])('P16 with concurrency %i too', async (concurrency) => {
    const server = await pagesOf((index) => three[index % 3] ?? []);
    const { items, error } = await tried(server, make({}), { concurrency });
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(items).toEqual(rows(25));
  });

  it("P16 onRepeat: 'stop' ends there, and no item comes twice: it used to give 35 items of 25", async () => {
    for (const past of [(index: number) => three[index % 3] ?? [], (index: number) => three[index] ?? rows(10)]) {
      const server = await pagesOf(past);
      const { items, error } = await tried(server, make({ onRepeat: 'stop' }));
      expect([items, error]).toEqual([rows(25), undefined]);
    }
  });

  it("P16 onRepeat: 'allow' takes them all", async () => {
    const server = await pagesOf((index) => three[index % 3] ?? []);
    expect((await walk(server, make({ onRepeat: 'allow' }), { until: afterPages(7) })).length).toBe(7);
  });

  it.each(volatile)('P16 1 2 3 1 2 3 … with %s', async (_field, field) => {
    const server = await pagesOf((index) => things(three[index % 3] ?? [], field));
    const { items, error } = await tried(server, make({}));
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(items).toHaveLength(25);
  });

  it.each(volatile)('P16 a clamped last page with %s: it used to be endless', async (_field, field) => {
    for (const onRepeat of [undefined, 'stop'] as const) {
      const server = await pagesOf((index) => things(three[Math.min(index, 2)] ?? [], field));
      const { items, error, requests } = await tried(server, make(onRepeat ? { onRepeat } : {}));
      if (onRepeat) expect(error).toBeUndefined();
      else expect(error).toBeInstanceOf(PaginationLoopError);
      expect(items).toHaveLength(25);
      expect(requests).toBeLessThanOrEqual(4);
    }
  });

  it.each(volatile)(
    'P16 and P10: a token carries the first page, so the next run finds it too, with %s',
    async (_field, field) => {
      const server = await pagesOf((index) => things(three[index % 3] ?? [], field));
      for (const stop of [1, 2, 3]) {
        const first = await walk(server, make({}), { until: afterPages(stop) });
        const token = JSON.parse(JSON.stringify(first.at(-1)?.resume)) as ResumeToken;
        expect(token.first).toMatch(/^10:/);
        const { items, error } = await tried(server, make({}), { resumeFrom: token });
        expect(error).toBeInstanceOf(PaginationLoopError);
        expect(first.flatMap((page) => page.items).length + items.length).toBe(25);
      }
    },
  );

  it('P16 old tokens stay valid: without the first page, the first one of the new run is taken', async () => {
    const server = await pagesOf((index) => three[index % 3] ?? []);
    const [page] = await walk(server, make({}), { until: afterPages(1) });
    const { first, ...old } = page!.resume;
    expect(first).toBeDefined();
    const { items, error } = await tried(server, make({}), { resumeFrom: old });
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(items).toEqual([...rows(25).slice(10), ...rows(10)]);
  });

  it('P16 an error continues with the first page in its token', async () => {
    let broken = true;
    const server = await serve(({ url }, response) => {
      const { searchParams: query } = url;
      const index = query.has('offset')
        ? Math.ceil(Number(query.get('offset')) / 10)
        : Number(query.get('page') ?? query.get('cursor') ?? 1) - 1;
      if (index === 2 && broken) return json(response, {}, 400);
      const next = `/items?page=${index + 2}`;
      const body = { items: three[index % 3], token: String(index + 2), next };
      return json(response, body, 200, { link: `<${next}>; rel="next"` });
    });
    const { resume } = await rejection(walk(server, make({})));
    broken = false;
    const { items } = await tried(server, make({}), { resumeFrom: resume as ResumeToken });
    expect(items).toEqual(rows(25).slice(20));
  });
});

const labels = { unit: '%', region: 'eu', host: 'a', env: 'test' };
const iso = (hours: number) => new Date(1_700_000_000_000 + hours * 3_600_000).toISOString();

describe('healthy pages', () => {
  const healthy: [string, (page: number, row: number) => unknown][] = [
    [
      'metrics, which keep their ids and change all else',
      (page, row) => ({ id: row, value: page * 7 + row, at: page }),
    ],
    ['metrics with the id of the request', (page, row) => ({ id: row, request_id: `r${page}`, value: page * 7 + row })],
    ['metrics with a unit, half of whose fields stay', (page, row) => ({ id: row, unit: '%', value: page * 7 + row })],
    [
      'days of one series, with labels',
      (page, row) => ({ id: row, ...labels, day: iso(page * 24).slice(0, 10), value: page }),
    ],
    ['hours of one series, with labels', (page, row) => ({ id: row, ...labels, at: iso(page), value: 0 })],
    ['months', (page, row) => ({ id: row, ...labels, month: `2026-0${page + 1}` })],
    [
      'seconds since 1970, backwards',
      (page, row) => ({ id: row, ...labels, ts: Math.round(Date.now() / 1000) - page * 61 }),
    ],
    ['ids alone in another order', (page, row) => ({ id: (row + page) % 10, name: 'x', kind: 'thing' })],
    ['ids that differ in one item', (page, row) => ({ id: row === 5 ? 100 + page : row, name: 'x', kind: 'y' })],
    ['other ids and all else equal', (page, row) => ({ id: page * 10 + row, name: 'x', kind: 'thing', status: 'ok' })],
    [
      'keys of another name and all else equal',
      (page, row) => ({ order_id: page * 10 + row, status: 'ok', kind: 'y' }),
    ],
    ['ids one level deep', (page, row) => ({ node: { id: page * 10 + row, status: 'ok' }, kind: 'y', type: 'z' })],
    ['no key at all, and mostly constant fields', (page, row) => ({ n: page * 10 + row, a: 1, b: 2, c: 3 })],
    ['rows as arrays', (page, row) => [page * 10 + row, 'a', 'b', 'c']],
    ['texts', (page, row) => `row ${page * 10 + row}`],
    ['numbers that repeat within a page', (page, row) => (page + row) % 3],
  ];

  it.each(healthy)('P16 are delivered: %s', async (_name, item) => {
    const server = await pagesOf((index) => (index < 6 ? rows(10).map((row) => item(index, row)) : []));
    const pages = await walk(server, pageNumber({ items: 'items', size: 10, onRepeat: 'error' })).catch(
      (error: unknown) => error,
    );
    if (_name === 'numbers that repeat within a page') expect(pages).toBeInstanceOf(PaginationLoopError);
    else expect(itemsOf(pages as Page[])).toHaveLength(60);
  });

  it.each(healthy.slice(2, 6))('P16 and P10 are delivered by a resumed walk: %s', async (_name, item) => {
    const server = await pagesOf((index) => (index < 6 ? rows(10).map((row) => item(index, row)) : []));
    const strategy = pageNumber({ items: 'items' });
    const [, , third] = await walk(server, strategy);
    expect(itemsOf(await walk(server, strategy, { resumeFrom: third?.resume }))).toHaveLength(30);
  });

  it('P16 pages of one item are told apart by a key, and without one only by all their fields', async () => {
    const keyed = await pagesOf((index) => (index < 5 ? [{ id: index, a: 1, b: 2, c: 3 }] : []));
    expect(await walk(keyed, pageNumber({ items: 'items' }))).toHaveLength(6);
    const bare = await pagesOf((index) => (index < 5 ? [{ n: index, a: 1, b: 2, c: 3 }] : []));
    expect(await walk(bare, pageNumber({ items: 'items' }))).toHaveLength(6);
  });

  it('P16 a short last page that holds some items of the first one is no start over', async () => {
    const server = await pagesOf((index) => [rows(10), rows(20).slice(10), rows(5)][index] ?? []);
    expect(itemsOf(await walk(server, pageNumber({ items: 'items' })))).toHaveLength(25);
  });
});

describe('pages that are alike', () => {
  const page = (more: (id: number) => object) => things(rows(3), more);

  it.each<[string, unknown[], unknown[], boolean]>([
    ['equal', page(() => ({})), page(() => ({})), true],
    ['one field of three differs', page(() => ({ at: 1 })), page(() => ({ at: 2 })), true],
    ['two of four', page(() => ({ at: 1, n: 1 })), page(() => ({ at: 2, n: 2 })), false],
    ['another number of items', page(() => ({})), page(() => ({})).slice(1), false],
    ['ids in another order', page(() => ({})), [...page(() => ({}))].reverse(), false],
    ['a field more', page(() => ({})), page(() => ({ at: 1 })), true],
    ['keys under _id', [{ _id: 1, a: 1, b: 2, at: 1 }], [{ _id: 1, a: 1, b: 2, at: 2 }], true],
    ['other keys under _id', [{ _id: 1, a: 1, b: 2, at: 1 }], [{ _id: 2, a: 1, b: 2, at: 1 }], false],
    ['a signed URL beside the id', [{ id: 1, url: '/a?sig=1' }], [{ id: 1, url: '/a?sig=2' }], true],
    ['another URL beside the id', [{ id: 1, url: '/a?sig=1' }], [{ id: 1, url: '/b?sig=2' }], false],
    ['a query that signs nothing', [{ id: 1, url: '/a?day=1' }], [{ id: 1, url: '/a?day=2' }], false],
    [
      'a key without a name',
      [
        ['a', 1, 2, 3],
        ['b', 1, 2, 4],
      ],
      [
        ['a', 1, 2, 5],
        ['b', 1, 2, 6],
      ],
      true,
    ],
    ['one item without a key', [{ a: 1, b: 2, c: 3, d: 4 }], [{ a: 1, b: 2, c: 3, d: 5 }], false],
    [
      'keys that are all the same',
      [
        { id: 1, a: 1, b: 1, c: 1 },
        { id: 1, a: 2, b: 2, c: 1 },
      ],
      [
        { id: 1, a: 1, b: 1, c: 2 },
        { id: 1, a: 2, b: 2, c: 2 },
      ],
      false,
    ],
    ['numbers', [1, 2], [1, 2], false],
    ['null', [null], [null], false],
    ['nothing', [], [], false],
  ])('P16 %s', (_name, a, b, expected) => {
    expect(alikeItems(a, b)).toBe(expected);
    expect(alikeItems(b, a)).toBe(expected);
  });

  it('P16 what throws when it is read is not alike, and has a sketch that fits nothing', () => {
    const hostile = [new Proxy({}, { ownKeys: () => { throw new Error('no'); } })]; // prettier-ignore
    expect(alikeItems(hostile, hostile)).toBe(false);
    expect(sketchOf(hostile)).toBe('');
    expect(fitsSketch(hostile, '')).toBe(false);
  });

  it('P16 a sketch is short, and holds nothing in plain text', () => {
    const many = things(rows(1000), (id) => ({
      secret: `s3cr3t-${id}`,
      a: 1,
      b: 2,
      c: 3,
      d: 4,
      e: 5,
      f: 6,
      g: 7,
      h: 8,
    }));
    const sketch = sketchOf(many);
    expect(sketch.length).toBeLessThan(120);
    expect(sketch).not.toMatch(/s3cr3t|thing/);
    expect(fitsSketch(JSON.parse(JSON.stringify(many)) as unknown[], sketch)).toBe(true);
    expect(fitsSketch(many.slice(1), sketch)).toBe(false);
  });
});

describe('P16 pages that start over at another page than the first', () => {
  /** Page 1, then these pages again and again. */
  const endless = (size: number, ...lap: number[]) =>
    serve((_seen, response, index) => {
      const page = index === 0 ? 1 : lap[(index - 1) % lap.length]!;
      json(response, { items: things(rows(size * page).slice(size * (page - 1)), () => ({ at: ++clock })) });
    });
  const ids = (items: readonly unknown[]) => items.map((item) => (item as { id: number }).id);

  it.each([[[2, 3]], [[4, 5, 6]], [[2, 3, 4, 5, 6, 7, 8, 9]]])(
    '%j again and again is an error, or the end',
    async (lap) => {
      for (const size of [10, 1]) {
        const server = await endless(size, ...lap);
        const failed = await tried(server, pageNumber({ items: 'items', size }));
        expect((failed.error as Error).message).toContain(
          'the page has the same items as an earlier page: the API starts over',
        );
        const stopped = await tried(server, pageNumber({ items: 'items', size, onRepeat: 'stop' }));
        expect(stopped.error).toBeUndefined();
        // At most three laps after the first page.
        expect(stopped.items.length).toBeLessThanOrEqual(size * (1 + 3 * lap.length));
      }
    },
  );

  it('a lap that begins with the second page is found before any of it comes twice', async () => {
    const server = await endless(10, 2, 3);
    const { items } = await tried(server, pageNumber({ items: 'items', size: 10 }));
    expect(ids(items)).toEqual(rows(30));
  });

  it.each([
    ['the same item three times', (index: number) => (index % 2 === 1 ? [0, 0, 0] : [index, 0, index + 1])],
    ['one row without a key', (index: number) => [{ up: index % 3 === 0, load: index % 3 }]],
    ['four rows of few values', (index: number) => [1, 0, index % 3, 1].map((state) => ({ state }))],
  ])('pages that may come again by chance are delivered: %s', async (_name, page) => {
    // The first page is of its own: one with its items is taken for a new start.
    const server = await serve((_seen, response, index) => {
      json(response, { items: index === 0 ? ['first', 1, 2, 3] : index === 20 ? [] : page(index) });
    });
    const { error, requests } = await tried(server, pageNumber({ items: 'items', onRepeat: 'stop' }));
    expect([error, requests]).toEqual([undefined, 21]);
  });
});
