import type { ServerResponse } from 'node:http';
import { json, serve, type Seen, type TestServer } from '../support/server.js';

/** One row of an imitated search. */
export interface Row {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Rows over a time, most of them in bursts, and hundreds with the same time.
 * @param shared how many rows share a time, every 20th time
 */
export function burstsOfRows(count: number, from: number, to: number, unit: number, shared: number): Row[] {
  let seed = 42;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const rows: Row[] = [];
  while (rows.length < count) {
    // Crowded at one end, as the rows of a growing site are.
    const at = from + Math.floor((random() ** 3 * (to - from)) / unit) * unit;
    const times = random() < 0.05 ? shared : 1;
    for (let i = 0; i < times && rows.length < count; i++) rows.push({ id: rows.length, at });
  }
  // In no order of time: APIs sort by relevance, or by the id.
  return rows.map((row) => ({ row, by: random() })).sort((a, b) => a.by - b.by).map(({ row }) => row); // prettier-ignore
}

/** An imitated API, and the most requests that it has had at the same time. */
export interface Imitation extends TestServer {
  readonly most: () => number;
}

async function imitate(handle: (seen: Seen, response: ServerResponse) => void): Promise<Imitation> {
  let now = 0;
  let most = 0;
  const server = await serve((seen, response) => {
    most = Math.max(most, ++now);
    response.once('close', () => now--);
    handle(seen, response);
  });
  return Object.assign(server, { most: () => most });
}

/** Selects the rows of a part, and keeps them for its next page. */
function selecting(rows: readonly Row[]): (low: number, high: number) => readonly Row[] {
  const kept = new Map<string, readonly Row[]>();
  return (low, high) => {
    const key = `${low} ${high}`;
    const found = kept.get(key) ?? rows.filter(({ at }) => at >= low && at < high);
    kept.set(key, found);
    return found;
  };
}

/** GitHub's search: seconds, both bounds included; 1,000 results, and 422 for a page past them. */
export const githubSearch = (rows: readonly Row[], within = selecting(rows)) =>
  imitate(({ url }, response) => {
    const [, from = '', to = ''] = /\bcreated:(\S+?)\.\.(\S+)/.exec(url.searchParams.get('q') ?? '') ?? [];
    // Without them, all.
    const found = from === '' ? rows : within(Date.parse(from), Date.parse(to) + 1000);
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Number(url.searchParams.get('per_page') ?? 30);
    const start = (page - 1) * size;
    if (start >= 1000) json(response, { message: 'Only the first 1000 search results are available' }, 422);
    else {
      const items = found.slice(start, Math.min(1000, start + size));
      json(response, {
        total_count: found.length,
        incomplete_results: false,
        items: items.map(({ id, at }) => ({ id, created_at: new Date(at).toISOString().replace('.000Z', 'Z') })),
      });
    }
  });

/** HubSpot's search: filters in the body, times in milliseconds; 10,000 results, and 400 past them. */
export const hubspotSearch = (rows: readonly Row[], within = selecting(rows)) =>
  imitate(({ body }, response) => {
    const {
      filterGroups,
      after = '0',
      limit,
    } = JSON.parse(body) as {
      filterGroups: { filters: { operator: string; value: number }[] }[];
      after?: string;
      limit: number;
    };
    const filters = filterGroups[0]?.filters ?? [];
    const valueOf = (operator: string) => Number(filters.find((each) => each.operator === operator)?.value);
    const found = within(valueOf('GTE'), valueOf('LT'));
    const start = Number(after);
    if (start + limit > 10_000) return json(response, { status: 'error', message: 'paging past 10000' }, 400);
    const end = start + limit;
    return json(response, {
      total: found.length,
      results: found.slice(start, end).map(({ id, at }) => ({ id: String(id), createdAt: new Date(at).toISOString() })),
      ...(end < found.length ? { paging: { next: { after: String(end) } } } : {}),
    });
  });

/** Elasticsearch: a range in the body; a window of 10,000, past which it answers 400; totals of at most 10,000. */
export const elasticsearch = (rows: readonly Row[], within = selecting(rows)) =>
  imitate(({ body }, response) => {
    const { query, from, size } = JSON.parse(body) as {
      query: { range: { at: { gte: string; lt: string } } };
      from: number;
      size: number;
    };
    const found = within(Date.parse(query.range.at.gte), Date.parse(query.range.at.lt));
    if (from + size > 10_000)
      return json(
        response,
        { error: { type: 'illegal_argument_exception', reason: 'Result window is too large' } },
        400,
      );
    return json(response, {
      hits: {
        total: found.length > 10_000 ? { value: 10_000, relation: 'gte' } : { value: found.length, relation: 'eq' },
        hits: found.slice(from, from + size).map(({ id, at }) => ({ _id: String(id), _source: { at } })),
      },
    });
  });

/** openFDA: days, both included; skip of at most 25,000; 404 where there is nothing. */
export const openFda = (rows: readonly Row[], within = selecting(rows)) =>
  imitate(({ url }, response) => {
    const search = url.searchParams.get('search') ?? '';
    const [, from = '', to = ''] = /receivedate:\[(\d{8}) TO (\d{8})\]/.exec(search) ?? [];
    const day = (text: string) => Date.parse(text.replace(/^(....)(..)(..)$/, '$1-$2-$3'));
    const found = within(day(from), day(to) + 86_400_000);
    const [skip, limit] = ['skip', 'limit'].map((name) => Number(url.searchParams.get(name) ?? 0));
    if ((skip ?? 0) > 25_000) return json(response, { error: { code: 'BAD_REQUEST' } }, 400);
    if (found.length === 0) return json(response, { error: { code: 'NOT_FOUND', message: 'No matches found!' } }, 404);
    return json(response, {
      meta: { results: { skip, limit, total: found.length } },
      results: found.slice(skip, (skip ?? 0) + (limit ?? 1)).map(({ id, at }) => ({
        id,
        receivedate: new Date(at).toISOString().slice(0, 10).replaceAll('-', ''),
      })),
    });
  });
