import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { cursor } from '../strategies/cursor.js';
import type { Placement } from '../strategy.js';
import { listed, sparseList } from './parts/lists.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * Intercom's lists by cursor: every `GET` whose answer has `pages.next.starting_after`.
 *
 *     GET /contacts?per_page=150&starting_after=WzE3…   ▸   { "data": [ … ], "total_count": 321, "pages": { "next": { "page": 3, "starting_after": "WzE4…" } } }
 *
 *     const { strategy, check, throttle } = intercom<Contact>({ size: 150 });
 *
 * If `items` names no list, the items are the answer's only list. The walk ends at an answer without `pages.next`
 * (https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination).
 */
export const intercom = <Item = unknown>(options: FollowingProfileOptions = {}): Profile<Item> =>
  list('intercom', options, inQuery());

/**
 * Intercom's searches for contacts, conversations and tickets, with the parameters in the body under `pagination`.
 *
 *     POST /conversations/search
 *     { "query": …, "pagination": { "per_page": 150, "starting_after": "WzE3…" } }   ▸   { "conversations": [ … ], "pages": { "next": { "starting_after": "WzE4…" } } }
 *
 *     const { strategy, check, throttle } = intercomSearch<Conversation>({ size: 150 });
 */
export const intercomSearch = <Item = unknown>(options: FollowingProfileOptions = {}): Profile<Item> =>
  list('intercomSearch', options, inBody('pagination'));

const list = <Item>(
  of: string,
  { items, size, missingNext, ...rest }: FollowingProfileOptions,
  place: Placement,
): Profile<Item> =>
  profile(
    listed(cursor<Item>, items),
    {
      items: sparseList<Item>(items),
      size,
      maxSize: 150,
      sizeParam: 'per_page',
      next: 'pages.next.starting_after',
      cursorParam: 'starting_after',
      total: 'total_count',
      missingNext,
      place,
    },
    // 10,000 requests a minute, in windows of ten seconds.
    { throttle: { limit: 1666, interval: 10_000 } },
    { of, rest, takes: ['missingNext'] },
  );
