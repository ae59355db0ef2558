import type { PageResponse } from '../request.js';
import type { RelayPosition } from '../strategies/relay.js';
import type { Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { checkGithub } from './github.js';
import { type ConnectionOptions, connectionProfile } from './parts/connection-profile.js';
import type { Profile } from './profile.js';

/**
 * Connections of GitHub's GraphQL API. The query declares `$after`, and `$first` if you set a size; GitHub requires
 * `first` in every connection.
 *
 *     POST /graphql
 *     { "query": "query ($first: Int!, $after: String) { organization(login: \"nodejs\") { repositories(first: $first, after: $after) { … } } }" }
 *
 *     const { strategy, check, throttle } = githubGraphql<Repository>({ connection: 'data.organization.repositories', size: 100 });
 */
export const githubGraphql = <Item = unknown>({ connection, items, size, ...rest }: ConnectionOptions): Profile<Item> =>
  connectionProfile<Item>(
    { connection, items, size, maxSize: 100 },
    // The secondary limit: 2,000 points a minute; a query costs one.
    { check: checkGithubGraphql, throttle: { limit: 33, interval: 1000 } },
    { of: 'githubGraphql', rest, takes: ['connection'] },
  );

const tooHeavy = new Set<unknown>(['RESOURCE_LIMITS_EXCEEDED', 'MAX_NODE_LIMIT_EXCEEDED']);

/** Secondary limits and failures of GitHub itself may have HTTP 200 too; `relay` judges primary limits. */
export const checkGithubGraphql = (response: PageResponse, { cursor }: RelayPosition): Verdict | undefined => {
  const { errors } = (response.body ?? {}) as { errors?: unknown };
  if (!Array.isArray(errors)) return checkGithub(response, {});
  const all = errors as readonly ({ type?: unknown; message?: unknown } | null)[];
  const text = all.map((error) => String(error?.message)).join('; ');
  const reason = redactText(`GitHub: ${text}`);
  if (/secondary rate limit/i.test(text))
    return response.headers.get('retry-after') === null
      ? { retry: reason, throttled: true, afterMs: 60_000 }
      : { retry: reason, throttled: true };
  if (cursor !== undefined && all.some((error) => error?.type === 'INVALID_CURSOR_ARGUMENTS'))
    return { expired: reason };
  if (all.some((error) => tooHeavy.has(error?.type))) return { fail: reason, tooHeavy: true };
  return /something went wrong while executing your query/i.test(text) ? { retry: reason } : checkGithub(response, {});
};
