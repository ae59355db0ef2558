import { describe, expect, it, jest } from '@jest/globals';
import {
  checkpoint, cursor, inBody, offset, pageNumber, paginate, splitRanges, type PageRequest, type PaginateOptions, type Strategy,
} from 'pagewise'; // prettier-ignore
import { itemsOf, plain } from '../support/walks.js';
import {
  burstsOfRows,
  elasticsearch,
  githubSearch,
  hubspotSearch,
  type Imitation,
  openFda,
  type Row,
} from './ceilings.js';

jest.setTimeout(120_000);

interface Api {
  readonly ceiling: number;
  readonly rows: readonly Row[];
  serve(rows: readonly Row[]): Promise<Imitation>;
  request(url: string): PageRequest;
  readonly strategy: Strategy<{ readonly id?: string | number; readonly _id?: string }>;
  /** Every how many pages a walk is resumed. */
  readonly every: number;
}

const year = [Date.UTC(2024, 0), Date.UTC(2025, 0)] as const;
type Item = { readonly id?: string | number; readonly _id?: string };

const apis: Readonly<Record<string, Api>> = {
  'GitHub search': {
    ceiling: 1000,
    rows: burstsOfRows(6000, ...year, 1000, 300),
    serve: githubSearch,
    request: (url) => ({ url: `${url}?q=${encodeURIComponent('repo:nodejs/node is:issue')}` }),
    strategy: splitRanges(pageNumber<Item>({ size: 100, items: 'items', total: 'total_count' }), {
      from: '2024-01-01T00:00:00Z',
      to: '2025-01-01T00:00:00Z',
      params: 'q=created:{from}..{to}',
      bounds: '[]',
      field: 'created_at',
      ceiling: 1000,
    }),
    every: 7,
  },
  'HubSpot search': {
    ceiling: 10_000,
    rows: burstsOfRows(45_000, ...year, 1, 700),
    serve: hubspotSearch,
    request: (url) => ({ url, method: 'POST', body: { sorts: [{ propertyName: 'createdate' }] } }),
    strategy: splitRanges(
      cursor<Item>({ size: 200, items: 'results', next: 'paging.next.after', cursorParam: 'after', total: 'total', place: inBody() }),
      {
        from: year[0],
        to: year[1],
        params: (from, to) => ({
          filterGroups: [
            {
              filters: [
                { propertyName: 'createdate', operator: 'GTE', value: from },
                { propertyName: 'createdate', operator: 'LT', value: to },
              ],
            },
          ],
        }),
        place: inBody(),
        field: 'createdAt',
        ceiling: 10_000,
      },
    ),
    every: 37,
  },
  Elasticsearch: {
    ceiling: 10_000,
    rows: burstsOfRows(42_000, ...year, 1, 900),
    serve: elasticsearch,
    request: (url) => ({ url, method: 'POST', body: { track_total_hits: 10_000 } }),
    strategy: splitRanges(
      offset<Item>({ size: 1000, items: 'hits.hits', offsetParam: 'from', sizeParam: 'size', total: 'hits.total.value', totalIs: 'estimate', place: inBody() }),
      {
        from: '2024-01-01T00:00:00.000Z',
        to: '2025-01-01T00:00:00.000Z',
        params: ['gte', 'lt'],
        place: inBody('query.range.at'),
        field: '_source.at',
        ceiling: 10_000,
      },
    ),
    every: 9,
  },
  openFDA: {
    ceiling: 25_000,
    rows: burstsOfRows(110_000, Date.UTC(2024, 2), Date.UTC(2024, 8), 86_400_000, 800),
    serve: openFda,
    request: (url) => ({ url }),
    strategy: splitRanges(
      offset<Item>({ size: 1000, items: 'results', offsetParam: 'skip', total: 'meta.results.total', endStatuses: [404] }),
      {
        from: '20240101',
        to: '20250101',
        params: 'search=receivedate:[{from} TO {to}]',
        bounds: '[]',
        ceiling: 25_000,
      },
    ),
    every: 17,
  },
}; // prettier-ignore

const idsOf = (items: readonly Item[]) => items.map(({ id, _id }) => Number(id ?? _id));
const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

/** Not `toEqual`: a difference among a hundred thousand is written for minutes. */
function expectEveryRowOnce(ids: readonly number[], { rows }: Api): void {
  expect(ids.length).toBe(rows.length);
  expect(new Set(ids).size).toBe(rows.length);
}

describe.each(Object.entries(apis))('an imitation of %s', (_name, api) => {
  const { request, strategy, rows, ceiling, every } = api;
  const walk = (url: string, options: PaginateOptions<Item> = {}) =>
    paginate(request(url), strategy, { policy: plain, ...options });

  it(`has more than ${ceiling} rows: each comes once, and no request is refused`, async () => {
    expect(rows.length).toBeGreaterThan(4 * ceiling);
    const { url, seen } = await api.serve(rows);
    const answers: (number | undefined)[] = [];
    const pages = await all(
      walk(url, {
        events: { next: (event) => void (event.type === 'response' && answers.push(event.status)) },
      }),
    );
    expectEveryRowOnce(idsOf(itemsOf(pages)), api);
    expect(answers.filter((status) => status !== 200 && status !== 404)).toEqual([]);
    // What is asked for and not delivered is a small part.
    const needed = pages.filter(({ items }) => items.length > 0).length;
    expect(seen.length / needed).toBeLessThan(1.5);
  });

  it('resumes after any page, in the middle of a part and between parts', async () => {
    const { url } = await api.serve(rows);
    const pages = await all(walk(url));
    for (let k = 0; k < pages.length - 1; k += every) {
      const token = JSON.stringify(pages[k]?.resume);
      expect(token.length).toBeLessThan(4000);
      const [next] = await all(walk(url, { resumeFrom: token, until: () => true }));
      expect(next).toMatchObject({ index: k + 1, position: pages[k]?.next, itemsBefore: pages[k + 1]?.itemsBefore });
      expect(next?.items).toEqual(pages[k + 1]?.items);
    }
  });

  it('goes on at its checkpoint after each stop', async () => {
    const { url } = await api.serve(rows);
    const kept = checkpoint(new Map(), 'rows');
    const ids: number[] = [];
    let runs = 0;
    for (let isDone = false; !isDone; runs++) {
      let left = every;
      isDone = true;
      for await (const page of walk(url, { checkpoint: kept })) {
        isDone = left-- > 0;
        if (!isDone) break; // This page is not committed, so it comes again.
        ids.push(...idsOf(page.items));
      }
    }
    expect(runs).toBeGreaterThan(5);
    expectEveryRowOnce(ids, api);
  });

  it('gives the same with concurrency', async () => {
    const { url } = await api.serve(rows);
    const ids = idsOf(itemsOf(await all(walk(url, { concurrency: 4 }))));
    expectEveryRowOnce(ids, api);
    expect(sorted(ids)).toEqual(sorted(rows.map(({ id }) => id)));
  });
});
