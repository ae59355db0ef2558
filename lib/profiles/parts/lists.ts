import { ExtractError } from '../../errors.js';
import type { Position } from '../../page.js';
import { arrayPaths, parsePath, readPath } from '../../reading/path.js';
import type { Read } from '../../reading/read.js';
import type { Strategy } from '../../strategy.js';

interface SparseListOptions {
  /** Where to look for lists if none is named. @default '.', the body itself */
  readonly within?: string;
  /** Keys of lists that are not items. */
  readonly besides?: readonly string[];
  /** Whether an answer without items can be a page at all. @default any object */
  readonly isPage?: (body: object) => boolean;
}

/**
 * The items of APIs that omit an empty list: the list at a path or, if none is named, the only list. If it is absent,
 * the page is empty, unless there is another list (then the name is wrong) or the answer is not a page at all.
 */
export function sparseList<Item>(
  items: string | undefined,
  { within = '.', besides = [], isPage = () => true }: SparseListOptions = {},
): Read<readonly Item[]> {
  const named = items === undefined ? undefined : parsePath(undefined, 'items', items);
  if (items !== undefined && named?.ways !== undefined) return items; // The strategy reads a path that chooses.
  const home = parsePath(undefined, 'items', within);
  const holder = named === undefined ? home : { ...named, segments: named.segments.slice(0, -1) };
  const read = (body: unknown): readonly Item[] | undefined => {
    const found = named && readPath(body, named);
    if (found !== undefined && found !== null) return found as readonly Item[];
    if (typeof body !== 'object' || body === null || Array.isArray(body) || !isPage(body)) return undefined;
    const around = holder.segments.length === 0 ? body : readPath(body, holder);
    if (named === undefined) return (onlyList(around, besides) ?? []) as Item[];
    return hasList(around, besides) ? undefined : [];
  };
  // The strategy rejects anything that is not a list, and names the path.
  return Object.defineProperty(read, 'name', { value: `path ${items ?? within}` }) as Read<readonly Item[]>;
}

/**
 * Makes a strategy that refuses a page without items if no earlier page had any and the answer has lists that
 * `sparseList` does not search: lists within nested objects. Otherwise a walk over nested lists would deliver nothing.
 * @param items the list that the caller named
 * @param besides keys of lists that are not items, and of objects that hold such lists
 */
export const listed =
  <Item, P extends Position, Options>(
    make: (options: Options) => Strategy<Item, P>,
    items: string | undefined,
    besides: readonly string[] = [],
  ) =>
  (options: Options): Strategy<Item, P> => {
    const strategy = make(options);
    return {
      ...strategy,
      next(answer) {
        if (answer.itemsBefore + answer.items.length === 0) checkNested(answer.body, items, besides);
        return strategy.next(answer);
      },
    };
  };

/** @throws ExtractError */
function checkNested(body: unknown, items: string | undefined, besides: readonly string[]): void {
  const named = items === undefined ? undefined : parsePath(undefined, 'items', items);
  // Next to a named list, sparseList itself looks for other lists.
  if (named && readPath(body, { ...named, segments: named.segments.slice(0, -1) }) !== undefined) return;
  const lists = arrayPaths(body).filter((text) => {
    const path = parsePath(undefined, 'items', text);
    return !path.segments.some((name) => besides.includes(name)) && (readPath(body, path) as unknown[]).length > 0;
  });
  if (lists.length > 0)
    throw new ExtractError(
      'items',
      items ?? 'the answer',
      `found no list there, but lists at ${lists.map((path) => `'${path}'`).join(', ')}; set items to the path of the one that holds the items`,
    );
}

const hasList = (object: unknown, besides: readonly string[]): boolean =>
  Object.entries(object ?? {}).some(([key, value]) => Array.isArray(value) && !besides.includes(key));

/**
 * The only list among an object's members, whatever its key; `undefined` if there is none.
 * @param besides keys of lists that are not items
 * @throws ExtractError if there are several
 */
export function onlyList(object: unknown, besides: readonly string[] = []): unknown[] | undefined {
  const members = typeof object === 'object' && object !== null && !Array.isArray(object) ? Object.entries(object) : [];
  const lists = members.filter(([key, value]) => Array.isArray(value) && !besides.includes(key));
  if (lists.length > 1)
    throw new ExtractError(
      'items',
      'the answer',
      `found several lists, ${lists.map(([key]) => key).join(' and ')}; name one with items`,
    );
  return lists[0]?.[1] as unknown[] | undefined;
}
