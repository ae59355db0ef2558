import type { PageResponse } from '../request.js';
import { nextUrl } from '../strategies/next-url.js';
import type { UrlPosition } from '../strategies/parts/follow-url.js';
import type { Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { checkOdata } from './odata.js';
import { type FollowingProfileOptions, profile, type UnratedProfile } from './profile.js';

/**
 * Microsoft Graph: every collection, and delta queries, by `@odata.nextLink`.
 *
 *     GET /v1.0/users?$top=100   ▸   { "@odata.nextLink": "https://graph.microsoft.com/v1.0/users?$top=100&$skiptoken=…", "value": [ … ] }
 *
 *     const { strategy, check } = microsoftGraph<User>({ size: 100 });
 *
 * The walk ends at a page without a next link; the last page of a delta query has `@odata.deltaLink` for the next time.
 * Each service has limits of its own, and says with 429 and Retry-After how long to wait
 * (https://learn.microsoft.com/en-us/graph/paging, https://learn.microsoft.com/en-us/graph/throttling).
 */
export const microsoftGraph = <Item = unknown>({
  items = 'value',
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    nextUrl<Item>,
    { items, size, sizeParam: '$top', next: '@odata.nextLink', total: '@odata.count', missingNext },
    { check: checkMicrosoftGraph },
    { of: 'microsoftGraph', rest, takes: ['missingNext'] },
  );

/** A page token that has expired is an expired position. Otherwise as in OData. */
export const checkMicrosoftGraph = (response: PageResponse, position: UrlPosition): Verdict | undefined => {
  const { code, message } = ((response.body ?? {}) as { error?: { code?: unknown; message?: unknown } }).error ?? {};
  return position.url !== undefined && code === 'Directory_ExpiredPageToken'
    ? { expired: redactText(`Microsoft Graph: ${code} ${String(message)}`) }
    : checkOdata(response, position);
};
