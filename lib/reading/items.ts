import { ConfigError, ExtractError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { describe } from '../values/describe.js';
import { checkOneOf } from '../values/options.js';
import { arraysIn, type Choice, type Match, matchesOf, matchText, parsePath, type Path } from './path.js';
import { type Read, reader, type Reader } from './read.js';

/** An item of an answer with several named lists: `items: { added: 'added', removed: 'removed' }`. */
export interface ListedItem<Item = unknown> {
  /** The name of its list. */
  readonly list: string;
  readonly item: Item;
}

/** Where the items of an answer are, and what it may lack. */
export interface ItemsOptions<Item> {
  /**
   * The items of an answer: a path into the body, or a function. An answer may have several lists: an array of paths
   * reads one after the other, and an object of paths makes each item a `ListedItem`, with the name of its list.
   * @default '.', the body itself is the array
   */
  readonly items?:
    Read<readonly Item[]> | readonly string[] | Readonly<Record<string, Read<readonly unknown[]>>> | undefined;
  /**
   * What an answer without items means: an error, or an empty page. If the path leads through the elements of a list
   * (`entry[*].resource`): whether elements without that member are skipped. @default 'error'
   */
  readonly missingItems?: 'error' | 'empty' | undefined;
  /** What one item in the place of a list means: an error, or a list of that item. @default 'error' */
  readonly singleItem?: 'error' | 'allow' | undefined;
}

type ReadList = (body: unknown, response: PageResponse) => readonly unknown[];
type Rules = Required<Pick<ItemsOptions<unknown>, 'missingItems' | 'singleItem'>>;

/**
 * Prepares the reading of items. What is no list, or no item, is an error, never the end (P5).
 * @param kind the strategy, for errors
 * @throws ConfigError
 */
export function itemsReader<Item>(
  kind: string,
  { items = '.', missingItems = 'error', singleItem = 'error' }: ItemsOptions<Item>,
): (body: unknown, response: PageResponse) => readonly Item[] {
  checkOneOf(kind, 'missingItems', missingItems, ['error', 'empty']);
  checkOneOf(kind, 'singleItem', singleItem, ['error', 'allow']);
  const rules = { missingItems, singleItem };
  const read =
    typeof items === 'object' && (items as unknown) !== null
      ? severalLists(kind, items as Readonly<Record<string, Read<readonly unknown[]>>>, rules)
      : listReader(kind, 'items', items as Read<unknown>, rules);
  return (body, response) => (response.status === 204 ? [] : (read(body, response) as readonly Item[]));
}

function severalLists(kind: string, items: Readonly<Record<string, Read<readonly unknown[]>>>, rules: Rules): ReadList {
  const isNamed = !Array.isArray(items);
  const lists = Object.entries(items).map(
    ([name, each]) => [name, listReader(kind, isNamed ? `items.${name}` : 'items', each, rules)] as const,
  );
  if (lists.length === 0)
    throw new ConfigError(`must name at least one list, not ${describe(items)}`, { of: kind, options: ['items'], value: items }); // prettier-ignore
  return (body, response) =>
    lists.flatMap(([list, read]) => {
      const found = read(body, response);
      return isNamed ? found.map((item): ListedItem => ({ list, item })) : found;
    });
}

function listReader(kind: string, option: string, read: Read<unknown>, rules: Rules): ReadList {
  const from = reader(kind, option, read);
  const path = typeof read === 'string' ? parsePath(kind, option, read) : undefined;
  const last = path?.ways?.map((way) => way.at(-1)).at(0);
  return path?.ways?.some((way) => way.some((step) => typeof step !== 'string' && step.several)) === true
    ? (body) => chosenItems(path, typeof last === 'object' && last.several ? last : undefined, body, rules)
    : (body, response) => listAt(from, from.read(body, response), body, rules);
}

/** The list that a path or a function leads to. @throws ExtractError */
function listAt(from: Reader, found: unknown, body: unknown, { missingItems, singleItem }: Rules): readonly unknown[] {
  if (Array.isArray(found)) return found as unknown[];
  if ((found === undefined || found === null || found === '') && missingItems === 'empty') return [];
  if ((isItem(found) || isText(found)) && singleItem === 'allow') return [found];
  const arrays = arraysIn(body);
  const hint =
    arrays !== ''
      ? arrays
      : found === undefined
        ? "; if an absent key means an empty page, set `missingItems: 'empty'`"
        : isItem(found) && from.path !== '.'
          ? "; if that is the only item, set `singleItem: 'allow'`"
          : '';
  throw new ExtractError(
    'items',
    from.path,
    `expected an array, found ${found === undefined ? 'nothing' : describe(found)} in ${describe(body)}${hint}`,
  );
}

const isItem = (found: unknown): boolean => typeof found === 'object' && found !== null;
/** An element of XML that has neither attributes nor elements. */
const isText = (found: unknown): boolean => (typeof found === 'string' && found !== '') || typeof found === 'number';

/**
 * What a path through several elements leads to: items, or lists of items, never both. A path that ends with `[*]` leads
 * to items, whatever they are.
 * @throws ExtractError
 */
function chosenItems(path: Path, last: Choice | undefined, body: unknown, { missingItems }: Rules): readonly unknown[] {
  const found = matchesOf(body, path);
  const isElement = last?.from === 'a list';
  const isMissing = ({ value }: Match) => value === undefined || (value === null && !isElement);
  const missing = found.find(isMissing);
  if (missing && missingItems === 'error') throw missingAt(path, missing, body);
  const there = missing ? found.filter((match) => !isMissing(match)) : found;
  if (there.length === 0 && missingItems === 'error') checkChoice(path, body);
  if (isElement) return there.map(({ value }) => value);
  const lists = there.filter(({ value }) => Array.isArray(value));
  const other = lists.length > 0 ? there.find(({ value }) => !Array.isArray(value)) : undefined;
  if (other)
    throw new ExtractError(
      'items',
      path.text,
      `found a list at ${matchText(lists[0]?.at ?? [])}, and ${describe(other.value)} at ${matchText(other.at)}; name lists only, or items only`,
    );
  return lists.length > 0 ? lists.flatMap(({ value }) => value as unknown[]) : there.map(({ value }) => value);
}

function missingAt(path: Path, { value, at }: Match, body: unknown): ExtractError {
  const hint = at.some((name) => typeof name === 'number')
    ? "; to skip such elements, set `missingItems: 'empty'`"
    : "; if an absent key means an empty page, set `missingItems: 'empty'`";
  return new ExtractError(
    'items',
    path.text,
    `expected an item or a list at ${matchText(at)}, found ${value === undefined ? 'nothing' : 'null'} in ${describe(body)}${hint}`,
  );
}

/** No element may have been chosen because the filter is wrong. @throws ExtractError */
function checkChoice(path: Path, body: unknown): void {
  for (const [index, step] of path.ways?.[0]?.entries() ?? []) {
    if (typeof step === 'string' || !step.conditions) continue;
    const before = path.ways?.[0]?.slice(0, index) ?? [];
    const elements = matchesOf(body, { ...path, text: '', ways: [before] }).flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [])); // prettier-ignore
    if (elements.length === 0) return;
    throw new ExtractError(
      'items',
      path.text,
      `none of the ${String(elements.length)} elements has ${step.text}; if that means an empty page, set \`missingItems: 'empty'\``,
    );
  }
}
