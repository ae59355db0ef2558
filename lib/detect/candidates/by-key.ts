import type { PageRequest, PageResponse } from '../../request.js';
import type { FoundList } from '../find-items.js';
import { announcedIn, type Member } from '../scan-answer.js';
import { identityKey } from '../same-items.js';
import { candidate, type Candidate } from './candidate.js';

/** The last item's key, where has-more is told and no token is. */
export function* byKey(
  request: PageRequest,
  members: readonly Member[],
  { headers }: PageResponse,
  list: FoundList,
  places: readonly string[],
): Generator<Candidate> {
  const last = list.items.at(-1);
  if (typeof last !== 'object' || last === null) return;
  if (Array.isArray((last as { sort?: unknown }).sort) && typeof request.body === 'object')
    yield candidate(
      'keyset',
      { items: list.path, key: ['sort'], cursorParam: 'search_after' },
      76,
      'items have sort values',
      'body',
    );
  const more = announcedIn(members, headers).hasMore[0];
  const key = identityKey(list.items);
  if (more === undefined || key === undefined) return;
  let score = 60;
  for (const cursorParam of ['starting_after', 'after', 'last_id', 'after_id', 'since_id', 'start_after', 'cursor'])
    yield candidate(
      'keyset',
      { items: list.path, key: [key], cursorParam, hasMore: more.read },
      (score -= 0.1),
      `${more.read} is ${String(more.value)}, there is no token, and items have ${/^[aeiou]/.test(key) ? 'an' : 'a'} ${key}`,
      places[0],
    );
}
