import { inQuery } from '../placements/in-query.js';
import { offset } from '../strategies/offset.js';
import type { Placement } from '../strategy.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * Directus: every `GET` route that lists items.
 *
 *     GET /items/articles?offset=100&limit=100&meta=filter_count   ▸   { "data": [ … ], "meta": { "filter_count": 321 } }
 *
 *     const { strategy, throttle } = directus<Article>({ size: 100 });
 *
 * The profile also requests the number of items that match the filter, which saves a last request for an empty page.
 */
export const directus = <Item = unknown>({ items = 'data', size, ...rest }: ProfileOptions = {}): Profile<Item> =>
  profile(
    offset<Item>,
    { items, total: 'meta.filter_count', size, place: counted },
    // The defaults of the rate limiter, if it is enabled.
    { throttle: { limit: 50, interval: 1000 } },
    { of: 'directus', rest },
  );

const write = inQuery();
const counted: Placement = (request, params) => write(request, { ...params, meta: 'filter_count' });
