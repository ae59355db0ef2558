import type { Check } from '../strategy.js';
import { exposedLinks } from './parts/exposed-links.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * GitHub's REST API: every list route, by Link header. Searches name their items with `items: 'items'`.
 *
 *     GET /orgs/nodejs/repos?per_page=100   ▸   Link: <https://api.github.com/organizations/9950313/repos?per_page=100&page=2>; rel="next", …
 *                                               [ … ]
 *
 *     const { strategy, check, throttle } = github<Repository>({ size: 100 });
 */
export const github = <Item = unknown>({
  items,
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    exposedLinks<Item>,
    { items, size, maxSize: 100, missingNext },
    { check: checkGithub, throttle: { limit: 15, interval: 1000 } },
    rest,
  );

/**
 * Rate limits may have status 403: the primary one with `x-ratelimit-remaining: 0`, the secondary one with
 * `retry-after` or only a message, in which case the documented wait is one minute.
 */
export const checkGithub: Check = ({ status, headers, body }) => {
  if (status !== 403 && status !== 429) return undefined;
  const message = (body as { message?: unknown } | null | undefined)?.message;
  const secondary = typeof message === 'string' && /secondary rate limit|abuse/i.test(message);
  if (headers.get('retry-after') !== null || headers.get('x-ratelimit-remaining') === '0')
    return { retry: 'GitHub: rate limit exceeded', throttled: true };
  return secondary ? { retry: 'GitHub: secondary rate limit', throttled: true, afterMs: 60_000 } : undefined;
};
