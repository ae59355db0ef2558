import { ExtractError } from '../errors.js';
import { inBody } from '../placements/in-body.js';
import { cursor } from '../strategies/cursor.js';
import type { Check } from '../strategy.js';
import { describe } from '../values/describe.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * `_find` (Mango) of CouchDB and Cloudant: by bookmark, in the body of a `POST`.
 *
 *     POST /orders/_find
 *     { "selector": { "total": { "$gt": 10 } }, "limit": 100, "bookmark": "g1AAAA…" }   ▸   { "docs": [ … ], "bookmark": "g1AAAB…" }
 *
 *     const { strategy, check, throttle } = couchdbFind<Order>({ size: 100 });
 *
 * Every answer has a bookmark: the walk ends at a page without documents, or at the bookmark `nil`.
 */
export const couchdbFind = <Item = unknown>({ items = 'docs', size, ...rest }: ProfileOptions = {}): Profile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      next: bookmark,
      cursorParam: 'bookmark',
      endTokens: ['nil'],
      dropParams: ['skip'], // It would skip after every bookmark.
      place: inBody(),
    },
    { check: checkCouchdb, throttle: { limit: 10, interval: 1000 } },
    { of: 'couchdbFind', rest },
  );

function bookmark(body: unknown): unknown {
  const { docs, bookmark: found } = body as { docs?: unknown; bookmark?: unknown };
  if (Array.isArray(docs) && docs.length === 0) return undefined;
  if (typeof found === 'string' && found !== '') return found;
  throw new ExtractError('next', 'bookmark', `expected a bookmark with the documents, found ${describe(found)}`);
}

/** The answer to a bookmark that the index no longer accepts is a plain 400. */
export const checkCouchdb: Check = ({ status, body }) =>
  status === 400 && (body as { error?: unknown } | null | undefined)?.error === 'invalid_bookmark'
    ? { expired: 'CouchDB: invalid_bookmark' }
    : undefined;
