import { not } from '../reading/read.js';
import { nextUrl } from '../strategies/next-url.js';
import { listed, sparseList } from './parts/lists.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * Zendesk's lists: every `GET` that takes `page[size]` (cursor pagination), until `meta.has_more` is false.
 *
 *     GET /api/v2/tickets?page[size]=100   ▸   { "tickets": [ … ], "meta": { "has_more": true, "after_cursor": "xxx" }, "links": { "next": "https://…" } }
 *
 *     const { strategy, check, throttle } = zendesk<Ticket>();
 *
 * Without `page[size]`, Zendesk pages by number, so it is always sent. If `items` names no list, the items are the
 * answer's only list (https://developer.zendesk.com/api-reference/introduction/pagination/).
 */
export const zendesk = <Item = unknown>({ items, size = 100, ...rest }: ProfileOptions = {}): Profile<Item> =>
  profile(
    listed(nextUrl<Item>, items),
    {
      items: sparseList<Item>(items),
      size,
      maxSize: 100,
      sizeParam: 'page[size]',
      next: 'links.next',
      hasMore: 'meta.has_more',
    },
    // The smallest plan: 200 requests a minute.
    { throttle: { limit: 200, interval: 60_000 } },
    { of: 'zendesk', rest },
  );

/**
 * Zendesk's incremental exports, by cursor or by time, until `end_of_stream`.
 *
 *     GET /api/v2/incremental/tickets/cursor?start_time=1332034771   ▸   { "tickets": [ … ], "after_url": "https://…", "end_of_stream": false }
 *     GET /api/v2/incremental/organizations?start_time=1332034771    ▸   { "organizations": [ … ], "next_page": "https://…", "end_of_stream": false }
 *
 *     const { strategy, check, throttle } = zendeskExport<Ticket>();
 *
 * Exports by time may give an item twice, at the border of two pages. To continue later, keep `after_cursor` or
 * `end_time` of the last page (https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/).
 */
export const zendeskExport = <Item = unknown>({ items, size, ...rest }: ProfileOptions = {}): Profile<Item> =>
  profile(
    listed(nextUrl<Item>, items),
    {
      items: sparseList<Item>(items),
      size,
      maxSize: 1000,
      sizeParam: 'per_page',
      next: 'after_url || next_page',
      hasMore: not('end_of_stream'),
    },
    { throttle: { limit: 10, interval: 60_000 } },
    { of: 'zendeskExport', rest },
  );
