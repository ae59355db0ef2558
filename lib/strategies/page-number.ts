import { ConfigError } from '../errors.js';
import { inQuery } from '../placements/in-query.js';
import { optionalReader, type Read, readAnnounced, readCount, readFlag } from '../reading/read.js';
import type { Placement, Strategy } from '../strategy.js';
import { checkBoolean, checkFunction, checkName, checkOptions, type Names } from '../values/options.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { checkDistinct, checkSize, moved, repage, sizeOptions, type SizeOptions, sizeParams } from './parts/size.js';

/** Where a page is: its number, and the size that is requested. */
export type PageNumberPosition = { readonly page: number; readonly size?: number };

export interface PageNumberOptions<Item> extends ListOptions<Item>, SizeOptions {
  /** Number of the first page. @default 1 */
  readonly start?: 0 | 1 | undefined;
  /** Wire name of the page number. @default 'page' */
  readonly pageParam?: string | undefined;
  /** Wire name of the size. @default 'per_page' */
  readonly sizeParam?: string | undefined;
  /** Where both are written. @default inQuery() */
  readonly place?: Placement | undefined;
  /** Whether the first request has no page number. @default false */
  readonly omitFirst?: boolean | undefined;
  /** Whether there are more pages: a boolean, also as text. Overrides totals and empty pages. @default none */
  readonly hasMore?: Read<unknown> | undefined;
  /** How many pages there are in all: a number or digits, read again on every page. @default none */
  readonly totalPages?: Read<unknown> | undefined;
  /** Whether a page with fewer items than `size` is the last one. Wrong for servers that cap sizes. @default false */
  readonly stopOnShortPage?: boolean | undefined;
}

const known = [
  listOptions, sizeOptions, 'start', 'pageParam', 'omitFirst', 'place', 'hasMore', 'totalPages', 'stopOnShortPage',
] as const satisfies Names<PageNumberOptions<unknown>>; // prettier-ignore

/**
 * Pages that are requested by number.
 *
 *     GET /inputs?page=2&per_page=20   ▸   { "inputs": [ … ] }
 *
 *     pageNumber<Input>({ size: 20, items: 'inputs' })
 *
 * The walk ends by the strongest signal that is set: `hasMore`, then an empty page, then `totalPages`, then `total`.
 * Without any of them it ends at the first empty page, which costs one request and is correct even if the server caps
 * sizes. An empty page before the end that a total announces is the end if the page after it is empty too.
 * @throws ConfigError for options that can't work
 */
export function pageNumber<Item = unknown>(options: PageNumberOptions<Item> = {}): Strategy<Item, PageNumberPosition> {
  const kind = 'pageNumber';
  checkOptions(kind, options, known);
  const { start = 1, size, pageParam = 'page', sizeParam = 'per_page', place = inQuery() } = options;
  const { stopOnShortPage = false, omitFirst = false, endStatuses = [], totalIs = 'exact' } = options;
  if ((start as unknown) !== 0 && (start as unknown) !== 1)
    throw new ConfigError(
      `${kind}: start must be 0 or 1, not ${String(start)}; to begin elsewhere, give the strategy another first position: { ...pageNumber(…), first: { page: 40 } }`,
    );
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  checkName(kind, 'pageParam', pageParam);
  checkDistinct(kind, { pageParam, sizeParam });
  if (stopOnShortPage && size === undefined)
    throw new ConfigError(`${kind}: stopOnShortPage needs a size to compare with; set \`size\``);
  checkBoolean(kind, 'omitFirst', omitFirst);
  const list = listMembers(kind, options);
  const hasMore = optionalReader(kind, 'hasMore', options.hasMore);
  const total = optionalReader(kind, 'total', options.total);
  const totalPages = optionalReader(kind, 'totalPages', options.totalPages);
  const following = (from: PageNumberPosition) => moved(from, 'page', from.page + 1);
  const asked = ({ page }: PageNumberPosition) => page - start + 1;

  return {
    name: kind,
    identity: { start, pageParam, sizeParam },
    first: size === undefined ? { page: start } : { page: start, size },
    place(request, position) {
      const sized = sizeParams(sizeParam, position.size);
      const isOmitted = omitFirst && position.page === start;
      return place(request, isOmitted ? sized : { [pageParam]: position.page, ...sized });
    },
    next({ position, items, itemsBefore, body, response }) {
      if (response.status === 204) return undefined;
      if (hasMore) return readFlag('hasMore', hasMore, body, response) ? following(position) : undefined;
      if (items.length === 0) return undefined;
      if (totalPages && asked(position) >= readCount('totalPages', totalPages, body, response)) return undefined;
      if (total && itemsBefore + items.length >= readCount('total', total, body, response) && totalIs === 'exact')
        return undefined;
      if (stopOnShortPage && position.size !== undefined && items.length < position.size) return undefined;
      return following(position);
    },
    afterEmpty(answer, before) {
      if (hasMore) return undefined;
      const pages = readAnnounced('totalPages', totalPages, answer, before);
      const items = readAnnounced('total', total, answer, before);
      const more = asked(answer.position) < (pages ?? Infinity) && answer.itemsBefore < (items ?? Infinity);
      return more && (pages ?? items) !== undefined ? following(answer.position) : undefined;
    },
    check: (response, position) => (position.page > start && endStatuses.includes(response.status) ? 'end' : undefined),
    guess: following,
    resize(position, factor, itemsBefore) {
      const { page, size: asked } = position;
      // If a page was short or capped, the server does not count by this size.
      if (asked === undefined || itemsBefore !== (page - start) * asked) return undefined;
      const other = repage(page - start, asked, factor);
      return other && { ...position, page: other.page + start, size: other.size };
    },
    ...list,
  };
}
