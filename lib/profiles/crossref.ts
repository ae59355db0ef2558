import { cursor } from '../strategies/cursor.js';
import { failIf } from '../checks.js';
import { profile, type ProfileOptions, type UnratedProfile } from './profile.js';

/**
 * Crossref's lists, by `cursor`: works, journals, members and funders.
 *
 *     GET /works?filter=…&rows=1000&cursor=*   ▸   { "status": "ok", "message": { "total-results": 4321, "next-cursor": "DnF1…", "items": [ … ] } }
 *
 *     const { strategy, check } = crossref<Work>({ size: 1000 });
 *
 * Each answer has a cursor, the last one too, and it may be the same all along, since the server keeps the position: the
 * walk ends at an empty page, can't be resumed, and after the first page no request is sent twice. The answers' headers
 * `x-rate-limit-limit` and `x-rate-limit-interval` say how many requests your pool may send
 * (https://www.crossref.org/documentation/retrieve-metadata/rest-api/,
 * https://github.com/CrossRef/rest-api-doc/issues/303).
 */
export const crossref = <Item = unknown>({
  items = 'message.items',
  size,
  ...rest
}: ProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      maxSize: 1000,
      sizeParam: 'rows',
      firstCursor: '*',
      next: 'message.next-cursor',
      onSameToken: 'continue',
      total: 'message.total-results',
    },
    { check: failIf('status', 'failed') },
    { of: 'crossref', rest },
  );
