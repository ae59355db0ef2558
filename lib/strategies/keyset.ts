import { ConfigError, ExtractError } from '../errors.js';
import type { Json, Position } from '../page.js';
import { inQuery } from '../placements/in-query.js';
import { type ItemPath, parsePath, readPath } from '../reading/path.js';
import { optionalReader, type Read, readFlag } from '../reading/read.js';
import type { Placement, Strategy } from '../strategy.js';
import { sameJson } from '../values/compare.js';
import { describe } from '../values/describe.js';
import { checkBoolean, checkFunction, checkOptions, checkWhole, invalid, type Names } from '../values/options.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { nextIdentity, nextRequests, type NextRequestOptions } from './parts/next-request.js';
import { checkDistinct, checkSize, resizeFreely, sizeOptions, type SizeOptions, sizeParams } from './parts/size.js';
import { checkTokenParam, droppedParams, type TokenParam, tokenParams, toToken } from './parts/token.js';

/** Where a page is: the key of the last item before it (none for the first), and the size that is requested. */
export type KeysetPosition = { readonly after?: Json; readonly size?: number };

export interface KeysetOptions<Item> extends ListOptions<Item>, SizeOptions, NextRequestOptions {
  /**
   * The part of a page's last item that the next page starts after: a path into the item (`'.'` is the item itself), an
   * array of paths, or a function.
   */
  readonly key: ItemPath<Item> | readonly ItemPath<Item>[] | { key(item: Item): unknown }['key'];
  /**
   * Wire name of the key, or a function from the key to parameters, for example to several of them. @default 'after'
   */
  readonly cursorParam?: TokenParam | undefined;
  /**
   * What is added to the key, for APIs that send the item with the key too, if keys are whole numbers: `1` for ids or
   * milliseconds (Telegram, Binance). @default 0
   */
  readonly plus?: number | undefined;
  /**
   * Whether a page begins with the item that has the key, for APIs that send it again (`>=` instead of `>`). It is left
   * out, and a page with nothing else is the last one. Keys must be unique: a page that begins with several items that
   * have the key is an error. @default false
   */
  readonly inclusive?: boolean | undefined;
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
  listOptions, sizeOptions, 'key', 'cursorParam', 'plus', 'inclusive', 'hasMore', 'dropParams', 'nextRequest', 'place',
] as const satisfies Names<KeysetOptions<unknown>>; // prettier-ignore

/**
 * Pages that start after the last item of the page before them.
 *
 *     GET /customers?limit=100&starting_after=cus_9s6XKz   ▸   { "data": [ … { "id": "cus_9s6XGD" } ], "has_more": true }
 *
 *     keyset<Customer>({ size: 100, items: 'data', key: 'id', cursorParam: 'starting_after', hasMore: 'has_more' })
 *
 * The walk ends when `hasMore` is false or, if that is not set, at an empty page. An API that also sends the item with
 * the key (`>=` instead of `>`) repeats one item per page: set `inclusive`, or `plus: 1` if keys are whole numbers.
 * @throws ConfigError for options that can't work
 */
export function keyset<Item = unknown>(options: KeysetOptions<Item>): Strategy<Item, KeysetPosition> {
  const kind = 'keyset';
  checkOptions(kind, options, known);
  const { size, sizeParam = 'limit', cursorParam = 'after', place = inQuery() } = options;
  const { endStatuses = [], plus = 0, inclusive = false } = options;
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  checkTokenParam(kind, options.cursorParam);
  checkDistinct(kind, { cursorParam: typeof cursorParam === 'string' ? cursorParam : undefined, sizeParam });
  checkWhole(kind, 'plus', plus, 0);
  checkBoolean(kind, 'inclusive', inclusive);
  if (inclusive && plus > 0)
    throw new ConfigError(`${kind}: with plus, no page begins with the item that has the key; remove \`inclusive\``);
  // A page of one item would be the item that comes again, and look like the end.
  if (inclusive && size === 1)
    throw new ConfigError('must be at least 2: each page begins with the item that has the key', { of: kind, options: ['size'], value: size }); // prettier-ignore
  const keyOf = keyReader<Item>(kind, options.key);
  const later = nextRequests(kind, options);
  const hasMore = optionalReader(kind, 'hasMore', options.hasMore);
  const list = listMembers(kind, options);
  const dropped = droppedParams(kind, options.dropParams);

  return {
    name: kind,
    identity: {
      cursorParam: typeof cursorParam === 'string' ? cursorParam : 'a function',
      sizeParam,
      key: typeof options.key === 'function' ? 'a function' : options.key,
      ...(plus === 0 ? {} : { plus }),
      ...nextIdentity(options),
    },
    first: size === undefined ? {} : { size },
    place: (request, { after, size: asked }) =>
      place(after === undefined ? request : later(request), {
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
      return { ...position, after: plus === 0 ? keyOf(last) : sum(keyOf(last), plus) };
    },
    check: (response, position) =>
      position.after !== undefined && endStatuses.includes(response.status) ? 'end' : undefined,
    resize(position, factor) {
      const other = resizeFreely(position, factor);
      return inclusive && other?.size === 1 ? undefined : other;
    },
    ...list,
    ...(inclusive
      ? { items: (body, response, position) => withoutKey(list.items(body, response), keyOf, position) }
      : {}),
  };
}

/** @throws ExtractError if the key is no whole number */
function sum(key: Json, plus: number): Json {
  const isWhole =
    typeof key === 'number' ? Number.isSafeInteger(key + plus) : typeof key === 'string' && /^-?\d+$/.test(key);
  if (!isWhole)
    throw new ExtractError(
      'key',
      'the last item',
      `expected a whole number to add ${String(plus)} to, found ${describe(key)}`,
    );
  return typeof key === 'number' ? key + plus : String(BigInt(key as string) + BigInt(plus));
}

/** The items after the one that has the key of the page before. @throws ExtractError if several have it */
function withoutKey<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => Json,
  position: Position | undefined,
): readonly Item[] {
  const { after } = (position ?? {}) as KeysetPosition;
  const has = (item: Item | undefined) => item !== undefined && sameJson(keyOf(item), after);
  if (after === undefined || !has(items[0])) return items;
  if (has(items[1]))
    throw new ExtractError(
      'key',
      'the first items',
      `several items have the key ${describe(after)}, and some may not have arrived; use a key that only one item has`,
    );
  return items.slice(1);
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
  if (typeof key !== 'string') throw invalid(kind, 'key', key, 'a path into an item, an array of paths, or a function');
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
