import type { PageResponse } from '../request.js';
import { cursor as byCursor, type CursorPosition } from '../strategies/cursor.js';
import type { Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * Airtable's records: every `GET` of a table. Its `offset` is a token, not a number.
 *
 *     GET /v0/appABC/Tasks?pageSize=100&offset=itrSJ1l4jlPyxEG6c/recxxx   ▸   { "records": [ … ], "offset": "itrSJ1l4jlPyxEG6c/recyyy" }
 *
 *     const { strategy, check, throttle } = airtable<Task>({ size: 100 });
 *
 * The walk ends at an answer without `offset` (https://airtable.com/developers/web/api/list-records).
 */
export const airtable = <Item = unknown>({
  items = 'records',
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    byCursor<Item>,
    { items, size, maxSize: 100, sizeParam: 'pageSize', next: 'offset', cursorParam: 'offset', missingNext },
    // The limit of a base.
    { check: checkAirtable, throttle: { limit: 5, interval: 1000 } },
    { of: 'airtable', rest, takes: ['missingNext'] },
  );

/** The documented wait in milliseconds after too many requests; the API sends no Retry-After. */
const documentedWait = 30_000;

/** The server forgets an iteration after a while: the position has expired. */
export const checkAirtable = (
  { status, headers, body }: PageResponse,
  { cursor }: CursorPosition,
): Verdict | undefined => {
  if (status === 429)
    return headers.get('retry-after') === null
      ? { retry: 'Airtable: too many requests', throttled: true, afterMs: documentedWait }
      : undefined;
  const { error } = (body ?? {}) as { error?: unknown };
  const isGone = status === 422 && JSON.stringify(error ?? '').includes('LIST_RECORDS_ITERATOR_NOT_AVAILABLE');
  return cursor !== undefined && isGone ? { expired: redactText('Airtable: LIST_RECORDS_ITERATOR_NOT_AVAILABLE') } : undefined; // prettier-ignore
};
