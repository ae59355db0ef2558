import type { Check } from '../strategy.js';
import { exposedLinks } from './parts/exposed-links.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * GitHub's REST API: every list route, by Link header. Routes that answer with an object name their items: searches with
 * `items: 'items'`, workflow runs with `items: 'workflow_runs'`.
 *
 *     GET /orgs/nodejs/repos?per_page=100   ▸   Link: <https://api.github.com/organizations/9950313/repos?per_page=100&page=2>; rel="next", …
 *                                               [ … ]
 *
 *     const { strategy, check, throttle } = github<Repository>({ size: 100 });
 *
 * An empty repository has no commits and no contributors, which GitHub says with 409 and with 204: both are empty pages.
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
    { of: 'github', rest, takes: ['missingNext'] },
  );

/**
 * GitHub's comparison of two commits: the commits, in chronological order. The changed files, at most 300, are in the
 * body of the first page.
 *
 *     GET /repos/nodejs/node/compare/v22.0.0...v22.1.0?per_page=100   ▸   Link: <…?per_page=100&page=2>; rel="next", …
 *                                                                         { "total_commits": 412, "commits": [ … ], "files": [ … ] }
 *
 *     const { strategy, check, throttle } = githubCompare<Commit>();
 *
 * Without a size, GitHub would answer with one page of at most 250 commits
 * (https://docs.github.com/en/rest/commits/commits#compare-two-commits).
 */
export const githubCompare = <Item = unknown>({
  items = 'commits',
  size = 100,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    exposedLinks<Item>,
    { items, size, maxSize: 100, missingNext, total: 'total_commits' },
    { check: checkGithub, throttle: { limit: 15, interval: 1000 } },
    { of: 'githubCompare', rest, takes: ['missingNext'] },
  );

/**
 * Rate limits may have status 403: the primary one with `x-ratelimit-remaining: 0`, the secondary one with
 * `retry-after` or only a message, in which case the documented wait is one minute. The commits of a repository without
 * any have status 409.
 */
export const checkGithub: Check = ({ status, headers, body }) => {
  const message = (body as { message?: unknown } | null | undefined)?.message;
  if (status === 409 && message === 'Git Repository is empty.') return 'end';
  if (status !== 403 && status !== 429) return undefined;
  const secondary = typeof message === 'string' && /secondary rate limit|abuse/i.test(message);
  if (headers.get('retry-after') !== null || headers.get('x-ratelimit-remaining') === '0')
    return { retry: 'GitHub: rate limit exceeded', throttled: true };
  return secondary ? { retry: 'GitHub: secondary rate limit', throttled: true, afterMs: 60_000 } : undefined;
};
