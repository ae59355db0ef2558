import { header } from '../reading/read.js';
import type { Check } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { exposedLinks } from './parts/exposed-links.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * GitLab's REST API: every list route, by Link header, which it sends for offset and keyset pagination. Request keyset
 * pagination in the URL: unlike offset pagination, it has no limit on how many records can be reached.
 *
 *     GET /api/v4/projects?pagination=keyset&order_by=id&sort=asc&per_page=100
 *     PRIVATE-TOKEN: …   ▸   Link: <https://gitlab.com/api/v4/projects?id_after=42&…>; rel="next"
 *                            [ … ]
 *
 *     const { strategy, check, throttle } = gitlab<Project>({ size: 100 });
 */
export const gitlab = <Item = unknown>({
  items,
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    exposedLinks<Item>,
    // GitLab sends X-Total for offset pagination of up to 10,000 records, and exposes it to browsers.
    { items, size, maxSize: 100, missingNext, total: header('X-Total') },
    // gitlab.com: 2,000 authenticated requests a minute.
    { check: checkGitlab, throttle: { limit: 33, interval: 1000 } },
    { of: 'gitlab', rest, takes: ['missingNext'] },
  );

/** Offset pagination stops at a maximum offset, 50,000 by default, with 405, although there are more records. */
export const checkGitlab: Check = ({ status, body }) => {
  const error = (body as { error?: unknown } | null | undefined)?.error;
  return status === 405 && typeof error === 'string' && /maximum allowed offset/i.test(error)
    ? { fail: `GitLab: ${redactText(error)} Add pagination=keyset&order_by=id to the URL` }
    : undefined;
};
