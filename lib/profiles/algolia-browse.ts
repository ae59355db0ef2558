import { inBody } from '../placements/in-body.js';
import { cursor } from '../strategies/cursor.js';
import { type FollowingProfileOptions, profile, type UnratedProfile } from './profile.js';

/**
 * Algolia's browse, which exports an index: the cursor goes into the body, because it may be long.
 *
 *     POST /1/indexes/products/browse
 *     { "filters": "price < 100", "hitsPerPage": 1000, "cursor": "jMDY3M2MwM2QwMWUx…" }   ▸   { "hits": [ … ], "nbHits": 4321, "cursor": "…" }
 *
 *     const { strategy, check } = algoliaBrowse<Product>({ size: 1000 });
 *
 * The walk ends at an answer without `cursor`. `nbHits` is an estimate
 * (https://www.algolia.com/doc/rest-api/search/browse).
 */
export const algoliaBrowse = <Item = unknown>({
  items = 'hits',
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      maxSize: 1000,
      sizeParam: 'hitsPerPage',
      next: 'cursor',
      missingNext,
      maxTokenLength: 64 * 1024,
      total: 'nbHits',
      totalIs: 'estimate',
      place: inBody(),
    },
    {},
    { of: 'algoliaBrowse', rest, takes: ['missingNext'] },
  );
