import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkpoint,
  ConfigError,
  cursor,
  ExtractError,
  fetchTransport,
  inBody,
  newest,
  type NewestOptions,
  pageNumber,
  paginate,
  type PaginateOptions,
  parseExactJson,
  ResumeError,
  retryRequests,
  type Strategy,
  type WalkEvent,
} from 'pagewise';
import { both, writeCsv, writeJson, writeNdjson, writeTable } from 'pagewise/node';
import { json, type Seen, serve } from './support/server.js';
import { rejection, thrown } from './support/walks.js';

interface Row {
  readonly id: number;
  readonly at: string | number | null;
  readonly text?: string;
  readonly number?: Row['at'];
}

/** A server of rows, sorted by `at` (or as given), from `since` on, ten (or `size`) to a page, under an opaque cursor. */
async function rowServer({
  compare = 'atOrAfter',
  size = 3,
  order = 'asc',
  ignores = false,
  date,
}: {
  compare?: 'atOrAfter' | 'after';
  size?: number;
  order?: 'asc' | 'desc' | 'none';
  ignores?: boolean;
  date?: string;
} = {}) {
  const rows: Row[] = [];
  const failAt = new Set<number>();
  let requests = 0;
  const server = await serve((seen, response) => {
    if (failAt.delete(++requests)) return json(response, {}, 404);
    const since = ignores ? null : seen.url.searchParams.get('since');
    const at = Number(seen.url.searchParams.get('cursor') ?? 0);
    const list = rows
      .filter(
        (row) =>
          since === null ||
          row.at === null ||
          (compare === 'after' ? key(row) > keyOf(since) : key(row) >= keyOf(since)),
      )
      .sort((a, b) => (order === 'none' ? 0 : (order === 'asc' ? 1 : -1) * (key(a) - key(b))));
    const items = list.slice(at, at + size);
    json(
      response,
      { items, next: at + size < list.length ? String(at + size) : null },
      200,
      date === undefined ? {} : { date },
    );
  });
  return {
    rows,
    server,
    /** The requests since the last call. */
    asked: () => server.seen.splice(0).map(({ url }: Seen) => decodeURIComponent(url.search)),
    failNext: (count: number) => failAt.add(requests + count),
  };
}

const key = ({ at }: Row): number => (at === null ? 0 : keyOf(String(at)));
const keyOf = (text: string): number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text));

const strategy: Strategy<Row, { cursor?: never }> = cursor<Row>({ items: 'items', next: 'next' }) as never;
const policy = retryRequests({ retries: 0 });

/** Runs a job once with a checkpoint in a Map. */
async function run(
  url: string,
  store: Map<string, string>,
  { field = 'at', ...options }: NewestOptions & { readonly field?: string },
  more: Omit<PaginateOptions<Row>, 'schema'> = {},
): Promise<{ rows: Row[]; events: WalkEvent[]; error: unknown }> {
  const rows: Row[] = [];
  const events: WalkEvent[] = [];
  let error: unknown;
  try {
    const pages = paginate({ url }, strategy, {
      policy,
      checkpoint: checkpoint(store, 'job'),
      sync: newest(field, { param: 'since', ...options }),
      events: { next: (event) => events.push(event) },
      ...more,
    });
    for await (const page of pages) rows.push(...page.items);
  } catch (caught) {
    error = caught;
  }
  return { rows, events, error };
}

const iso = (minute: number, second = 0) =>
  `2026-03-01T10:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')}Z`;
const row = (id: number, at: Row['at'], text?: string): Row => ({ id, at, ...(text === undefined ? {} : { text }) });
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id);
const kept = (store: Map<string, string>) =>
  (JSON.parse(store.get('job') ?? '{}') as { resume: { sync: Record<string, unknown> } }).resume;

describe('sync: newest', () => {
  it('asks in each run for what is new since the last one, from the start on', async () => {
    const { rows, server, asked } = await rowServer();
    const store = new Map<string, string>();
    const options = { start: iso(1), key: 'id', order: 'asc' } as const;
    rows.push(...[0, 1, 2, 3, 4].map((n) => row(n, iso(n))));
    expect(ids((await run(server.url, store, options)).rows)).toEqual([1, 2, 3, 4]);
    expect(asked()).toEqual([`?since=${iso(1)}`, `?since=${iso(1)}&cursor=3`]);
    expect(ids((await run(server.url, store, options)).rows)).toEqual([]);
    expect(asked()).toEqual([`?since=${iso(4)}`]);
    rows.push(row(5, iso(4)), row(6, iso(7)));
    expect(ids((await run(server.url, store, options)).rows)).toEqual([5, 6]);
    expect(asked()).toEqual([`?since=${iso(4)}`]);
    expect((await run(server.url, store, options)).rows).toEqual([]);
    expect(asked()).toEqual([`?since=${iso(7)}`]);
  });

  it('delivers a row that changed at the newest value again, and one that did not change once', async () => {
    const { rows, server } = await rowServer();
    const store = new Map<string, string>();
    rows.push(row(1, iso(1)), row(2, iso(2), 'old'), row(3, iso(2)));
    await run(server.url, store, { key: 'id' });
    rows[1] = row(2, iso(2), 'new');
    expect((await run(server.url, store, { key: 'id' })).rows).toEqual([row(2, iso(2), 'new')]);
    expect((await run(server.url, store, { key: 'id' })).rows).toEqual([]);
  });

  it('without a key, the whole item tells it from others', async () => {
    const { rows, server } = await rowServer();
    const store = new Map<string, string>();
    rows.push(row(1, iso(2)), row(2, iso(2)));
    await run(server.url, store, {});
    rows.push(row(3, iso(2)));
    expect(ids((await run(server.url, store, {})).rows)).toEqual([3]);
  });

  it('a lag looks back for rows that appear late, and delivers only those', async () => {
    const { rows, server, asked } = await rowServer();
    const store = new Map<string, string>();
    const options = { lag: '5m', key: 'id' } as const;
    rows.push(...[1, 4, 8, 10].map((n) => row(n, iso(n))));
    await run(server.url, store, options);
    asked();
    rows.push(row(7, iso(7)), row(3, iso(3)));
    rows[2] = row(8, iso(8), 'changed');
    expect((await run(server.url, store, options)).rows).toEqual([row(7, iso(7)), row(8, iso(8), 'changed')]);
    expect(asked()[0]).toBe(`?since=${iso(5)}`);
    expect((await run(server.url, store, options)).rows).toEqual([]);
    rows.push(row(11, iso(12)));
    expect(ids((await run(server.url, store, options)).rows)).toEqual([11]);
    asked();
    rows.push(row(9, iso(9)));
    expect(ids((await run(server.url, store, options)).rows)).toEqual([9]);
    expect(asked()[0]).toBe(`?since=${iso(7)}`);
  });

  it('asc: an interrupted run asks anew from the newest value that it has', async () => {
    const { rows, server, asked, failNext } = await rowServer();
    const store = new Map<string, string>();
    const options = { key: 'id', order: 'asc' } as const;
    rows.push(...[1, 2, 3, 4, 5, 6, 7].map((n) => row(n, iso(n))));
    failNext(3);
    expect(ids((await run(server.url, store, options)).rows)).toEqual([1, 2, 3, 4, 5, 6]);
    asked();
    rows[0] = row(1, iso(9), 'moved to the end');
    expect(ids((await run(server.url, store, options)).rows)).toEqual([7, 1]);
    expect(asked()).toEqual([`?since=${iso(6)}`]);
  });

  it.each(['desc', 'none'] as const)(
    '%s: an interrupted run is continued first, and its newest value counts at its end',
    async (order) => {
      const { rows, server, asked, failNext } = await rowServer({ order });
      const store = new Map<string, string>();
      const options = { key: 'id', order };
      rows.push(...[6, 5, 4, 3, 2, 1].map((n) => row(n, iso(n))));
      failNext(2);
      const first = await run(server.url, store, options);
      expect([ids(first.rows), first.error instanceof Error]).toEqual([[6, 5, 4], true]);
      asked();
      expect(ids((await run(server.url, store, options)).rows)).toEqual([3, 2, 1]);
      expect(asked()).toEqual(['?cursor=3']);
      rows.unshift(row(7, iso(7)));
      expect(ids((await run(server.url, store, options)).rows)).toEqual([7]);
      expect(asked()).toEqual([`?since=${iso(6)}`]);
    },
  );

  it('desc without a parameter ends at the first page that is all older, not at the first such item', async () => {
    const { rows, server, asked } = await rowServer({ order: 'none', size: 2 });
    const store = new Map<string, string>();
    const options = { param: undefined, key: 'id', order: 'desc' } as const;
    rows.push(...[5, 6, 4, 3, 2, 1].map((n) => row(n, iso(n))));
    expect(ids((await run(server.url, store, options)).rows)).toEqual([5, 6, 4, 3, 2, 1]);
    asked();
    rows.unshift(row(0, iso(0)), row(8, iso(8)), row(7, iso(7)));
    expect(ids((await run(server.url, store, options)).rows)).toEqual([8, 7]);
    expect(asked()).toEqual(['', '?cursor=2', '?cursor=4', '?cursor=6']);
    expect(kept(store)).toMatchObject({ done: true });
  });

  it('rows that are newer than the clock when the walk began are sorted all the same', async () => {
    const { rows, server, asked } = await rowServer({ order: 'desc', size: 2, date: 'Sun, 01 Mar 2026 10:05:00 GMT' });
    const store = new Map<string, string>();
    const options = { param: undefined, key: 'id', order: 'desc' } as const;
    const within = (tenth: number) => `2026-03-01T10:05:00.${tenth}Z`;
    rows.push(...[1, 2].map((n) => row(n, iso(n))), ...[3, 4, 5, 6].map((n) => row(n, within(n))));
    const first = await run(server.url, store, options);
    expect([ids(first.rows), first.events.filter(({ type }) => type === 'notice')]).toEqual([[6, 5, 4, 3, 2, 1], []]);
    asked();
    rows.push(row(7, within(7)));
    expect(ids((await run(server.url, store, options)).rows)).toEqual([7]);
    expect(asked()).toEqual(['', '?cursor=2', '?cursor=4', '?cursor=6']);
  });

  it.each([
    ['desc', [1, 2, 3, 9, 8, 7, 6, 5, 4]],
    ['asc', [7, 8, 9, 1, 2, 3, 4, 5, 6]],
  ] as const)('a list that is not sorted %s is walked whole, and a notice says so', async (order, sequence) => {
    const { rows, server, failNext } = await rowServer({ order: 'none' });
    const store = new Map<string, string>();
    const options = { param: undefined, key: 'id', order };
    rows.push(...sequence.map((n) => row(n, iso(n))));
    failNext(3);
    const { rows: first, events } = await run(server.url, store, options);
    expect(events).toContainEqual({
      type: 'notice',
      message: `The items are not sorted by at as \`order: '${order}'\` says: this run goes through the whole list; ask the API for that order, or set \`order: 'none'\`.`,
    });
    const second = await run(server.url, store, options);
    expect(ids([...first, ...second.rows]).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('says that the API ignores the parameter, and leaves out what is older', async () => {
    const { rows, server } = await rowServer({ ignores: true });
    const store = new Map<string, string>();
    rows.push(row(1, iso(1)), row(2, iso(2)));
    await run(server.url, store, { key: 'id' });
    rows.push(row(3, iso(3)));
    const { rows: second, events } = await run(server.url, store, { key: 'id' });
    expect(ids(second)).toEqual([3]);
    expect(events.filter(({ type }) => type === 'notice')).toEqual([
      {
        type: 'notice',
        message: `The API sends items that are older than "${iso(2)}", so it may ignore since, and they are left out; check the name in its documentation.`,
      },
    ]);
  });

  it('the newest value is never later than the clock of the server, and never moves back', async () => {
    const { rows, server, asked } = await rowServer({ date: 'Sun, 01 Mar 2026 10:05:00 GMT' });
    const store = new Map<string, string>();
    rows.push(row(1, iso(4)), row(2, iso(40)));
    await run(server.url, store, { key: 'id' });
    asked();
    rows.push(row(3, iso(6)));
    expect(ids((await run(server.url, store, { key: 'id' })).rows)).toEqual([3]);
    expect(asked()).toEqual([`?since=${iso(5)}`]);
    rows.splice(0);
    rows.push(row(4, iso(5)));
    expect(ids((await run(server.url, store, { key: 'id' })).rows)).toEqual([4]);
    asked();
    await run(server.url, store, { key: 'id' });
    expect(asked()).toEqual([`?since=${iso(5)}`]);
  });

  it('an API that sends only what is after the value loses ties: a lag finds them', async () => {
    const { rows, server } = await rowServer({ compare: 'after' });
    const [plain, lagged] = [new Map<string, string>(), new Map<string, string>()];
    rows.push(row(1, iso(1)));
    await run(server.url, plain, { key: 'id' });
    await run(server.url, lagged, { key: 'id', lag: '1s' });
    rows.push(row(2, iso(1)));
    expect(ids((await run(server.url, plain, { key: 'id' })).rows)).toEqual([]);
    expect(ids((await run(server.url, lagged, { key: 'id', lag: '1s' })).rows)).toEqual([2]);
  });

  it.each<[string, NewestOptions & { field?: string }, readonly Row['at'][], string]>([
    ['seconds since 1970', {}, [1772359200, 1772359260], '?since=1772359260'],
    ['milliseconds, with a lag', { lag: 1500 }, [1772359200000, 1772359260000], '?since=1772359258500'],
    ['seconds, with a lag that is rounded up', { lag: '1500ms' }, [1772359200, 1772359260], '?since=1772359258'],
    ['ids of 16 digits', { field: 'number' }, ['9007199254740993', '9007199254740995'], '?since=9007199254740995'],
    [
      'a precision of nanoseconds',
      {},
      ['2026-03-01T10:00:00.000000001Z', '2026-03-01T10:00:00.000000002Z'],
      '?since=2026-03-01T10:00:00.000000002Z',
    ],
    ['zones', {}, ['2026-03-01T11:30:00+02:00', '2026-03-01T10:00:00Z'], '?since=2026-03-01T10:00:00Z'],
    [
      'a lag in a zone',
      { lag: '30m' },
      ['2026-03-01T10:00:00+05:30', '2026-03-01T10:20:00+05:30'],
      '?since=2026-03-01T09:50:00+05:30',
    ],
    ['a lag of days, in dates', { lag: '2d' }, ['2026-02-28', '2026-03-01'], '?since=2026-02-27'],
    ['written as seconds', { format: 'seconds' }, [iso(0), iso(1)], `?since=${Date.parse(iso(1)) / 1000}`],
    ['written as ISO 8601', { format: 'iso' }, [1772359200, 1772359260], '?since=2026-03-01T10:01:00.000Z'],
    ['written by a function', { format: (value) => `>${String(value)}` }, [5, 7], '?since=>7'],
    ['texts', { compare: 'text' }, ['10', '9'], '?since=9'],
    [
      'dates of mail',
      {},
      ['Sun, 01 Mar 2026 10:00:00 GMT', 'Sat, 28 Feb 2026 10:00:00 GMT'],
      '?since=Sun,+01+Mar+2026+10:00:00+GMT',
    ],
  ])('compares values as what they are: %s', async (_what, options, values, expected) => {
    const { rows, server, asked } = await rowServer({ ignores: true, order: 'none' });
    const store = new Map<string, string>();
    rows.push(...values.map((at, id) => ({ ...row(id, at), number: at })));
    expect((await run(server.url, store, options)).error).toBeUndefined();
    asked();
    await run(server.url, store, options);
    expect(asked()[0]?.replaceAll('%2B', '+').replaceAll(' ', '+')).toBe(expected);
  });

  it('compares numbers of any size', async () => {
    const store = new Map<string, string>();
    const transport = fetchTransport({ parseJson: parseExactJson });
    const raw = await serve((_seen, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"items":[{"id":1,"n":9007199254740993},{"id":2,"n":9007199254740992}],"next":null}');
    });
    await run(raw.url, store, { field: 'n' }, { transport });
    raw.seen.splice(0);
    await run(raw.url, store, { field: 'n' }, { transport });
    expect(raw.seen[0]?.url.search).toBe('?since=9007199254740993');
  });

  it.each<[string, readonly unknown[], NewestOptions, string]>([
    ['a missing value', [{ id: 1, at: iso(1) }, { id: 2 }], {}, 'Page 1 failed: sync at at: item 1 has no value there'],
    ['a null', [{ id: 1, at: null }], {}, 'item 0 has no value there'],
    [
      'values of two kinds',
      [
        { id: 1, at: iso(1) },
        { id: 2, at: 17 },
      ],
      {},
      'item 1 has 17, but the items before it have a time there',
    ],
    ['an object', [{ id: 1, at: {} }], {}, "which can't be compared"],
    [
      'a date whose text has another order',
      [{ id: 1, at: '24/02/2026' }],
      {},
      'item 0 has "24/02/2026", which can\'t be compared',
    ],
    [
      'a date that does not exist',
      [
        { id: 1, at: iso(1) },
        { id: 2, at: '2026-02-31T00:00:00Z' },
      ],
      {},
      'item 1 has "2026-02-31T00:00:00Z"',
    ],
    ['a missing key', [{ at: iso(1) }], { key: 'id' }, 'key at id: item 0 has none'],
    ['a lag before a text', [{ id: 1, at: 'abc' }], { lag: '5m' }, '"abc" is a text, so there is no 5m before it'],
    [
      'a lag of minutes before a small number',
      [{ id: 1, at: 5 }],
      { lag: '5m' },
      'is a number, so there is no 5m before it; leave out `lag`, or give it as a number',
    ],
  ])('refuses %s, by item and page', async (_what, items, options, message) => {
    const server = await serve((_seen, response) => json(response, { items, next: null }));
    const { error } = await run(server.url, new Map(), options);
    expect(error).toBeInstanceOf(ExtractError);
    expect((error as Error).message).toContain(message);
  });

  it('keeps how it compares: later runs refuse another kind', async () => {
    const { rows, server } = await rowServer({ order: 'none', ignores: true });
    const store = new Map<string, string>();
    rows.push(row(1, 5));
    await run(server.url, store, {});
    rows.splice(0, 1, row(2, iso(1)));
    expect((await run(server.url, store, {})).error).toMatchObject({
      message: expect.stringContaining('but earlier items have a number there') as unknown,
    });
  });

  it.each([
    ['include', [1, 2, 3], [2]],
    ['skip', [1, 3], []],
  ] as const)("missing: '%s'", async (missing, first, second) => {
    const { rows, server } = await rowServer({ order: 'none' });
    const store = new Map<string, string>();
    rows.push(row(1, iso(1)), row(2, null), row(3, iso(3)));
    const { rows: delivered, events } = await run(server.url, store, { missing, key: 'id' });
    expect(ids(delivered)).toEqual(first);
    const notice = {
      type: 'notice',
      message: "Items without at are left out; to keep them, set `missing: 'include'`.",
    };
    expect(events.filter(({ type }) => type === 'notice')).toEqual(missing === 'skip' ? [notice] : []);
    expect(ids((await run(server.url, store, { missing, key: 'id' })).rows)).toEqual(second);
  });

  it('writes the parameter where it is told', async () => {
    const server = await serve((_seen, response) => json(response, { items: [row(1, iso(1))], next: null }));
    const store = new Map<string, string>();
    const options = () => ({
      policy,
      checkpoint: checkpoint(store, 'job'),
      sync: newest('at', { param: 'gte', place: inBody('filter.at'), start: new Date(0) }),
    });
    for (let turn = 0; turn < 2; turn++)
      for await (const page of paginate(
        { url: server.url, method: 'POST', body: { filter: { kind: 'a' } } },
        strategy,
        options(),
      ))
        void page;
    expect(server.seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { filter: { kind: 'a', at: { gte: '1970-01-01T00:00:00.000Z' } } },
      { filter: { kind: 'a', at: { gte: iso(1) } } },
    ]);
  });

  it('works without a checkpoint: page.resume holds what it remembers', async () => {
    const { rows, server, asked } = await rowServer();
    rows.push(row(1, iso(1)), row(2, iso(2)));
    const sync = newest('at', { param: 'since', key: 'id' });
    const take = async (resumeFrom?: string) => {
      let last: { resume: unknown; items: readonly Row[] } | undefined;
      for await (const page of paginate({ url: server.url }, strategy, { policy, sync, resumeFrom })) last = page;
      return last;
    };
    const first = await take();
    rows.push(row(3, iso(3)));
    expect(ids((await take(JSON.stringify(first?.resume)))?.items ?? [])).toEqual([3]);
    expect(asked().at(-1)).toBe(`?since=${iso(2)}`);
  });

  it('the total of the announced items counts those that are left out', async () => {
    const list = [row(1, iso(1)), row(2, iso(2))];
    const server = await serve((_seen, response) => json(response, { items: list, total: list.length }));
    const store = new Map<string, string>();
    const ends: unknown[] = [];
    for (let turn = 0; turn < 2; turn++)
      for await (const page of paginate({ url: server.url }, pageNumber<Row>({ items: 'items', total: 'total' }), {
        policy,
        checkpoint: checkpoint(store, 'job'),
        sync: newest('at', { param: 'since', key: 'id' }),
        events: { next: (event) => event.type === 'end' && ends.push([event.items, event.received, event.total]) },
      }))
        void page;
    expect(ends).toEqual([
      [2, 2, 2],
      [0, 2, 2],
    ]);
  });

  it('concurrency delivers the same, in order', async () => {
    const list = Array.from({ length: 40 }, (_each, n) => row(n, iso(n)));
    const server = await serve(({ url }, response) => {
      const since = url.searchParams.get('since');
      const fresh = list.filter(({ at }) => since === null || String(at) >= since);
      const page = Number(url.searchParams.get('page') ?? 1);
      json(response, { items: fresh.slice((page - 1) * 5, page * 5), total: fresh.length });
    });
    const store = new Map<string, string>();
    const once = async () => {
      const rows: Row[] = [];
      for await (const page of paginate(
        { url: server.url },
        pageNumber<Row>({ size: 5, items: 'items', total: 'total' }),
        {
          policy,
          concurrency: 4,
          checkpoint: checkpoint(store, 'job'),
          sync: newest('at', { param: 'since', key: 'id', order: 'asc' }),
        },
      ))
        rows.push(...page.items);
      return ids(rows);
    };
    expect(await once()).toEqual(ids(list));
    list.push(...Array.from({ length: 12 }, (_each, n) => row(40 + n, iso(40 + n))));
    expect(await once()).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51]);
  });

  it.each([
    [
      'writeNdjson',
      'rows.ndjson',
      writeNdjson,
      (text: string) =>
        text
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as Row).id),
    ],
    ['writeJson', 'rows.json', writeJson, (text: string) => ids(JSON.parse(text) as Row[])],
    [
      'writeCsv',
      'rows.csv',
      (path: string) => writeCsv(path, { columns: ['id'] }),
      (text: string) => text.trim().split(/\r?\n/).slice(1).map(Number),
    ],
  ] as const)('%s appends what is new, in the commit of its position', async (_name, file, sink, read) => {
    const { rows, server } = await rowServer();
    const store = new Map<string, string>();
    const path = join(mkdtempSync(join(tmpdir(), 'sync-')), file);
    const once = () =>
      paginate({ url: server.url }, strategy, {
        policy,
        checkpoint: checkpoint(store, 'job'),
        sync: newest('at', { param: 'since', key: 'id', order: 'asc' }),
      }).to((sink as (path: string) => ReturnType<typeof writeNdjson<Row>>)(path));
    rows.push(...[1, 2, 3, 4].map((n) => row(n, iso(n))));
    await once();
    expect(read(readFileSync(path, 'utf8'))).toEqual([1, 2, 3, 4]);
    await once();
    rows.push(row(5, iso(4)), row(6, iso(6)));
    await once();
    await once();
    expect(read(readFileSync(path, 'utf8'))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('writeTable stores it with the rows, and both works with it', async () => {
    const { rows, server } = await rowServer();
    const table: Row[] = [];
    let stored: string | undefined;
    const sink = (whenDone?: 'restart') =>
      writeTable<Row>(
        {
          load: () => stored,
          write: (some, text) => {
            table.push(...(some as Row[]));
            stored = text;
          },
        },
        whenDone === undefined ? {} : { whenDone },
      );
    const pages = () =>
      paginate({ url: server.url }, strategy, { policy, sync: newest('at', { param: 'since', key: 'id' }) });
    rows.push(row(1, iso(1)), row(2, iso(2)));
    await pages().to(sink());
    rows.push(row(3, iso(3)));
    await pages().to(sink());
    expect(ids(table)).toEqual([1, 2, 3]);
    expect((await rejection(pages().to(sink('restart')))).message).toBe(
      'writeTable: whenDone says what a run does after the last page, but with sync each run appends what is new; remove whenDone',
    );
    const folder = mkdtempSync(join(tmpdir(), 'sync-'));
    const store = new Map<string, string>();
    const twice = () =>
      paginate({ url: server.url }, strategy, {
        policy,
        checkpoint: checkpoint(store, 'job'),
        sync: newest('at', { param: 'since', key: 'id' }),
      }).to(both(writeNdjson(join(folder, 'a.ndjson')), writeCsv(join(folder, 'b.csv'), { columns: ['id'] })));
    await twice();
    rows.push(row(4, iso(4)));
    await twice();
    expect(readFileSync(join(folder, 'a.ndjson'), 'utf8').trim().split('\n')).toHaveLength(4);
    expect(readFileSync(join(folder, 'b.csv'), 'utf8').trim().split(/\r?\n/)).toEqual(['id', '1', '2', '3', '4']);
  });

  it('a token of another sync, or of none, is refused', async () => {
    const { rows, server } = await rowServer();
    rows.push(row(1, iso(1)));
    const store = new Map<string, string>();
    await run(server.url, store, {});
    for (const options of [{ sync: newest('id', { param: 'since' }) }, { sync: undefined }])
      expect((await run(server.url, store, {}, options)).error).toMatchObject({
        name: 'ResumeError',
        reason: 'sync',
        message: expect.stringContaining(
          'the checkpoint "job" was made with another `sync`, or without one',
        ) as unknown,
      });
    const plain = new Map<string, string>();
    await run(server.url, plain, {}, { sync: undefined });
    expect((await run(server.url, plain, {})).error).toBeInstanceOf(ResumeError);
  });

  it.each([
    [{ sync: { kind: 'colour' } }],
    [{ sync: { mark: {} } }],
    [{ sync: { kind: 'time', mark: 'soon' } }],
    [{ sync: { seen: [['a', 1]] } }],
    [{ sync: 5 }],
    [{ sync: undefined }],
  ])('a damaged token is refused: %j', async (damage) => {
    const { rows, server } = await rowServer();
    rows.push(row(1, iso(1)));
    const store = new Map<string, string>();
    await run(server.url, store, {});
    const place = JSON.parse(store.get('job') ?? '') as { resume: object };
    store.set('job', JSON.stringify({ ...place, resume: { ...place.resume, ...damage } }));
    expect((await run(server.url, store, {})).error).toBeInstanceOf(ResumeError);
  });

  it.each<[() => unknown, string]>([
    [() => newest(''), 'newest: field must be a non-empty string, not ""'],
    [
      () => newest('at', { lag: 'soon' }),
      'newest: lag must be milliseconds or a text such as \'5m\' (ms, s, m, h, d), not "soon"',
    ],
    [() => newest('at', { lag: -1 }), 'newest: lag must be milliseconds'],
    [() => newest('at', { start: '' }), 'newest: start must be a time, a number or an id, not ""'],
    [() => newest('at', { start: new Date(NaN) }), 'newest: start must be a time'],
    [() => newest('at', { start: '24/02/2026' }), "write times as ISO 8601: '2024-01-01T00:00:00Z'"],
    [() => newest('at', { order: 'up' as 'asc' }), "newest: order must be 'asc', 'desc' or 'none', not \"up\""],
    [() => newest('at', { missing: 'no' as 'skip' }), "newest: missing must be 'error', 'include' or 'skip'"],
    [() => newest('at', { compare: 'date' as 'time' }), "newest: compare must be 'time', 'number' or 'text'"],
    [
      () => newest('at', { param: 'since', format: 'unix' as 'iso' }),
      "newest: format must be 'same', 'iso', 'seconds' or 'milliseconds'",
    ],
    [() => newest('at', { place: inBody() }), 'newest: place says how `param` is written; add `param`'],
    [() => newest('at', { params: 'since' } as object), 'Did you mean param?'],
    [() => newest('at', { compare: 'text', lag: 5 }), 'newest: lag needs times or numbers, not texts'],
    [
      () => paginate({ url: 'http://a.b' }, strategy, { sync: newest as never }),
      'paginate: sync must be the result of newest(field, { … })',
    ],
    [
      () =>
        paginate({ url: 'http://a.b' }, pageNumber<Row>({ items: 'items' }), {
          sync: newest('at'),
          skipFailedPages: { max: 1 },
        }),
      'paginate: sync and skipFailedPages: the items of a skipped page would be older than what the next run asks for',
    ],
    [
      () =>
        paginate({ url: 'http://a.b' }, strategy, {
          sync: newest('at'),
          checkpoint: checkpoint(new Map(), 'a', { whenDone: 'stop' }),
        }),
      'paginate: whenDone says what a run does after the last page, but with sync each run appends what is new; remove whenDone',
    ],
  ])('refuses bad options before anything is sent (%#)', (call, message) => {
    const error = thrown(call);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});
