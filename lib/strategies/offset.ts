import { ConfigError } from '../errors.js';
import { inQuery } from '../placements/in-query.js';
import { optionalReader, type Read, readAnnounced, readCount, readFlag } from '../reading/read.js';
import type { Placement, Strategy } from '../strategy.js';
import { checkBoolean, checkFunction, checkName, checkOptions, type Names } from '../values/options.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import {
  checkDistinct,
  checkSize,
  cutTo,
  moved,
  resizeFreely,
  sizeOptions,
  type SizeOptions,
  sizeParams,
} from './parts/size.js';

/** Where a page is: how many items it skips, and the size that is requested. */
export type OffsetPosition = { readonly offset: number; readonly size?: number };

export interface OffsetOptions<Item> extends ListOptions<Item>, SizeOptions {
  /** Offset of the first item: 1 for a start index (SCIM). @default 0 */
  readonly start?: 0 | 1 | undefined;
  /** Wire name of the offset. @default 'offset' */
  readonly offsetParam?: string | undefined;
  /** Wire name of the size. @default 'limit' */
  readonly sizeParam?: string | undefined;
  /** Where both are written. @default inQuery() */
  readonly place?: Placement | undefined;
  /** Whether the first request has no offset. @default false */
  readonly omitFirst?: boolean | undefined;
  /** Whether there are more pages: a boolean, also as text. Overrides totals and empty pages. @default none */
  readonly hasMore?: Read<unknown> | undefined;
  /**
   * How far each page moves the offset: by the number of items received, or by `size`. `'size'` is for APIs that drop
   * items from a page after counting them; if the server caps sizes, it skips items. An empty page then does not mean
   * the end, so `'size'` needs `total` (which counts the dropped items too), `hasMore`, `stopOnShortPage` or
   * `endStatuses`. @default 'received'
   */
  readonly advanceBy?: 'received' | 'size' | undefined;
  /** Whether a page with fewer items than `size` is the last one. Wrong for servers that cap sizes. @default false */
  readonly stopOnShortPage?: boolean | undefined;
}

const known = [
  listOptions, sizeOptions, 'start', 'offsetParam', 'omitFirst', 'place', 'hasMore', 'advanceBy', 'stopOnShortPage',
] as const satisfies Names<OffsetOptions<unknown>>; // prettier-ignore

/**
 * Pages that are requested by the number of items before them.
 *
 *     GET /items?offset=100&limit=50   ▸   { "data": [ … ], "meta": { "filter_count": 321 } }
 *
 *     offset<Item>({ size: 50, items: 'data', total: 'meta.filter_count' })
 *
 * The offset moves by the number of items received, so if the server silently caps the size, that costs requests but no
 * items. The walk ends by the strongest signal that is set: `hasMore`, then an empty page, then `total`. An empty page
 * before the end that a total announces is the end if the page `size` items after it is empty too.
 * @throws ConfigError for options that can't work
 */
export function offset<Item = unknown>(options: OffsetOptions<Item> = {}): Strategy<Item, OffsetPosition> {
  const kind = 'offset';
  checkOptions(kind, options, known);
  const { start = 0, size, offsetParam = 'offset', sizeParam = 'limit', place = inQuery() } = options;
  const { advanceBy = 'received', stopOnShortPage = false, omitFirst = false, endStatuses = [] } = options;
  if ((start as unknown) !== 0 && (start as unknown) !== 1)
    throw new ConfigError(
      `${kind}: start must be 0 or 1, not ${String(start)}; to begin elsewhere, give the strategy another first position: { ...offset(…), first: { offset: 4000 } }`,
    );
  if ((advanceBy as unknown) !== 'received' && (advanceBy as unknown) !== 'size')
    throw new ConfigError(`${kind}: advanceBy must be 'received' or 'size', not ${JSON.stringify(advanceBy)}`);
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  checkName(kind, 'offsetParam', offsetParam);
  checkDistinct(kind, { offsetParam, sizeParam });
  if ((advanceBy === 'size' || stopOnShortPage) && size === undefined)
    throw new ConfigError(
      `${kind}: ${stopOnShortPage ? '`stopOnShortPage: true`' : "`advanceBy: 'size'`"} needs a size; set \`size\``,
    );
  const bySize = advanceBy === 'size';
  if (bySize && (options.hasMore ?? options.total) === undefined && !stopOnShortPage && endStatuses.length === 0)
    throw new ConfigError(
      `${kind}: \`advanceBy: 'size'\` needs to know the end, because any page may be empty; set \`total\`, \`hasMore\` or \`endStatuses\``,
    );
  // A total includes dropped items, so fewer items arrive.
  const totalIs = options.totalIs ?? (bySize ? 'estimate' : 'exact');
  checkBoolean(kind, 'omitFirst', omitFirst);
  const list = listMembers(kind, { ...options, totalIs });
  const hasMore = optionalReader(kind, 'hasMore', options.hasMore);
  const total = optionalReader(kind, 'total', options.total);

  return {
    name: kind,
    identity: { start, offsetParam, sizeParam, advanceBy },
    first: size === undefined ? { offset: start } : { offset: start, size },
    place(request, position) {
      const sized = sizeParams(sizeParam, position.size);
      const isOmitted = omitFirst && position.offset === start;
      return place(request, isOmitted ? sized : { [offsetParam]: position.offset, ...sized });
    },
    next(answer) {
      const { position, items, body, response } = answer;
      if (response.status === 204) return undefined;
      const step = bySize ? (position.size ?? items.length) : items.length;
      const following = moved(position, 'offset', position.offset + step);
      if (hasMore) return readFlag('hasMore', hasMore, body, response) ? following : undefined;
      if (items.length === 0 && (!bySize || (total && readAnnounced('total', total, answer) === undefined)))
        return undefined;
      const isEnd = total && following.offset - start >= readCount('total', total, body, response);
      if (isEnd === true && (bySize || totalIs === 'exact')) return undefined;
      if (stopOnShortPage && position.size !== undefined && items.length < position.size) return undefined;
      return following;
    },
    afterEmpty(answer, before) {
      const { index, position } = answer;
      const { offset: from, size: asked } = position;
      const announced = hasMore ? undefined : readAnnounced('total', total, answer, before);
      if (asked === undefined || announced === undefined || from - start >= announced) return undefined;
      // Pages that were all of one smaller size show that the server caps it.
      const held = (from - start) / index;
      return moved(
        position,
        'offset',
        from + (!bySize && held >= 1 && Number.isInteger(held) ? Math.min(held, asked) : asked),
      );
    },
    check: (response, position) =>
      position.offset > start && endStatuses.includes(response.status) ? 'end' : undefined,
    guess(from, seen) {
      if (from.size === undefined) return undefined;
      // If the server caps sizes, a page that is shorter than asked for shows it: a larger step would leave items out.
      const came = bySize ? 0 : (seen?.items.length ?? 0);
      const asked = seen?.position?.size ?? from.size;
      return { ...from, offset: from.offset + (came > 0 && came < asked ? Math.min(came, from.size) : from.size) };
    },
    upTo: (from, to) => cutTo(from, to.offset - from.offset),
    resize: resizeFreely,
    ...list,
  };
}
