import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import {
  cursor, linkHeader, offset, pageNumber, paginate, singlePage, splitRanges, type PageNumberOptions, type PaginateOptions, type SplitPosition, type SplitRangesOptions, type Strategy,
} from 'pagewise'; // prettier-ignore
import { json, serve, type Seen } from '../support/server.js';
import { itemsOf, plain, thrown, walked } from '../support/walks.js';

interface Row {
  readonly id: number;
  readonly n: number;
}

/** Rows whose `n` is `of(id)`. */
const rowsOf = (count: number, of: (id: number) => number): Row[] =>
  Array.from({ length: count }, (_, id) => ({ id, n: of(id) }));

interface Habits {
  readonly ceiling?: number;
  /** Names of the bounds that it ignores. */
  readonly ignores?: readonly string[];
  /** Whether the upper bound is included. */
  readonly closed?: boolean;
  readonly total?: (found: readonly Row[]) => number | undefined;
  /** The status past the ceiling; without one, the list just ends there. */
  readonly refusal?: number;
}

/** An API with `?n_gte=&n_lt=&page=&size=`, that gives at most `ceiling` rows. */
function answer(rows: readonly Row[], habits: Habits = {}) {
  const {
    ceiling = 20,
    ignores = [],
    closed = false,
    total = (found: readonly Row[]) => found.length,
    refusal,
  } = habits;
  return ({ url }: Seen, response: ServerResponse): void => {
    const bound = (name: string) => (ignores.includes(name) ? null : url.searchParams.get(name));
    const [low, high] = [bound('n_gte'), bound('n_lt')];
    const found = rows.filter(
      ({ n }) =>
        (low === null || n >= Number(low)) && (high === null || (closed ? n <= Number(high) : n < Number(high))),
    );
    const size = Number(url.searchParams.get('per_page') ?? 5);
    const start = (Number(url.searchParams.get('page') ?? 1) - 1) * size;
    if (refusal !== undefined && start >= ceiling) return json(response, { message: 'too many' }, refusal);
    return json(response, { total: total(found), items: found.slice(start, Math.min(start + size, ceiling)) });
  };
}

const numbers = { from: 0, to: 100, params: ['n_gte', 'n_lt'], ceiling: 20 } as const;
const byPage = (
  options: Partial<SplitRangesOptions> = {},
  inner: PageNumberOptions<Row> = { size: 5, items: 'items', total: 'total' },
) => splitRanges(pageNumber<Row>(inner), { ...numbers, ...options });
const untold: PageNumberOptions<Row> = { size: 5, items: 'items' };

const partsIn = (seen: readonly Seen[]) =>
  seen.map(({ url }) => `${url.searchParams.get('n_gte')}-${url.searchParams.get('n_lt')}/${url.searchParams.get('page')}`); // prettier-ignore
const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id).sort((a, b) => a - b);

/** Walks to the end, whatever the positions of the strategy are. */
const walk = <Item>(
  url: string,
  strategy: Strategy<Item, SplitPosition>,
  options: PaginateOptions<NoInfer<Item>> = {},
) => walked<Item>(url, strategy as never, options);

describe('splitRanges', () => {
  const hundred = rowsOf(100, (id) => (id * 37) % 100);

  it('asks for one part if all rows fit', async () => {
    const { url, seen } = await serve(answer(hundred.slice(0, 12)));
    const { items, end } = await walk(url, byPage());
    expect(idsOf(items)).toEqual(idsOf(hundred.slice(0, 12)));
    expect(partsIn(seen)).toEqual(['0-100/1', '0-100/2', '0-100/3']);
    expect(end).toMatchObject({ reason: 'last-page', total: 12, received: 12 });
  });

  it('cuts a range in halves, counts both, and delivers the parts in order', async () => {
    const { url, seen } = await serve(answer(hundred.slice(0, 30)));
    const { pages, end } = await walk(url, byPage());
    const [half] = [hundred.slice(0, 30).filter(({ n }) => n < 50).length];
    expect(half).toBeLessThan(20);
    expect(partsIn(seen).slice(0, 4)).toEqual(['0-100/1', '50-100/1', '0-50/1', '0-50/2']);
    expect(
      partsIn(seen)
        .slice(4)
        .filter((part) => part.startsWith('0-50')).length,
    ).toBe(Math.ceil(half / 5) - 2);
    expect(itemsOf(pages).map(({ n }) => n >= 50)).toEqual([
      ...Array<boolean>(half).fill(false),
      ...Array<boolean>(30 - half).fill(true),
    ]);
    // The total of the whole range, although its first page is not delivered.
    expect(end).toMatchObject({ total: 30, received: 30, totalIs: 'exact' });
  });

  it('does not ask again for a part without rows', async () => {
    const rows = rowsOf(25, (id) => id);
    const { url, seen } = await serve(answer(rows));
    expect(idsOf((await walk(url, byPage())).items)).toEqual(idsOf(rows));
    expect(partsIn(seen)).toEqual([
      '0-100/1', '50-100/1', '0-50/1', '25-50/1', '0-25/1', '12-25/1', '0-12/1', '0-12/2', '0-12/3', '12-25/1', '12-25/2', '12-25/3',
    ]); // prettier-ignore
  });

  it('brings rows that share a value at a cut once', async () => {
    const rows = rowsOf(57, (id) => [49, 50, 51][id % 3] ?? 0);
    const { url } = await serve(answer(rows));
    const { items } = await walk(url, byPage());
    expect(idsOf(items)).toEqual(idsOf(rows));
  });

  it('delivers the narrowest part if it has exactly as many rows as the API gives', async () => {
    const rows = rowsOf(40, (id) => (id < 20 ? 7 : 80));
    const { url } = await serve(answer(rows));
    expect(idsOf((await walk(url, byPage())).items)).toEqual(idsOf(rows));
  });

  it("names a part that can't be split further and does not fit", async () => {
    const { url } = await serve(answer(rowsOf(40, (id) => (id < 30 ? 7 : 80))));
    const { items, error } = await walk(url, byPage());
    expect(items).toEqual([]);
    expect(error?.message).toContain('the part 7 to 8 has 30 rows, of which the API gives 20, and can\'t be split further: it is as narrow as `unit` allows'); // prettier-ignore
  });

  it('fails before any row comes twice if the API ignores the upper bound, the lower one, or both', async () => {
    for (const ignores of [['n_gte'], ['n_lt'], ['n_gte', 'n_lt']]) {
      const { url } = await serve(answer(hundred, { ignores }));
      const { items, error } = await walk(url, byPage());
      expect(items).toEqual([]);
      expect(error?.message).toMatch(/the parts of 0 to 100 have \d+ rows, but the whole has 100 \(counted 3 times\): the API seems to ignore n_gte and n_lt, or one of them/); // prettier-ignore
    }
  });

  it('fails before a row comes twice or is lost at a cut because of the bounds', async () => {
    const rows = rowsOf(40, (id) => id + 30);
    const closed = await walk((await serve(answer(rows, { closed: true }))).url, byPage());
    expect(closed.items).toEqual([]);
    expect(closed.error?.message).toMatch(/have 41 rows, but the whole has 40 .* would come twice: an upper bound that the API includes needs `bounds: '\[\]'`/); // prettier-ignore
    const open = await walk((await serve(answer(rows))).url, byPage({ bounds: '[]' }));
    expect(open.items).toEqual([]);
    expect(open.error?.message).toMatch(/have 39 rows, but the whole has 40 .* would be lost: .* `bounds: '\[\)'`/);
    const right = await walk((await serve(answer(rows, { closed: true }))).url, byPage({ bounds: '[]' }));
    expect(idsOf(right.items)).toEqual(idsOf(rows));
  });

  it('counts parts again if rows are added meanwhile', async () => {
    const rows = [...hundred];
    const { url, seen } = await serve((one, response, index) => {
      if (index === 2) rows.push({ id: 100, n: 3 });
      answer(rows)(one, response);
    });
    expect(idsOf((await walk(url, byPage())).items)).toEqual(idsOf(rows));
    expect(partsIn(seen).filter((part) => part === '0-100/1')).toHaveLength(2);
  });

  it('checks each item by its field, in parts with and without a total', async () => {
    const { url } = await serve(answer(hundred.slice(0, 15), { ignores: ['n_gte', 'n_lt'] }));
    const { items, error } = await walk(url, byPage({ field: 'n', to: 50 }));
    expect(items).toEqual([]);
    expect(error?.message).toMatch(/item \d has n \d+, which is not in the part 0 to 50: the API ignores n_gte and n_lt, or compares another field/); // prettier-ignore
    const missing = await walk(url, byPage({ field: 'm' }));
    expect(missing.error?.message).toContain('field of item 0 at m: expected a value of the range, found undefined');
    const own = byPage({ field: ((row: Row) => row.n) as never });
    expect(idsOf((await walk((await serve(answer(hundred))).url, own)).items)).toEqual(idsOf(hundred));
  });

  it('never takes an answer that says nothing of its rows for a part that fits', async () => {
    const { url } = await serve(answer(hundred, { total: () => undefined }));
    const { items, error } = await walk(url, byPage({}, untold));
    expect(items).toEqual([]);
    expect(error?.message).toContain('the part 0 to 100 announces no total, so nothing says whether it has more than 20 rows; set `total` of the strategy, or `refusedWith`'); // prettier-ignore
  });

  it('takes totals that stop at the ceiling for too many, and then needs the field', async () => {
    const { url } = await serve(answer(hundred, { total: (found) => Math.min(20, found.length) }));
    const { items, error } = await walk(url, byPage());
    expect(items).toEqual([]);
    expect(error?.message).toContain('has no exact total, so nothing shows whether the API honours n_gte and n_lt; set `field`'); // prettier-ignore
    expect(idsOf((await walk(url, byPage({ field: 'n' }))).items)).toEqual(idsOf(hundred));
  });

  it('says so if a list ends at the ceiling that its total did not announce', async () => {
    const { url } = await serve(answer(hundred, { total: () => 19 }));
    const estimate = byPage({ field: 'n' }, { size: 5, items: 'items', total: 'total', totalIs: 'estimate' });
    const { error } = await walk(url, estimate);
    expect(error?.message).toContain(
      'the part 0 to 100 ended after 20 rows, which is the ceiling, so it may have more',
    );
  });

  it('without totals, counts the pages of a part before it delivers them', async () => {
    const { url, seen } = await serve(answer(hundred, { total: () => undefined, refusal: 422 }));
    const { items, pages } = await walk(url, byPage({ refusedWith: [422], field: 'n' }, untold));
    expect(idsOf(items)).toEqual(idsOf(hundred));
    // Twice as many, and those of the parts that were too large.
    expect(seen.length).toBeLessThan(4 * pages.filter(({ items }) => items.length > 0).length);
  });

  it('resumes in the middle of such a count', async () => {
    const { url } = await serve(answer(hundred, { total: () => undefined, refusal: 422 }));
    const strategy = byPage({ refusedWith: ({ status }) => status === 422, field: 'n' }, untold);
    const whole = (await walk(url, strategy)).pages;
    for (const [index, { resume }] of whole.entries()) {
      if (index % 6 !== 0) continue;
      const rest = await walk(url, strategy, { resumeFrom: JSON.stringify(resume) });
      expect(idsOf(rest.items)).toEqual(idsOf(itemsOf(whole.slice(index + 1))));
    }
  });

  it('splits a part whose first page is refused, and fails if a page is refused after others were delivered', async () => {
    const refusing = await serve((one, response) => {
      const { searchParams } = one.url;
      const isWide = Number(searchParams.get('n_lt')) - Number(searchParams.get('n_gte')) > 30;
      if (isWide) json(response, { message: 'too many' }, 400);
      else answer(hundred)(one, response);
    });
    const options = { refusedWith: [400], field: 'n' };
    expect(idsOf((await walk(refusing.url, byPage(options))).items)).toEqual(idsOf(hundred));
    const low = await serve(answer(hundred.slice(0, 18), { ceiling: 10, refusal: 400 }));
    const { items, error } = await walk(low.url, byPage(options));
    expect(items).toHaveLength(10);
    expect(error?.message).toContain('the API refuses page 3 of the part 0 to 100, whose pages before it are delivered'); // prettier-ignore
  });

  it('goes on with the next part where a part ends by a status, by a verdict or by a repeated page', async () => {
    const rows = rowsOf(38, (id) => id);
    const clamping = await serve((one, response) => {
      const page = Math.min(3, Number(one.url.searchParams.get('page')));
      one.url.searchParams.set('page', String(page));
      answer(rows)(one, response);
    });
    const inner: PageNumberOptions<Row> = { size: 5, items: 'items', total: 'total', totalIs: 'estimate', onRepeat: 'stop' }; // prettier-ignore
    const repeated = await walk(clamping.url, byPage({ field: 'n', to: 40, ceiling: 15 }, inner));
    expect(idsOf(repeated.items)).toEqual(idsOf(rows));
    const missing = await serve((one, response) => {
      const bounds = ['n_gte', 'n_lt'].map((name) => Number(one.url.searchParams.get(name)));
      const found = rows.filter(({ n }) => n >= (bounds[0] ?? 0) && n < (bounds[1] ?? 0)).length;
      const isPast = (Number(one.url.searchParams.get('page')) - 1) * 5 >= found;
      if (isPast) json(response, { message: 'nothing' }, 404);
      else answer(rows)(one, response);
    });
    for (const options of [
      { strategy: byPage({}, { size: 5, items: 'items', total: 'total', endStatuses: [404] }) },
      {
        strategy: byPage(),
        check: ({ status }: { status: number }) => (status === 404 ? ('end' as const) : undefined),
      },
    ]) {
      const { strategy, ...others } = options;
      expect(idsOf((await walk(missing.url, strategy, others)).items)).toEqual(idsOf(rows));
    }
  });

  it('fails at an empty page of any part that looks like a failure', async () => {
    const { url } = await serve((one, response) => {
      if (one.url.searchParams.get('n_gte') === '50' && one.url.searchParams.get('page') === '2')
        json(response, { success: false, items: [], total: 5 });
      else answer(hundred.slice(0, 30))(one, response);
    });
    const { error } = await walk(url, byPage());
    expect(error?.message).toContain('an empty page would be the last one, but success is false');
  });

  it('keeps as many requests in flight as it may, across parts', async () => {
    const rows = rowsOf(2000, (id) => id);
    // Answers the oldest request when four are waiting, or when no other one comes.
    const waiting: (() => void)[] = [];
    let [full, idle] = [0, 0];
    let most = 0;
    let timer: NodeJS.Timeout | undefined;
    const { url, seen } = await serve((one, response) => {
      waiting.push(() => answer(rows, { ceiling: 100 })(one, response));
      most = Math.max(most, waiting.length);
      const next = () => {
        clearTimeout(timer);
        if (waiting.length === 4) full++;
        else idle++;
        waiting.shift()?.();
        if (waiting.length > 0) timer = setTimeout(next, 50);
      };
      clearTimeout(timer);
      if (waiting.length === 4) next();
      else timer = setTimeout(next, 50);
    });
    const strategy = byPage({ to: 2048, ceiling: 100 });
    const { items, notices } = await walk(url, strategy, { concurrency: 4 });
    expect(idsOf(items)).toEqual(idsOf(rows));
    expect(most).toBe(4);
    expect(notices).toEqual([]);
    // A cut waits for one answer.
    expect(full).toBeGreaterThan(2 * idle);
    // Nothing is requested in vain.
    const serial = await serve(answer(rows, { ceiling: 100 }));
    await walk(serial.url, strategy);
    expect(seen.length).toBe(serial.seen.length);
  });

  it('works around an offset, a cursor, links and pages that adapt their size', async () => {
    const { url } = await serve((one, response) => {
      const { searchParams } = one.url;
      const size = Number(searchParams.get('limit') ?? 5);
      if (size > 3 && searchParams.get('heavy') === '1') return json(response, {}, 504);
      const start = Number(searchParams.get('offset') ?? searchParams.get('cursor') ?? 0);
      const found = hundred.filter(({ n }) => n >= Number(searchParams.get('n_gte')) && n < Number(searchParams.get('n_lt'))); // prettier-ignore
      const end = start + size;
      const next = new URL(one.target, 'http://api.test');
      next.searchParams.set('offset', String(end));
      const link = `<${next.pathname}${next.search}>; rel="next"`;
      return json(response, { total: found.length, items: found.slice(start, end), next: end < found.length ? String(end) : null }, 200, end < found.length ? { link } : {}); // prettier-ignore
    });
    const read = { size: 5, items: 'items', total: 'total' };
    for (const inner of [
      offset<Row>(read),
      cursor<Row>({ ...read, next: 'next' }),
      linkHeader<Row>({ ...read, sizeParam: 'limit' }),
    ])
      expect(idsOf((await walk(url, splitRanges(inner as Strategy<Row>, numbers))).items)).toEqual(idsOf(hundred));
    const adapted = await walk(`${url}?heavy=1`, splitRanges(offset<Row>(read), numbers), { adaptiveSize: true });
    expect(idsOf(adapted.items)).toEqual(idsOf(hundred));
  });

  it('takes a next of null, as APIs write it, for the end of a part', async () => {
    const { url } = await serve(answer(hundred));
    const inner = pageNumber<Row>({ size: 5, items: 'items', total: 'total' });
    const untyped = { ...inner, next: (given: never) => inner.next(given) ?? null } as unknown as Strategy<Row>;
    expect(idsOf((await walk(url, splitRanges(untyped, numbers))).items)).toEqual(idsOf(hundred));
  });

  it('resumes after every page', async () => {
    const { url } = await serve(answer(hundred));
    const { pages } = await walk(url, byPage());
    for (const [index, { resume }] of pages.entries()) {
      const rest = await walk(url, byPage(), { resumeFrom: JSON.stringify(resume) });
      expect(idsOf(rest.items)).toEqual(idsOf(itemsOf(pages.slice(index + 1))));
    }
    const token = JSON.parse(JSON.stringify(pages[3]?.resume)) as { position: { part: unknown } };
    token.position.part = ['zz', '1'];
    const { error } = await walk(url, byPage(), { resumeFrom: token as never });
    expect(error?.message).toContain('the position is not one of splitRanges; start over without the token');
    const other = () => paginate({ url }, byPage({ to: 101 }), { resumeFrom: pages[3]?.resume as never });
    expect(thrown(other).message).toContain('the token was made with another strategy');
  });
});

describe('the bounds of parts', () => {
  const cases: [options: Partial<SplitRangesOptions>, sent: string[]][] = [
    [{ from: 0, to: 10 }, ['0 10', '5 10', '0 5']],
    [{ from: '0', to: '9007199254740993000' , unit: 1e6 }, ['0 9007199254740993000', '4503599627370000000 9007199254740993000', '0 4503599627370000000']],
    [{ from: -10, to: 10, bounds: '[]' }, ['-10 9', '0 9', '-10 -1']],
    [{ from: 0, to: 10, bounds: '(]' }, ['-1 9', '4 9', '-1 4']],
    [{ from: 0, to: 10, bounds: '()' }, ['-1 10', '4 10', '-1 5']],
    [{ from: 0, to: 10, unit: 4 }, ['0 10', '4 10', '0 4']],
    [{ from: '2024-01-01', to: '2024-02-01' }, ['2024-01-01 2024-02-01', '2024-01-16 2024-02-01', '2024-01-01 2024-01-16']],
    [{ from: '20240228', to: '20240302', bounds: '[]' }, ['20240228 20240301', '20240229 20240301', '20240228 20240228']],
    [{ from: '20240228', to: '20240302', unit: 2 }, ['20240228 20240302', '20240264 20240302', '20240228 20240264']],
    [{ from: '2024-01-01T00:00:00Z', to: '2024-01-01T00:00:09Z' }, ['2024-01-01T00:00:00Z 2024-01-01T00:00:09Z', '2024-01-01T00:00:04Z 2024-01-01T00:00:09Z', '2024-01-01T00:00:00Z 2024-01-01T00:00:04Z']],
    [{ from: '2024-01-01T02:00:00+02:00', to: '2024-01-01T00:00:01Z', unit: '1ms' }, ['2024-01-01T02:00:00.000+02:00 2024-01-01T02:00:01.000+02:00', '2024-01-01T02:00:00.500+02:00 2024-01-01T02:00:01.000+02:00', '2024-01-01T02:00:00.000+02:00 2024-01-01T02:00:00.500+02:00']],
    [{ from: '2024-01-01 00:00', to: '2024-01-01 01:00' }, ['2024-01-01 00:00 2024-01-01 01:00', '2024-01-01 00:30 2024-01-01 01:00', '2024-01-01 00:00 2024-01-01 00:30']],
    [{ from: '1969-12-31T23:59:59.000001Z', to: '1970-01-01T00:00:01.000001Z', bounds: '[]' }, ['1969-12-31T23:59:59.000001Z 1970-01-01T00:00:01.000000Z', '1970-01-01T00:00:00.000001Z 1970-01-01T00:00:01.000000Z', '1969-12-31T23:59:59.000001Z 1970-01-01T00:00:00.000000Z']],
  ]; // prettier-ignore
  it.each(cases)('of %j', async (options, sent) => {
    const { url, seen } = await serve(({ url: asked }, response) => {
      const isWhole = asked.search === seen[0]?.url.search;
      json(response, { total: isWhole ? 6 : 3, items: [1, 2, 3] });
    });
    const strategy = splitRanges(pageNumber({ items: 'items', total: 'total', onRepeat: 'allow' }), {
      params: ['from', 'to'], ceiling: 4, ...options,
    }); // prettier-ignore
    await walk(url, strategy);
    expect(seen.slice(0, 3).map(({ url: { searchParams } }) => `${searchParams.get('from')} ${searchParams.get('to')}`)).toEqual(sent); // prettier-ignore
  });

  it('are what the names of parameters say', async () => {
    for (const [params, sent] of [
      [
        ['n[gt]', 'n[lte]'],
        ['-1', '9'],
      ],
      [
        ['n_gte', 'n_lte'],
        ['0', '9'],
      ],
      [
        ['n__gt', 'n__lt'],
        ['-1', '10'],
      ],
      [
        ['delight', 'salt'],
        ['0', '10'],
      ],
    ] as const) {
      const { url, seen } = await serve((_seen, response) => json(response, { total: 0, items: [] }));
      await walk(url, byPage({ to: 10, params }));
      expect(params.map((name) => seen[0]?.url.searchParams.get(name))).toEqual(sent);
    }
  });

  it('compare a field in other forms of the same time', async () => {
    const at = Date.parse('2024-03-01T12:00:00Z');
    for (const value of [
      '2024-03-01T12:00:00Z',
      '2024-03-01T14:00:00.000+02:00',
      '2024-03-01',
      at,
      at / 1000,
      String(at),
    ]) {
      const { url } = await serve((_seen, response) => json(response, { total: 1, items: [{ value }] }));
      const inside = splitRanges(pageNumber({ items: 'items', total: 'total' }), { from: '2024-03-01T10:00:00Z', to: '2024-03-01T13:00:00Z', params: ['a', 'b'], ceiling: 9, field: 'value' }); // prettier-ignore
      expect(await walk(url, inside)).toMatchObject({ error: undefined, items: [{ value }] });
      const outside = splitRanges(pageNumber({ items: 'items', total: 'total' }), { from: at + 86_400_000, to: at + 90_000_000, params: ['a', 'b'], ceiling: 9, field: 'value' }); // prettier-ignore
      if (value !== at / 1000) expect((await walk(url, outside)).error?.message).toContain('the API ignores a and b');
    }
  });
});

describe('splitRanges by prefixes', () => {
  const names = ['ada', 'adb', 'adc', 'bo', 'ca', 'cb', 'cc', 'cd', 'ce1', 'ce2', 'ce3', 'ce4'];
  const serveNames = (all: readonly string[], fold = false) =>
    serve(({ url }, response) => {
      const prefix = url.searchParams.get('prefix') ?? '';
      const found = all.filter((name) => (fold ? name.toLowerCase().startsWith(prefix.toLowerCase()) : name.startsWith(prefix))); // prettier-ignore
      const start = (Number(url.searchParams.get('page')) - 1) * 2;
      json(response, { total: found.length, items: found.slice(start, Math.min(start + 2, 4)) });
    });
  const byPrefix = (alphabet: string, others: Partial<SplitRangesOptions> = {}, start?: string[]) =>
    splitRanges(pageNumber<string>({ size: 2, items: 'items', total: 'total' }), {
      ceiling: 4, prefixes: { param: 'prefix', alphabet, start }, ...others,
    }); // prettier-ignore

  it('asks for longer prefixes where there are too many rows', async () => {
    const { url, seen } = await serveNames(names);
    const { items } = await walk(url, byPrefix('a-e1-4'));
    expect(items).toEqual(names);
    expect(seen[0]?.url.searchParams.has('prefix')).toBe(false);
    expect((await walk(url, byPrefix('a-e1-4', { field: (name: never) => name }))).items).toEqual(names);
    expect((await walk(url, byPrefix('a-e1-4', {}, ['a', 'c']))).items).toEqual(names.filter((name) => name !== 'bo')); // prettier-ignore
    const { pages } = await walk(url, byPrefix('a-e1-4'));
    for (const [index, { resume }] of pages.entries())
      expect((await walk(url, byPrefix('a-e1-4'), { resumeFrom: resume })).items).toEqual(itemsOf(pages.slice(index + 1))); // prettier-ignore
  });

  it('names the prefix whose rows would be lost, or would come twice', async () => {
    const lost = await walk((await serveNames([...names, 'c_1', 'c'])).url, byPrefix('a-e1-4'));
    expect(lost.items).toEqual(['ada', 'adb', 'adc', 'bo']);
    expect(lost.error?.message).toMatch(
      /the parts of prefix "c" have 8 rows, but the whole has 10 .* not in `alphabet`/,
    );
    const twice = await walk((await serveNames(names, true)).url, byPrefix('a-eA-E1-4'));
    expect(twice.items).toEqual([]);
    expect(twice.error?.message).toMatch(/the parts of prefix "" have 24 rows, but the whole has 12/);
  });
});

describe('splitRanges refuses', () => {
  const inner = pageNumber<Row>({ size: 5, items: 'items', total: 'total' });
  const cases: [options: object, message: string][] = [
    [{ ceiling: 0 }, 'ceiling must be a whole number of at least 1, not 0'],
    [{ ...numbers, ceiling: 4 }, 'ceiling is 4, less than the page size of 5'],
    [{ ceiling: 9, from: 0, to: 9 }, 'from and to and params are needed'],
    [{ ...numbers, from: 100 }, 'to must be after from: 100 is not after 100'],
    [{ ...numbers, from: 1.5 }, "from must be a time in ISO 8601 such as '2024-01-01T00:00:00Z', a date such as '2024-01-01', or a whole number, not 1.5"], // prettier-ignore
    [{ ...numbers, from: '2024-13-01' }, 'from must be a time in ISO 8601'],
    [{ ...numbers, from: '2023-02-29T00:00:00Z', to: '2024-01-01T00:00:00Z' }, 'from must be a time in ISO 8601'],
    [{ ...numbers, from: '2024-01-01' }, 'from and to are "2024-01-01" and 100; give both as times'],
    [{ ...numbers, from: '2024-01-01T00:00:00', to: '2025-01-01T00:00:00Z' }, 'from and to must both have a zone'],
    [{ ...numbers, from: '2024-01-01', to: '2025-01-01', unit: '1s' }, 'unit is "1s", but from and to are dates'],
    [{ ...numbers, from: '2024-01-01', to: '2025-01-01', unit: 'day' }, "unit must be a time such as '1s'"],
    [{ ...numbers, unit: '1s' }, 'unit must be a whole number of at least 1, as from is one, not "1s"'],
    [{ ...numbers, from: '0', to: '1' + '0'.repeat(30) }, 'unit is too small'],
    [{ ...numbers, unit: 3, bounds: '[]' }, 'unit must divide the range from 0 to 100'],
    [{ ...numbers, bounds: '<>' }, "bounds must be '[)', '[]', '()' or '(]', not \"<>\""],
    [{ ...numbers, params: ['a'] }, "params must be two names, such as ['created_after', 'created_before']"],
    [{ ...numbers, params: ['a', 'a'] }, 'params are both "a"'],
    [{ ...numbers, params: 'q=created:{from}' }, "params must be like 'q=created:{from}..{to}'"],
    [{ ...numbers, refusedWith: [] }, 'refusedWith must be statuses, such as [422]'],
    [{ ...numbers, refusedWith: [429] }, 'refusedWith has 429, which says nothing about the number of rows'],
    [{ ...numbers, celing: 1 }, 'unknown option "celing"'],
    [{ ceiling: 9, prefixes: { param: 'p', alphabet: 'a' } }, 'prefixes: alphabet must be the characters of the texts'],
    [{ ceiling: 9, prefixes: { param: 'p', alphabet: 'aba' } }, 'prefixes: alphabet holds "a" twice'],
    [{ ceiling: 9, prefixes: { param: 'p', alphabet: 'z-a' } }, 'alphabet holds "z-a", which is no range'],
    [{ ceiling: 9, prefixes: { param: 'p', alphabet: 'a-z', start: ['a', 'ab'] } }, 'start holds "a", and a text that begins with it'], // prettier-ignore
    [
      { ...numbers, prefixes: { param: 'p', alphabet: 'a-z' } },
      "from and to and params can't be combined with prefixes",
    ],
  ];
  it.each(cases)('%j', (options, message) => {
    const error = thrown(() => splitRanges(inner, options as SplitRangesOptions));
    expect(error.name).toBe('ConfigError');
    expect(error.message).toContain(message);
  });

  it('what is no strategy, and a scroll', () => {
    expect(thrown(() => splitRanges({} as never, numbers)).message).toContain('the first argument must be the strategy of each part'); // prettier-ignore
    const scroll = cursor<Row>({ next: 'next', onSameToken: 'continue' });
    expect(thrown(() => splitRanges(scroll, numbers)).message).toContain('the first argument is a scroll');
    expect(thrown(() => splitRanges(byPage(), numbers)).message).toContain('the first argument is split already');
    expect(thrown(() => paginate({ url: 'http://a.test' }, byPage(), { skipFailedPages: { max: 1 } })).message).toContain('"splitRanges" can\'t'); // prettier-ignore
    expect(() => splitRanges(singlePage<Row>(), numbers)).not.toThrow();
  });

  it('parameters that a function does not return', async () => {
    const { url } = await serve((_seen, response) => json(response, {}));
    const made = () => paginate({ url }, byPage({ params: () => ({}) }), { policy: plain });
    expect(thrown(made).message).toContain('params must return parameters, such as { q: … }, not an empty object');
  });
});
