import { exposedLinks } from './parts/exposed-links.js';
import { type FollowingProfileOptions, profile, type UnratedProfile } from './profile.js';

/**
 * Sentry's lists, by Link header. Each answer links to a next page; `results` says whether there is one.
 *
 *     GET /api/0/organizations/acme/issues/   ▸   Link: <…&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1",
 *                                                       <…&cursor=0:100:0>; rel="next"; results="true"; cursor="0:100:0"
 *                                                 [ … ]
 *
 *     const { strategy, check } = sentry<Issue>({ size: 100 });
 *
 * Each route has limits of its own, and says so with 429 (https://docs.sentry.io/api/pagination,
 * https://docs.sentry.io/api/ratelimits).
 */
export const sentry = <Item = unknown>({
  items,
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    exposedLinks<Item>,
    { items, size, maxSize: 100, endParams: { results: 'false' }, missingNext },
    {},
    { of: 'sentry', rest, takes: ['missingNext'] },
  );
