import { ExtractError } from '../errors.js';
import type { Json } from '../page.js';
import { inBody } from '../placements/in-body.js';
import { cursor } from '../strategies/cursor.js';
import type { Check, Placement } from '../strategy.js';
import { describe } from '../values/describe.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/** Sort values of a page's last hit, and the point in time that the answer named. */
type SearchAfter = { readonly after: Json; readonly pit?: string };

/**
 * Elasticsearch and OpenSearch: `POST _search` by the sort values of the last hit, within a point in time.
 *
 *     POST /_search
 *     { "size": 1000, "sort": ["@timestamp"], "pit": { "id": "46To…", "keep_alive": "1m" }, "search_after": [1700000000000, 41] }
 *                       ▸   { "pit_id": "46Tp…", "hits": { "hits": [ … { "_id": "a1", "_source": …, "sort": [1700000000123, 42] } ] } }
 *
 *     const { strategy, check, throttle } = elasticsearch<Hit>({ size: 1000 });
 *
 * Each request uses the id of the point in time from the answer before it. The walk ends at a page without hits.
 */
export const elasticsearch = <Item = unknown>({
  items = 'hits.hits',
  size,
  ...rest
}: ProfileOptions = {}): Profile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      maxSize: 10_000,
      sizeParam: 'size',
      next: searchAfter,
      cursorParam: (token) => {
        const { after, pit } = token as SearchAfter;
        return { search_after: after, ...(pit === undefined ? {} : { pit }) };
      },
      dropParams: ['from'], // Rejected together with search_after.
      total: exactTotal,
      place: inSearch,
    },
    { check: checkElasticsearch, throttle: { limit: 20, interval: 1000 } },
    { of: 'elasticsearch', rest },
  );

/** Keeps all members of the template's `pit` except the id, above all `keep_alive`. */
const inSearch: Placement = (request, { pit, ...params }) =>
  inBody()(pit === undefined ? request : inBody('pit')(request, { id: pit }), params);

interface Answer {
  readonly pit_id?: unknown;
  readonly timed_out?: unknown;
  readonly _shards?: Shards | null;
  readonly _clusters?: { readonly skipped?: unknown; readonly partial?: unknown; readonly failed?: unknown } | null;
  readonly hits?: { readonly hits?: unknown; readonly total?: unknown } | null;
  readonly error?: unknown;
}

interface Shards {
  readonly total?: unknown;
  readonly successful?: unknown;
  readonly failed?: unknown;
  readonly failures?: unknown;
}

function searchAfter(body: unknown): SearchAfter | undefined {
  const { hits, pit_id: pit } = body as Answer;
  const last = (hits?.hits as readonly unknown[] | undefined)?.at(-1) as { sort?: unknown } | null | undefined;
  if (last === undefined) return undefined;
  if (!Array.isArray(last?.sort))
    throw new ExtractError(
      'next',
      'sort of the last hit',
      `expected sort values, found ${describe(last?.sort)}; give the request a sort`,
    );
  return { after: last.sort as Json[], ...(typeof pit === 'string' ? { pit } : {}) };
}

/** Beyond `track_total_hits` the total is only a lower bound, so it is not used. */
export function exactTotal(body: unknown): unknown {
  const total = (body as Answer).hits?.total as { value?: unknown; relation?: unknown } | number | null | undefined;
  if (typeof total !== 'object' || total === null) return total;
  return total.relation === 'eq' ? total.value : undefined;
}

/**
 * Answers with HTTP 200 may be incomplete after a timeout or when shards or clusters fail. They are retried, and fail
 * if they stay incomplete. A point in time that is gone is an expired position.
 */
export const checkElasticsearch: Check = ({ status, body }) => {
  if (typeof body !== 'object' || body === null) return undefined;
  const { error, timed_out: timedOut, _shards: shards, _clusters: clusters } = body as Answer;
  const isGone = JSON.stringify([error, shards?.failures]).includes('search_context_missing_exception');
  if (isGone) return { expired: 'Elasticsearch: the point in time is gone; open a new one' };
  if (status < 200 || status >= 300) return undefined;
  if (timedOut === true) return { retry: 'Elasticsearch: the search timed out, so hits may be missing' };
  const missing = Number(shards?.total ?? 0) - Number(shards?.successful ?? 0);
  if (missing > 0 || Number(shards?.failed ?? 0) > 0)
    return {
      retry: `Elasticsearch: ${String(Math.max(missing, Number(shards?.failed ?? 0)))} of ${String(shards?.total)} shards returned nothing`,
    };
  const absent = [clusters?.skipped, clusters?.partial, clusters?.failed].some((count) => Number(count ?? 0) > 0);
  return absent ? { retry: 'Elasticsearch: some clusters returned nothing, or only a part' } : undefined;
};
