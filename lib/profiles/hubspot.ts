import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import type { PageResponse } from '../request.js';
import { cursor as byCursor, type CursorPosition } from '../strategies/cursor.js';
import type { Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * HubSpot's lists: every `GET` of `/crm/v3/objects/…` and others with `paging.next.after`.
 *
 *     GET /crm/v3/objects/contacts?limit=100&after=901   ▸   { "results": [ … ], "paging": { "next": { "after": "1001", "link": "…" } } }
 *
 *     const { strategy, check, throttle } = hubspot<Contact>({ size: 100 });
 *
 * The walk ends at an answer without `paging` (https://developers.hubspot.com/docs/api-reference/crm-contracts-v3/search/post-crm-v3-objects-contracts-search).
 */
export const hubspot = <Item = unknown>({
  items = 'results',
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    byCursor<Item>,
    { items, size, maxSize: 100, missingNext, next, cursorParam: 'after', place: inQuery() },
    // The smallest limit of an app: 100 requests in ten seconds.
    { check: checkHubspot, throttle: { limit: 100, interval: 10_000 } },
    { of: 'hubspot', rest, takes: ['missingNext'] },
  );

/**
 * HubSpot's searches: `POST /crm/v3/objects/…/search`, with the parameters in the body. A search gives at most 10,000
 * results (https://developers.hubspot.com/docs/api/crm/search#limitations).
 *
 *     POST /crm/v3/objects/contacts/search
 *     { "filterGroups": […], "limit": 200, "after": "200" }   ▸   { "total": 4321, "results": [ … ], "paging": { "next": { "after": "400" } } }
 *
 *     const { strategy, check, throttle } = hubspotSearch<Contact>({ size: 200 });
 */
export const hubspotSearch = <Item = unknown>({
  items = 'results',
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    byCursor<Item>,
    { items, size, maxSize: 200, missingNext, next, cursorParam: 'after', total: 'total', place: inBody() },
    // Searches have a limit of their own: four requests a second.
    { check: checkHubspotSearch, throttle: { limit: 4, interval: 1000 } },
    { of: 'hubspotSearch', rest, takes: ['missingNext'] },
  );

const next = 'paging.next.after';

/** A used-up daily limit lasts for hours, so another attempt is pointless; other limits last seconds. */
export const checkHubspot = ({ status, body }: PageResponse): Verdict | undefined => {
  const { policyName, message } = (body ?? {}) as { policyName?: unknown; message?: unknown };
  return status === 429 && policyName === 'DAILY' ? { fail: redactText(`HubSpot: ${String(message)}`) } : undefined;
};

const checkHubspotSearch = (response: PageResponse, { cursor }: CursorPosition): Verdict | undefined =>
  response.status === 400 && Number(cursor) >= 10_000
    ? {
        fail: 'HubSpot: a search gives at most 10,000 results. Sort by hs_object_id and filter for those after the last one to reach the remaining results',
      }
    : checkHubspot(response);
