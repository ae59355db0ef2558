import { pathText } from '../reading/path.js';
import type { PagingOptions } from './kinds.js';
import { countOf, longestName, plainName, scanAnswer } from '../reading/scan-answer.js';

/** A list in an answer, and where it is. */
export interface FoundList {
  readonly path: string;
  /** The same, as a `Paging` has it. */
  readonly read: PagingOptions['items'];
  readonly names: readonly string[];
  readonly items: readonly unknown[];
  /** Whether the URL names it, or its length is the announced size. */
  readonly isSaid?: boolean;
  /** How much its name and depth suggest that it holds the items. */
  readonly score: number;
}

const known =
  /^(items|data|idlist|results?|records|rows|docs|documents|entries|list|value|values|resources|hits|objects|elements|nodes|edges|contents|objects|content)$/i;
const beside =
  /^_?(included|schemas|prefixes|commonprefixes|\w*headers|\w*errors?|\w*warnings?|\w*(error|warning)messages?|links?|facets|aggregations|columns|fields|schemas|filters)$/i;

/** Errors are never the items, unless the caller names them. */
const noItems = /(^|[./])(errors?|warnings?)$/i;

/** The lists of an answer, best first: by name, by content, by depth. */
export function findLists(body: unknown, url = '', asked: readonly Asked[] = []): readonly FoundList[] {
  if (Array.isArray(body)) {
    const inner = (body as unknown[]).flatMap((items, index) =>
      Array.isArray(items)
        ? [{ path: String(index), read: String(index), names: [String(index)], items, score: 10 }]
        : [],
    );
    // A list beside an object that describes it (World Bank): [{ "page": 1, "pages": 7 }, [ … ]].
    return inner.length > 0 && inner.length < body.length
      ? inner
      : [{ path: '.', read: '.', names: [], items: body, score: 10 }];
  }
  const found: FoundList[] = [];
  scan(body, [], found, { words: wordsOf(url), sizes: sizesIn(body, url, asked) });
  const lists = found.filter(({ path }) => !noItems.test(path)).sort((a, b) => b.score - a.score);
  const named = lists[0] && namedBy(body, lists[0]);
  const isBeside = ({ names }: FoundList) =>
    names !== lists[0]?.names && named?.names.some((name, i) => name !== names[i]);
  return named ? [named, ...lists.filter(isBeside)] : lists;
}

/** The object beside a list of ids that has an item under each of them: `{ "order": ["a"], "posts": { "a": … } }`. */
function namedBy(body: unknown, { names, items, score }: FoundList): FoundList | undefined {
  if (items.length === 0 || !items.every((id) => typeof id === 'string')) return undefined;
  const around = names.slice(0, -1);
  const holder = memberAt(body, around);
  if (typeof holder !== 'object' || holder === null) return undefined;
  const members: readonly (readonly [name: string, value: unknown])[] = Object.entries(holder);
  for (const [name, value] of members) {
    const path = pathText([...around, name]);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || path.startsWith('/')) continue;
    const all: readonly unknown[] = Object.values(value);
    const isItem = (id: unknown) => typeof (value as Record<string, unknown>)[id as string] === 'object';
    if (all.length >= items.length && items.every((id) => Object.hasOwn(value, id) && isItem(id)))
      return { path: `${path}.*`, read: `${path}.*`, names: [...around, name], items: all, score, isSaid: true };
  }
  return undefined;
}

/** The words of a path that are no ids: `customers` of /v1/customers?limit=5. */
const wordsOf = (url: string): readonly string[] =>
  url
    .replace(/^\w+:\/\/[^/]*|[?#].*/g, '')
    .split(/[/.:]/)
    .filter((part) => /^[a-z_-]{3,}$/i.test(part) && !/^(json|list|search|query|all|v\d+)$/i.test(part))
    .map(plainName);

/** What a request or an answer says about its list. */
interface Hints {
  readonly words: readonly string[];
  readonly sizes: ReadonlySet<number>;
}

/** A parameter of the request. */
export interface Asked {
  readonly name: string;
  readonly value: unknown;
}

/** The numbers of items a page that the answer or the request names. */
function sizesIn(body: unknown, url: string, asked: readonly Asked[]): ReadonlySet<number> {
  const query = [...new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '')].map(([name, value]) => ({ plain: plainName(name), value })); // prettier-ignore
  return new Set(
    [...query, ...asked.map(({ name, value }) => ({ plain: plainName(name), value })), ...scanAnswer(body)].flatMap(
      ({ plain, value }) =>
        /(size|limit|perpage|count|itemsperpage|maxresults|rows|top|take|length|max)$/.test(plain)
          ? (countOf(value) ?? [])
          : [],
    ),
  );
}

function scan(value: unknown, names: readonly string[], found: FoundList[], hints: Hints): void {
  const { words, sizes } = hints;
  if (typeof value !== 'object' || value === null || names.length > 5) return;
  for (const [name, member] of Object.entries(value).slice(0, 100)) {
    if (name.length > longestName) continue;
    const path = [...names, name];
    if (Array.isArray(member)) {
      const objects = member.filter((each) => typeof each === 'object' && each !== null).length;
      const isNamed = words.includes(plainName(name));
      const isLong = member.length > 1 && sizes.has(member.length);
      const score =
        (known.test(name) ? 4 : 0) -
        (path.some((each) => beside.test(each)) || isNotices(member) ? 6 : 0) +
        (objects > 0 && objects === member.length ? 2 : 0) +
        (plainName(name) === words.at(-1) ? 4 : isNamed ? 3 : 0) +
        (member.length > 1 && objects === member.length && identityKey(member) !== undefined ? 1 : 0) +
        (member.length > 0 ? 1 : 0) +
        (isLong ? 3.5 : 0) -
        path.length / 10;
      found.push({
        path: pathText(path),
        read: pathText(path),
        names: path,
        items: member,
        score,
        isSaid: isNamed || isLong,
      });
    } else scan(member, path, found, hints);
  }
}

/** Whether a list tells how the request went: `[ { "code": "I00001", "text": "Successful." } ]`. */
const isNotices = (items: readonly unknown[]): boolean =>
  items.length > 0 &&
  items.every(
    (item) =>
      typeof item === 'object' &&
      item !== null &&
      !Array.isArray(item) &&
      Object.keys(item).length > 1 &&
      Object.keys(item).every((name) =>
        /^(code|text|message|description|details?|status|type|level|severity)$/i.test(name),
      ),
  );

/**
 * Lists that are as likely to hold the items as this one: their paths differ in one name only, and that name may be
 * data (a date, a currency, a user) instead of part of the format.
 */
export function siblingsOf(list: FoundList, lists: readonly FoundList[]): readonly FoundList[] {
  return lists.filter((other) => {
    const differ = list.names.flatMap((name, i) => (name === other.names[i] ? [] : [i]));
    const at = differ[0];
    if (other === list || differ.length !== 1 || at === undefined || other.names.length !== list.names.length)
      return false;
    const [own = '', its = ''] = [list.names[at], other.names[at]];
    if (beside.test(its) || isOneConnection(list, other)) return false;
    // A list's own name may be one that formats use. If a name above the lists differs, they are two of a kind.
    if (at === list.names.length - 1 && known.test(own)) return false;
    if (isData(own) || at < list.names.length - 1) return true;
    if (list.isSaid && !other.isSaid && list.items.length > other.items.length) return false;
    // The empty list may be the one that is meant, and the other list may describe it.
    return other.items.length === 0 ? !known.test(own) : sameShape(list.items, other.items);
  });
}

/** Whether two lists are the nodes and the edges of one connection, which are one list. */
export const isOneConnection = (a: FoundList, b: FoundList): boolean =>
  [a, b].every(({ names }) => /^(nodes|edges)$/.test(names.at(-1) ?? '')) &&
  pathText(a.names.slice(0, -1)) === pathText(b.names.slice(0, -1));

/** A name with a number, a space or an @ in it, or one in capitals: a date, a UUID, a currency, an address. */
const isData = (name: string): boolean => /^[-+\d]|[\s@]|\d{3}|^[A-Z\d]{2,}([-_./][A-Z\d]+)*$/.test(name);

const sameShape = (a: readonly unknown[], b: readonly unknown[]): boolean => shapeOf(a[0]) === shapeOf(b[0]);

const shapeOf = (item: unknown): string => (Array.isArray(item) ? 'array' : typeof item);

/**
 * Lists, or single items, under names that are data (symbols, ids): `bars.*`. Only if everything in their object is of one
 * kind; then they are read whole.
 */
export function byName(body: unknown, lists: readonly FoundList[]): FoundList | undefined {
  const [best] = lists;
  const around = best ? best.names.slice(0, -1) : undefined;
  const found = around === undefined ? objectOfItems(body, []) : { names: around, value: memberAt(body, around) };
  if (!found || typeof found.value !== 'object' || found.value === null) return undefined;
  if (best && found.names.length === 0) return undefined;
  const values = Object.values(found.value) as unknown[];
  // Names above the lists may be data too: one `*` would not reach all of them.
  const isWhole = best
    ? values.every(
        (list): list is unknown[] => Array.isArray(list) && (list.length === 0 || sameShape(best.items, list)),
      ) && siblingsOf(best, lists).every((other) => pathText(other.names.slice(0, -1)) === pathText(found.names))
    : true;
  if (!isWhole || values.length === 0) return undefined;
  const path = found.names.length === 0 ? '*' : `${pathText(found.names)}.*`;
  if (path.startsWith('/')) return undefined;
  return { path, read: path, names: found.names, items: values.flat(), score: 5 };
}

const memberAt = (body: unknown, names: readonly string[]): unknown =>
  names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);

/** An object whose names are ids, and whose values are objects with the same members. */
function objectOfItems(
  value: unknown,
  names: readonly string[],
): { names: readonly string[]; value: unknown } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || names.length > 3) return undefined;
  const entries = Object.entries(value);
  const shapes = new Set(entries.map(([, each]) => (typeof each === 'object' && each !== null ? Object.keys(each as object).sort().join() : undefined))); // prettier-ignore
  if (entries.length > 0 && shapes.size === 1 && !shapes.has(undefined) && entries.every(([name]) => /\d/.test(name)))
    return { names, value };
  for (const [name, member] of entries.slice(0, 50)) {
    const found = objectOfItems(member, [...names, name]);
    if (found) return found;
  }
  return undefined;
}

const ids = ['id', '_id', 'uuid', 'ID', 'Id', 'gid', 'sid', 'guid', 'key', 'Key'];
const otherKeys = [
  'name', 'Name', 'slug', 'url', 'href', 'self', 'code', 'number', 'login', 'handle', 'uid', 'sku', 'email', 'hash', 'token', 'reference',
]; // prettier-ignore
const endsLikeId = /(_id|[a-z]I[dD])$/;

/**
 * What identifies an item: its id, or else all of its members that name it, since people may share a name; or the whole
 * item.
 */
function identityOf(items: readonly unknown[]): (item: unknown) => string {
  const id = ids.find((name) => isKey(items, [name]));
  const names = namesOf(items[0]).filter(
    (name) =>
      (otherKeys.includes(name) || endsLikeId.test(name)) && items.every((item) => memberOf(item, name) !== undefined),
  );
  const key = id !== undefined ? [id] : isKey(items, names) ? names : undefined;
  return (item) => (key && keyOf(item, key)) ?? JSON.stringify(item) ?? 'undefined';
}

/** The member that is different in each item and may be sent as a key. */
export const identityKey = (items: readonly unknown[]): string | undefined =>
  // Last, what ends like an id: user_id, tradeId.
  [...ids, ...otherKeys, ...namesOf(items[0]).filter((name) => endsLikeId.test(name))].find((name) =>
    isKey(items, [name]),
  );

/** The member of items that is a cursor for what follows them: `cursor`, `paging_token`. */
export const cursorKey = (items: readonly unknown[]): string | undefined =>
  namesOf(items[0]).find((name) => /^_?(cursor|pa(ge|ging)_?token|page_?cursor)$/i.test(name) && isKey(items, [name]));

/** The member of items, or of rows, that is a whole number and rises or falls from item to item. */
export function countingKey(items: readonly unknown[]): string | undefined {
  const [first] = items;
  if (items.length < 3 || typeof first !== 'object' || first === null) return undefined;
  return Object.keys(first).find((name) => {
    const values = items.map((item) => countOf((item as Record<string, unknown> | null)?.[name]));
    const steps = values.slice(1).map((value, index) => Math.sign((value ?? NaN) - (values[index] ?? NaN)));
    return /^\w+$/.test(name) && steps[0] !== 0 && steps.every((step) => step === steps[0]);
  });
}

const namesOf = (item: unknown): readonly string[] =>
  typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.keys(item) : [];

const isKey = (items: readonly unknown[], names: readonly string[]): boolean => {
  const values = items.map((item) => keyOf(item, names));
  return names.length > 0 && values.every((value) => value !== undefined) && new Set(values).size === items.length;
};

function keyOf(item: unknown, names: readonly string[]): string | undefined {
  const values = names.map((name) => memberOf(item, name));
  return values.includes(undefined) ? undefined : values.join('\n');
}

/** The path of a key: of the items, or of one object in each of them (`user.id`). */
export function identityPath(items: readonly unknown[]): string | undefined {
  const own = identityKey(items);
  const [first] = items;
  if (own !== undefined || typeof first !== 'object' || first === null || Array.isArray(first)) return own;
  for (const name of Object.keys(first).filter((each) => /^\w+$/.test(each))) {
    const inner = items.map((item) => (item as Record<string, unknown> | null)?.[name]);
    const key = inner.every((each) => typeof each === 'object' && each !== null) ? identityKey(inner) : undefined;
    if (key !== undefined) return `${name}.${key}`;
  }
  return undefined;
}

function memberOf(item: unknown, name: string): string | undefined {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, name)) return undefined;
  const value = (item as Record<string, unknown>)[name];
  return typeof value === 'string' || typeof value === 'number' ? `${name} ${String(value)}` : undefined;
}

/** How two pages relate. */
export type Relation = 'same' | 'disjoint' | 'overlapping' | 'empty';

/** `among`: the page that shows what identifies an item, if `first` is a part of it. */
export function relate(first: readonly unknown[], other: readonly unknown[], among = first): Relation {
  if (other.length === 0) return 'empty';
  const identify = identityOf(among);
  const seen = new Set(first.map(identify));
  const shared = other.filter((item) => seen.has(identify(item))).length;
  if (shared === 0) return 'disjoint';
  return shared === other.length && other.length === first.length ? 'same' : 'overlapping';
}

/** Ids of items that count up by one from 0, 1 or 2: these items alone can't distinguish an offset from an id. */
export function countedIds(
  items: readonly unknown[],
): { readonly key: string; readonly first: number; of(item: unknown): number | undefined } | undefined {
  const key = identityKey(items);
  if (key === undefined) return undefined;
  const of = (item: unknown): number | undefined => {
    const value = (item as Readonly<Record<string, unknown>> | null | undefined)?.[key];
    return typeof value === 'string' && /^\d+$/.test(value)
      ? Number(value)
      : typeof value === 'number'
        ? value
        : undefined;
  };
  const first = of(items[0]);
  if (first === undefined || first < 0 || first > 2) return undefined;
  return items.every((item, i) => of(item) === first + i) ? { key, first, of } : undefined;
}
