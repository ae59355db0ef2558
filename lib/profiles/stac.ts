import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { nextUrl, type NextUrlOptions } from '../strategies/next-url.js';
import { type FollowingProfileOptions, profile, type UnratedProfile } from './profile.js';

/**
 * STAC's item search with `GET`, and the items of a collection, by the link `next`.
 *
 *     GET /search?collections=sentinel-2-l2a&limit=100   ▸   { "type": "FeatureCollection", "features": [ … ], "links": [{ "rel": "next", "href": "https://…" }] }
 *
 *     const { strategy, check } = stac<Item>({ size: 100 });
 *
 * The walk ends at an answer without such a link
 * (https://github.com/radiantearth/stac-api-spec/blob/main/item-search/README.md#pagination).
 */
export const stac = <Item = unknown>(options: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  search('stac', options, { place: inQuery() });

/**
 * STAC's item search with `POST`. The link is a whole request: method, body and headers; with `merge`, its body is merged
 * into the one before. A link without a method is a `GET`.
 *
 *     POST /search
 *     { "bbox": […], "limit": 100 }   ▸   { "features": [ … ], "links": [{ "rel": "next", "href": "https://…/search", "method": "POST", "merge": true, "body": { "token": "…" } }] }
 *
 *     const { strategy, check } = stacSearch<Item>({ size: 100 });
 */
export const stacSearch = <Item = unknown>(options: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  search('stacSearch', options, { place: inBody(), nextMethod: 'GET' });

const search = <Item>(
  of: string,
  { items = 'features', size, missingNext, ...rest }: FollowingProfileOptions,
  how: Pick<NextUrlOptions<Item>, 'place' | 'nextMethod'>,
): UnratedProfile<Item> =>
  profile(
    nextUrl<Item>,
    {
      items,
      size,
      sizeParam: 'limit',
      next: 'links[rel=next]',
      // The context extension came before numberMatched.
      total: 'numberMatched || context.matched',
      missingNext,
      ...how,
    },
    {},
    { of, rest, takes: ['missingNext'] },
  );
