import { ConfigError, ExtractError } from '../errors.js';
import type { Json } from '../page.js';
import { inQuery } from '../placements/in-query.js';
import { parsePath, readPath } from '../reading/path.js';
import { optionalReader, type Read, readFlag } from '../reading/read.js';
import type { Placement, Strategy } from '../strategy.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkOptions, type Names } from '../values/options.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { checkDistinct, checkSize, resizeFreely, sizeOptions, type SizeOptions, sizeParams } from './parts/size.js';
import { checkTokenParam, droppedParams, type TokenParam, tokenParams, toToken } from './parts/token.js';

/** Where a page is: the key of the last item before it (none for the first), and the size that is requested. */
export type KeysetPosition = { readonly after?: Json; readonly size?: number };

export interface KeysetOptions<Item> extends ListOptions<Item>, SizeOptions {
  /**
   * The part of a page's last item that the next page starts after: a path into the item (`'.'` is the item itself), an
   * array of paths, or a function.
   */
  readonly key: string | readonly string[] | { key(item: Item): unknown }['key'];
  /**
   * Wire name of the key, or a function from the key to parameters, for example to several of them. @default 'after'
   */
  readonly cursorParam?: TokenParam | undefined;
  /** Whether there are more pages: a boolean, also as text. @default the walk ends at an empty page */
  readonly hasMore?: Read<unknown> | undefined;
  /** Parameters of the request template that are left out when a key is sent. @default [] */
  readonly dropParams?: readonly string[] | undefined;
  /** Wire name of the size. @default 'limit' */
  readonly sizeParam?: string | undefined;
  /** Where all of these are written. @default inQuery() */
  readonly place?: Placement | undefined;
}

const known = [
  listOptions, sizeOptions, 'key', 'cursorParam', 'hasMore', 'dropParams', 'place',
] as const satisfies Names<KeysetOptions<unknown>>; // prettier-ignore

/**
 * Pages that start after the last item of the page before them.
 *
 *     GET /customers?limit=100&starting_after=cus_9s6XKz   ▸   { "data": [ … { "id": "cus_9s6XGD" } ], "has_more": true }
 *
 *     keyset<Customer>({ size: 100, items: 'data', key: 'id', cursorParam: 'starting_after', hasMore: 'has_more' })
 *
 * The walk ends when `hasMore` is false or, if that is not set, at an empty page. An API that also sends the item with
 * the key (`>=` instead of `>`) repeats one item per page: add `distinctItems`.
 * @throws ConfigError for options that can't work
 */
export function keyset<Item = unknown>(options: KeysetOptions<Item>): Strategy<Item, KeysetPosition> {
  const kind = 'keyset';
  checkOptions(kind, options, known);
  const { size, sizeParam = 'limit', cursorParam = 'after', place = inQuery() } = options;
  const { endStatuses = [] } = options;
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  checkTokenParam(kind, options.cursorParam);
  checkDistinct(kind, { cursorParam: typeof cursorParam === 'string' ? cursorParam : undefined, sizeParam });
  const keyOf = keyReader<Item>(kind, options.key);
  const hasMore = optionalReader(kind, 'hasMore', options.hasMore);
  const list = listMembers(kind, options);
  const dropped = droppedParams(kind, options.dropParams);

  return {
    name: kind,
    identity: {
      cursorParam: typeof cursorParam === 'string' ? cursorParam : 'a function',
      sizeParam,
      key: typeof options.key === 'function' ? 'a function' : options.key,
    },
    first: size === undefined ? {} : { size },
    place: (request, { after, size: asked }) =>
      place(request, {
        ...sizeParams(sizeParam, asked),
        ...(after === undefined ? {} : { ...dropped, ...tokenParams(cursorParam, after) }),
      }),
    next({ position, items, body, response }) {
      const more = hasMore && response.status !== 204 ? readFlag('hasMore', hasMore, body, response) : undefined;
      const last = items.at(-1);
      if (more === false || (last === undefined && more === undefined)) return undefined;
      if (last === undefined)
        throw new ExtractError(
          'key',
          'the last item',
          'has-more says that there is another page, and this page has no item that the next one could start after',
        );
      return { ...position, after: keyOf(last) };
    },
    check: (response, position) =>
      position.after !== undefined && endStatuses.includes(response.status) ? 'end' : undefined,
    resize: resizeFreely,
    ...list,
  };
}

function keyReader<Item>(kind: string, key: unknown): (item: Item) => Json {
  if (typeof key === 'function') {
    const read = key as (item: Item) => unknown;
    return (item) => checked('a function of the last item', read(item));
  }
  if (Array.isArray(key) && key.length > 0) {
    const paths = key.map((each) => parsePath(kind, 'key', each));
    return (item) => paths.map((path) => checked(`${path.text} of the last item`, readPath(item, path), true));
  }
  if (typeof key !== 'string')
    throw new ConfigError(
      `${kind}: key must be a path into an item, an array of paths, or a function, not ${describe(key)}`,
    );
  const path = parsePath(kind, 'key', key);
  const place = path.text === '.' ? 'the last item' : `${path.text} of the last item`;
  return (item) => checked(place, readPath(item, path));
}

/** A key may be null only if there are several: sort values may be null. */
function checked(path: string, found: unknown, nullable = false): Json {
  if (found === undefined || found === '' || (found === null && !nullable))
    throw new ExtractError('key', path, `expected a value that the next page starts after, found ${describe(found)}`);
  return toToken('key', path, found);
}
