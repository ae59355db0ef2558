import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import type { PageResponse } from '../request.js';
import { cursor as byCursor, type CursorPosition } from '../strategies/cursor.js';
import type { Placement, Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * Notion's queries and its search: every `POST` route that takes `start_cursor` and `page_size`, in the body.
 *
 *     POST /v1/data_sources/{data_source_id}/query
 *     { "filter": …, "start_cursor": "fe2cc560-…", "page_size": 100 }   ▸   { "object": "list", "results": [ … ], "has_more": true, "next_cursor": "…" }
 *
 *     const { strategy, check, throttle } = notionQuery<Page>({ size: 100 });
 */
export const notionQuery = <Item = unknown>(options: ProfileOptions = {}): Profile<Item> =>
  paged('notionQuery', options, inBody());

/**
 * Notion's lists: users, comments and the children of a block, with `GET` and the same parameters in the query.
 *
 *     GET /v1/blocks/{block_id}/children?page_size=100&start_cursor=fe2cc560-…
 *
 *     const { strategy, check, throttle } = notionList<Block>({ size: 100 });
 */
export const notionList = <Item = unknown>(options: ProfileOptions = {}): Profile<Item> =>
  paged('notionList', options, inQuery());

const paged = <Item>(
  of: string,
  { items = 'results', size, ...rest }: ProfileOptions,
  place: Placement,
): Profile<Item> =>
  profile(
    byCursor<Item>,
    {
      items, size, maxSize: 100, sizeParam: 'page_size',
      next: 'next_cursor', hasMore: 'has_more', cursorParam: 'start_cursor', place,
    }, // prettier-ignore
    // The limit is an average of three requests a second.
    { check: checkNotion, throttle: { limit: 3, interval: 1000 } },
    { of, rest },
  );

interface NotionAnswer {
  readonly object?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly has_more?: unknown;
  readonly request_status?: { readonly type?: unknown; readonly incomplete_reason?: unknown } | null;
}

/** A query stops after 10,000 results, which looks like the end; only `request_status` shows that it is incomplete. */
export const checkNotion = ({ body }: PageResponse, { cursor }: CursorPosition): Verdict | undefined => {
  const { object, code, message, has_more: more, request_status: state } = (body ?? {}) as NotionAnswer;
  if (state?.type === 'incomplete' && more === false)
    return {
      fail: `Notion: the query stops here and is incomplete (${redactText(String(state.incomplete_reason))}). Narrow the query with a filter to reach the remaining results`,
    };
  if (object !== 'error') return undefined;
  const reason = redactText(`Notion: ${String(code)} ${String(message)}`);
  if (code === 'conflict_error') return { retry: reason };
  return code === 'validation_error' && cursor !== undefined && String(message).includes('start_cursor')
    ? { expired: reason }
    : undefined;
};
