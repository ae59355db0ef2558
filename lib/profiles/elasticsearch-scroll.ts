import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { cursor } from '../strategies/cursor.js';
import type { Placement } from '../strategy.js';
import { checkElasticsearch, exactTotal } from './elasticsearch.js';
import { profile, type ProfileOptions, type UnratedProfile } from './profile.js';

export interface ElasticsearchScrollOptions extends ProfileOptions {
  /** How long the server keeps the position after each request. @default '1m' */
  readonly scroll?: string | undefined;
}

/**
 * Scrolls of Elasticsearch and OpenSearch, for indices whose search can't be sorted or has no point in time. Elastic
 * recommends `search_after` instead, which is the profile `elasticsearch`.
 *
 *     POST /logs/_search?scroll=1m { "size": 1000, "query": … }              ▸   { "_scroll_id": "DXF1…", "hits": { "hits": [ … ] } }
 *     POST /_search/scroll { "scroll": "1m", "scroll_id": "DXF1…" }          ▸   { "_scroll_id": "DXF1…", "hits": { "hits": [ … ] } }
 *
 *     const { strategy, check } = elasticsearchScroll<Hit>({ size: 1000 });
 *
 * The server keeps the position: the walk can't be resumed, and after the first page no request is sent twice. It ends at
 * a page without hits. `DELETE /_search/scroll` frees the last page's `_scroll_id`
 * (https://www.elastic.co/guide/en/elasticsearch/reference/8.17/scroll-api.html).
 */
export const elasticsearchScroll = <Item = unknown>({
  items = 'hits.hits',
  size,
  scroll = '1m',
  ...rest
}: ElasticsearchScrollOptions = {}): UnratedProfile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      maxSize: 10_000,
      sizeParam: 'size',
      next: '_scroll_id',
      cursorParam: 'scroll_id',
      onSameToken: 'continue',
      // Beside the index, so that a path before it stays: /search/logs/_search and /search/_search/scroll.
      nextRequest: { url: '../_search/scroll', method: 'POST', body: { scroll } },
      total: exactTotal,
      place: inScroll(scroll),
    },
    { check: checkElasticsearch },
    { of: 'elasticsearchScroll', rest, takes: ['scroll'] },
  );

/** The size is for the search alone; the scroll refuses it. */
const inScroll =
  (scroll: string): Placement =>
  (request, { scroll_id: id, size }) =>
    id === undefined
      ? inQuery()(size === undefined ? request : inBody()(request, { size }), { scroll })
      : inBody()(request, { scroll_id: id });
