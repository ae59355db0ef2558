import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { not } from '../reading/read.js';
import { cursor } from '../strategies/cursor.js';
import { offset, type OffsetOptions, type OffsetPosition } from '../strategies/offset.js';
import type { Placement, Strategy } from '../strategy.js';
import { named } from './parts/named.js';
import { type FollowingProfileOptions, profile, type ProfileOptions, type UnratedProfile } from './profile.js';

/**
 * Jira's lists: every `GET` with `startAt` and `maxResults`. Lists that are not called `values` are named, such as
 * `items: 'comments'`.
 *
 *     GET /rest/api/3/project/search?startAt=50&maxResults=50   ▸   { "startAt": 50, "maxResults": 50, "total": 120, "isLast": false, "values": [ … ] }
 *
 *     const { strategy, check } = jira<Project>({ size: 50 });
 *
 * The walk ends at `isLast` or, in lists without it, at `total`. The API caps sizes, each list its own
 * (https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#pagination).
 */
export const jira = <Item = unknown>({ items = 'values', size, ...rest }: ProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    byFlagOrTotal<Item>,
    { items, size, offsetParam: 'startAt', sizeParam: 'maxResults', total: 'total' },
    {},
    { of: 'jira', rest },
  );

/** Some lists have only `isLast`, some only `total`, most have both. */
function byFlagOrTotal<Item>(options: OffsetOptions<Item>): Strategy<Item, OffsetPosition> {
  const byTotal = offset(options);
  const byFlag = offset({ hasMore: not('isLast'), ...options });
  const isFlagged = (body: unknown) => typeof (body as { isLast?: unknown } | null)?.isLast === 'boolean';
  return { ...byTotal, next: (answer) => (isFlagged(answer.body) ? byFlag : byTotal).next(answer) };
}

/**
 * Jira's search for issues, by page token: `GET /rest/api/3/search/jql`. It replaces `/rest/api/3/search`,
 * which pages by `startAt`.
 *
 *     GET /rest/api/3/search/jql?jql=project=PW&maxResults=100&nextPageToken=CAEaAggD   ▸   { "issues": [ … ], "isLast": false, "nextPageToken": "…" }
 *
 *     const { strategy, check } = jiraSearch<Issue>({ size: 100 });
 *
 * A page may have fewer issues than `maxResults`; the answer gives no total
 * (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/).
 */
export const jiraSearch = <Item = unknown>(options: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  search('jiraSearch', options, inQuery());

/** The same with `POST` and the parameters in the body, for long JQL. */
export const jiraSearchPost = <Item = unknown>(options: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  search('jiraSearchPost', options, inBody());

const search = <Item>(
  of: string,
  { items = 'issues', size, missingNext, ...rest }: FollowingProfileOptions,
  place: Placement,
): UnratedProfile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      maxSize: 5000,
      sizeParam: 'maxResults',
      next: 'nextPageToken',
      cursorParam: 'nextPageToken',
      hasMore: named('isLast', hasMore),
      missingNext,
      place,
    },
    {},
    { of, rest, takes: ['missingNext'] },
  );

/** `isLast` is optional; the last page has no token. */
function hasMore(body: unknown): boolean {
  const { isLast, nextPageToken: token } = (body ?? {}) as { isLast?: unknown; nextPageToken?: unknown };
  return typeof isLast === 'boolean' ? !isLast : typeof token === 'string' && token !== '';
}
