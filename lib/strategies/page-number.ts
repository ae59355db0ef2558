import { ConfigError } from '../errors.js';
import { inQuery } from '../placements/in-query.js';
import type { Placement, Strategy } from '../strategy.js';
import { checkName, checkOptions, checkWhole } from '../values/options.js';
import { reader, readCount, readFlag, readItems, type Read } from '../values/read.js';

/** Where a page is: its number, and the size it is asked for with. */
export type PageNumberPosition = { readonly page: number; readonly size?: number };

export interface PageNumberOptions<Item> {
  /** The items of an answer: a path into the body, or a function. @default '.', the body itself is the array */
  readonly items?: Read<readonly Item[]> | undefined;
  /** Items to ask for per page. @default the API's own: no size is sent */
  readonly size?: number | undefined;
  /** The largest size that the API takes; a larger `size` is refused, for servers cap it without a word. @default none */
  readonly maxSize?: number | undefined;
  /** Number of the first page. @default 1 */
  readonly start?: 0 | 1 | undefined;
  /** Wire name of the page number. @default 'page' */
  readonly pageParam?: string | undefined;
  /** Wire name of the size. @default 'per_page' */
  readonly sizeParam?: string | undefined;
  /** Where both are written. @default inQuery() */
  readonly place?: Placement | undefined;
  /** Whether there are more pages: a boolean or its name. Overrules totals and empty pages. */
  readonly hasMore?: Read<unknown> | undefined;
  /** How many items there are in all: a number or digits, read anew on every page. */
  readonly total?: Read<unknown> | undefined;
  /** How many pages there are in all: a number or digits, read anew on every page. */
  readonly totalPages?: Read<unknown> | undefined;
  /** Whether a page with fewer items than `size` is the last one. Servers that cap sizes make this lie. @default false */
  readonly stopOnShortPage?: boolean | undefined;
  /** Statuses that mean "past the end" on pages after the first, such as 400 or 404. @default [] */
  readonly endStatuses?: readonly number[] | undefined;
  /** What an answer without items is: an error, or an empty page. @default 'error' */
  readonly missingItems?: 'error' | 'empty' | undefined;
  /** How many empty pages in a row are believed where `hasMore` says that there are more. @default 1000 */
  readonly maxEmptyPages?: number | undefined;
}

const known = [
  'items', 'size', 'maxSize', 'start', 'pageParam', 'sizeParam', 'place', 'hasMore', 'total', 'totalPages',
  'stopOnShortPage', 'endStatuses', 'missingItems', 'maxEmptyPages',
] as const satisfies readonly (keyof PageNumberOptions<unknown>)[]; // prettier-ignore

/**
 * Pages that are asked for by number.
 *
 *     GET /inputs?page=2&per_page=20   ▸   { "inputs": [ … ] }
 *
 *     pageNumber<Input>({ size: 20, items: 'inputs' })
 *
 * The walk ends by the strongest signal that is named: `hasMore`, then an empty page, then `totalPages`, then `total`.
 * Without any of them it ends at the first empty page, which costs one request and is right whatever the server does
 * to sizes.
 * @throws ConfigError for options that can't work
 */
export function pageNumber<Item = unknown>(options: PageNumberOptions<Item> = {}): Strategy<Item, PageNumberPosition> {
  validate(options);
  const { start = 1, size, pageParam = 'page', sizeParam = 'per_page', place = inQuery() } = options;
  const { stopOnShortPage = false, endStatuses = [], missingItems = 'error', maxEmptyPages = 1000 } = options;
  const items = reader('pageNumber: items', options.items ?? '.');
  const hasMore = options.hasMore === undefined ? undefined : reader('pageNumber: hasMore', options.hasMore);
  const total = options.total === undefined ? undefined : reader('pageNumber: total', options.total);
  const totalPages =
    options.totalPages === undefined ? undefined : reader('pageNumber: totalPages', options.totalPages);

  return {
    name: 'pageNumber',
    identity: { start, pageParam, sizeParam },
    first: size === undefined ? { page: start } : { page: start, size },
    place: (request, position) => place(request, { [pageParam]: position.page, [sizeParam]: position.size }),
    items: (body, response) => readItems<Item>(items, body, response, missingItems),
    next({ position, items, itemsBefore, body, response }) {
      const following = { ...position, page: position.page + 1 };
      if (response.status === 204) return undefined;
      if (hasMore) return readFlag('hasMore', hasMore, body, response) ? following : undefined;
      if (items.length === 0) return undefined;
      const asked = position.page - start + 1;
      if (totalPages && asked >= readCount('totalPages', totalPages, body, response)) return undefined;
      if (total && itemsBefore + items.length >= readCount('total', total, body, response)) return undefined;
      if (stopOnShortPage && position.size !== undefined && items.length < position.size) return undefined;
      return following;
    },
    check: (response, position) => (position.page > start && endStatuses.includes(response.status) ? 'end' : undefined),
    total: ({ body, response }) =>
      total && response.status !== 204 ? readCount('total', total, body, response) : undefined,
    maxEmptyPages,
  };
}

function validate<Item>(options: PageNumberOptions<Item>): void {
  const place = 'pageNumber';
  checkOptions(place, options, known);
  const { size, maxSize, start, pageParam = 'page', sizeParam = 'per_page', stopOnShortPage } = options;
  if (start !== undefined && start !== 0 && start !== 1)
    throw new ConfigError(
      `${place}: start must be 0 or 1, not ${String(start)}; to begin elsewhere, give the strategy another first position: { ...pageNumber(…), first: { page: 40 } }`,
    );
  if (maxSize !== undefined) checkWhole(place, 'maxSize', maxSize, 1);
  if (size !== undefined) checkWhole(place, 'size', size, 1);
  if (size !== undefined && maxSize !== undefined && size > maxSize)
    throw new ConfigError(
      `${place}: size ${String(size)} is above the API's maximum of ${String(maxSize)} (maxSize); ask for at most ${String(maxSize)}`,
    );
  checkName(place, 'pageParam', pageParam);
  checkName(place, 'sizeParam', sizeParam);
  if (pageParam === sizeParam)
    throw new ConfigError(
      `${place}: pageParam and sizeParam are both ${JSON.stringify(pageParam)}; one would overwrite the other`,
    );
  if (stopOnShortPage === true && size === undefined)
    throw new ConfigError(`${place}: stopOnShortPage needs a size to compare with; set size`);
  if (options.missingItems !== undefined && options.missingItems !== 'error' && options.missingItems !== 'empty')
    throw new ConfigError(
      `${place}: missingItems must be 'error' or 'empty', not ${JSON.stringify(options.missingItems)}`,
    );
  if (options.maxEmptyPages !== undefined) checkWhole(place, 'maxEmptyPages', options.maxEmptyPages, 0);
  for (const status of options.endStatuses ?? []) checkWhole(place, 'endStatuses', status, 100);
}
