import { ExtractError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { cursor as byCursor, type CursorPosition } from '../strategies/cursor.js';
import type { Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { onlyList } from './parts/lists.js';
import { named } from './parts/named.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * Slack's Web API: every method that takes `cursor` and `limit`, called with `GET`. The items are the answer's only
 * list, or the list that `items` names.
 *
 *     GET /api/conversations.list?limit=200&cursor=dGVhbTpDMDYxRkE1UEI=
 *     Authorization: Bearer xoxb-…   ▸   { "ok": true, "channels": [ … ], "response_metadata": { "next_cursor": "" } }
 *
 *     const { strategy, check, throttle } = slack<Channel>({ items: 'channels', size: 200 });
 *
 * A page may hold fewer items than requested, or none: only the cursor marks the end.
 */
export const slack = <Item = unknown>({
  items,
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    byCursor<Item>,
    {
      items: items ?? ((body) => onlyList(body) as Item[]),
      next: named('response_metadata.next_cursor', nextCursor),
      missingNext,
      sizeParam: 'limit',
      size,
      maxSize: 999,
    },
    // Tier 2, with conversations.list and users.list: 20 requests a minute.
    { check: checkSlack, throttle: { limit: 20, interval: 60_000 } },
    { of: 'slack', rest, takes: ['missingNext'] },
  );

interface SlackAnswer {
  readonly ok?: unknown;
  readonly error?: unknown;
  readonly needed?: unknown;
  readonly has_more?: unknown;
  readonly paging?: { readonly page?: unknown; readonly pages?: unknown } | null;
  readonly response_metadata?: { readonly next_cursor?: unknown } | null;
}

/** An absent cursor is the end too, if nothing else in the answer announces more pages. */
function nextCursor(body: unknown): unknown {
  const { response_metadata: metadata, has_more: hasMore, paging } = body as SlackAnswer;
  const next = metadata?.next_cursor;
  if (next !== undefined && next !== null && next !== '') return next;
  if (hasMore === true || Number(paging?.pages) > Number(paging?.page))
    throw new ExtractError(
      'next',
      'response_metadata.next_cursor',
      'the answer announces more pages but has no cursor, so this method does not page by cursor; use another strategy',
    );
  return undefined;
}

const transient = new Set([
  'fatal_error', 'internal_error', 'request_timeout', 'service_unavailable', 'team_added_to_org',
]); // prettier-ignore

/** Slack's own verdict, in the body with HTTP 200: `ok`, and `error` if `ok` is false. */
export const checkSlack = ({ status, body }: PageResponse, { cursor }: CursorPosition): Verdict | undefined => {
  const { ok, error, needed } = (body ?? {}) as SlackAnswer;
  if (ok !== false || typeof error !== 'string') return undefined;
  const reason = redactText(`Slack: ${error}${typeof needed === 'string' ? `, needs the scope ${needed}` : ''}`);
  if (error === 'ratelimited' || error === 'rate_limited') return { retry: reason, throttled: true };
  if (transient.has(error)) return { retry: reason };
  if (error === 'invalid_cursor' && cursor !== undefined) return { expired: reason };
  return status >= 500 ? undefined : { fail: reason };
};
