import { nextUrl } from '../strategies/next-url.js';
import { type FollowingProfileOptions, profile, type UnratedProfile } from './profile.js';

/**
 * OGC API Features: the items of a collection, by the link `next`.
 *
 *     GET /collections/buildings/items?limit=100   ▸   { "type": "FeatureCollection", "numberMatched": 4321, "features": [ … ], "links": [{ "rel": "next", "href": "https://…" }] }
 *     Accept: application/geo+json
 *
 *     const { strategy, check } = ogcFeatures<Feature>({ size: 100 });
 *
 * The walk ends at an answer without such a link; `numberMatched` is optional
 * (https://docs.ogc.org/is/17-069r4/17-069r4.html).
 */
export const ogcFeatures = <Item = unknown>({
  items = 'features',
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    nextUrl<Item>,
    { items, size, sizeParam: 'limit', next: 'links[rel=next].href', total: 'numberMatched', missingNext },
    {},
    { of: 'ogcFeatures', rest, takes: ['missingNext'] },
  );
