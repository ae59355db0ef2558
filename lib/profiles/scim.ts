import { ExtractError } from '../errors.js';
import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { offset } from '../strategies/offset.js';
import type { Placement } from '../strategy.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * SCIM 2.0 (RFC 7644): every `GET` of a resource type, by start index.
 *
 *     GET /scim/v2/Users?startIndex=101&count=100   ▸   { "totalResults": 250, "startIndex": 101, "Resources": [ … ] }
 *     Accept: application/scim+json
 *
 *     const { strategy, check, throttle } = scim<User>({ size: 100 });
 *
 * The walk ends at `totalResults`. The index advances by the number of resources received, since providers cap `count`.
 */
export const scim = <Item = unknown>(options: ProfileOptions = {}): Profile<Item> => list('scim', options, inQuery());

/**
 * SCIM's searches: `POST …/.search`, with the parameters in the body.
 *
 *     POST /scim/v2/Users/.search
 *     { "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": …, "startIndex": 101, "count": 100 }
 */
export const scimSearch = <Item = unknown>(options: ProfileOptions = {}): Profile<Item> =>
  list('scimSearch', options, inBody());

const list = <Item>(of: string, { items, size, ...rest }: ProfileOptions, place: Placement): Profile<Item> =>
  profile(
    offset<Item>,
    {
      items: items ?? ((body: unknown) => resources(body) as Item[]),
      size,
      start: 1,
      offsetParam: 'startIndex',
      sizeParam: 'count',
      total: 'totalResults',
      place,
    },
    { throttle: { limit: 10, interval: 1000 } },
    { of, rest },
  );

/** `Resources` may be absent if nothing matches the filter, but not if there are results. */
function resources(body: unknown): unknown {
  const {
    Resources: found,
    totalResults: total,
    startIndex = 1,
  } = (body ?? {}) as { Resources?: unknown; totalResults?: unknown; startIndex?: unknown };
  if (found !== undefined && found !== null) return found;
  if (Number.isSafeInteger(total) && Number(total) < Number(startIndex)) return [];
  throw new ExtractError(
    'items',
    'Resources',
    Number.isSafeInteger(total)
      ? `found no Resources, although totalResults is ${String(total)}`
      : 'found neither Resources nor totalResults: this is not a list response',
  );
}
