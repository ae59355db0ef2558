import { ConfigError } from '../errors.js';
import { digitsOf } from '../values/compare.js';
import { describe } from '../values/describe.js';

/**
 * A path into a JSON value. Plain paths lead to one value:
 * - a dot path: `data.items`, `results.0.rows`
 * - a JSON Pointer (RFC 6901) for names with dots, slashes or brackets: `/data/items`
 * - `.` for the value itself
 *
 * Dot paths may also choose (docs/paths.md has the grammar):
 * - `entry[*].resource`: every element of a list
 * - `bars.*`: every value of an object
 * - `links[rel=next].href`: the elements that have this member
 * - `Contents[-1].Key`: one element, counted from the end if it is negative
 * - `NextMarker || Contents[-1].Key`: the first of these that is set
 *
 * A top-level name that is written exactly like the path wins: `@odata.count`, `page[next]`.
 */
export interface Path {
  readonly text: string;
  /** The names that lead to the value. For a path that chooses: those before the first choice. */
  readonly segments: readonly string[];
  /** For a path that chooses: its alternatives, separated by `||`. */
  readonly ways?: readonly (readonly Step[])[] | undefined;
}

/**
 * A path into an item. If the item's type is known, the path begins with one of its fields:
 *
 *     keyset<Customer>({ key: 'id' })   // 'di' does not compile
 *
 * JSON Pointers (`/a~1b`), choices (`*`, `[0]`) and what follows the first field are not checked.
 */
export type ItemPath<Item> = unknown extends Item
  ? string
  : Item extends object
    ? PathFrom<FieldOf<Given<Item>>>
    : string;

// NoInfer would hide the members of a union: what an item is is never guessed from its paths.
type Given<Item> = [Item][Item extends unknown ? 0 : never];

type FieldOf<Item> = Item extends readonly unknown[] ? string : `${keyof Item & (string | number)}`;
type PathFrom<Field extends string> =
  '.' | Field | `${Field}.${string}` | `${Field}[${string}` | `${Field} || ${string}` | `${'/' | '*' | '['}${string}`;

/** A member's name, or a choice. */
type Step = string | Choice;

/** A choice among the elements of a list or the values of an object. */
export interface Choice {
  readonly text: string;
  /** What it chooses from, for errors. */
  readonly from: 'a list' | 'an object';
  /** Whether it may choose several. */
  readonly several: boolean;
  /** Of a filter. */
  readonly conditions?: readonly Condition[];
  /** The chosen values with their names or indexes; `undefined` if there is nothing to choose from. */
  choose(value: unknown): readonly Named[] | undefined;
}

/** `[rel=next]` */
interface Condition {
  readonly text: string;
  readonly member: Path;
  readonly wanted: string;
}

type Named = readonly [name: string | number, value: unknown];

/** A value that a path leads to. */
export interface Match {
  readonly value: unknown;
  readonly at: readonly (string | number)[];
}

/**
 * @param of the function whose `option` is the path, for errors
 * @throws ConfigError if it is not a path, or if it would reach a prototype
 */
export function parsePath(of: string | undefined, option: string, path: unknown): Path {
  const about = { ...(of === undefined ? {} : { of }), options: [option], value: path };
  if (typeof path !== 'string')
    throw new ConfigError(`must be a path like 'data.items' or '/data/items', not ${describe(path)}`, about);
  const ways = path.startsWith('/') && !path.includes(' || ') ? [split(path)] : alternatives(path, about);
  const [first = []] = ways;
  for (const way of ways)
    if (way.some((step, i) => step === '__proto__' || (step === 'constructor' && way[i + 1] === 'prototype')))
      throw new ConfigError(`${describe(path)} leads to a prototype, which is never read or written`, about);
  const choice = first.findIndex((step) => typeof step !== 'string');
  return {
    text: path === '' ? '.' : path,
    segments: (choice === -1 ? first : first.slice(0, choice)) as readonly string[],
    ways: choice === -1 && ways.length === 1 ? undefined : ways,
  };
}

/** A path that leads to one value, for code that writes there. @throws ConfigError */
export function parsePlainPath(of: string | undefined, option: string, path: unknown): Path {
  const parsed = parsePath(of, option, path);
  if (parsed.ways === undefined) return parsed;
  throw new ConfigError(
    `${describe(path)} chooses, and values can only be written to one place; if the brackets are part of a name, write a JSON Pointer such as '/page[0]'`,
    { ...(of === undefined ? {} : { of }), options: [option], value: path },
  );
}

type About = ConstructorParameters<typeof ConfigError>[1];

/** The ways of `a.b || c.d`; most paths have one. @throws ConfigError */
function alternatives(path: string, about: About): readonly (readonly Step[])[] {
  let at = 0;
  return path.split(' || ').map((part) => {
    const way = part.startsWith('/') ? split(part) : steps(part, path, at, about);
    at += part.length + ' || '.length;
    return way;
  });
}

function split(pointer: string): string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const brackets = /\[(?:(\*)|(-?\d{1,9})|([^[\]="']+)=(?:"([^"]*)"|'([^']*)'|([^\]"']*)))\]/y;

/**
 * The steps of a dot path. Brackets around a plain word belong to the name (`page[next]`).
 * @param offset where this part starts in the whole path, for errors
 * @throws ConfigError
 */
function steps(part: string, whole: string, offset: number, about: About): readonly Step[] {
  if (part === '' || part === '.') return [];
  const found: Step[] = [];
  const bad = (at: number, what: string) =>
    new ConfigError(`${describe(whole)} can't be read at character ${String(offset + at + 1)}: ${what}`, about);
  for (let at = 0; ; at++) {
    const begin = at;
    let choices = choicesAt(part, at);
    for (; choices.length === 0 && at < part.length && part[at] !== '.'; choices = choicesAt(part, at)) {
      if (part[at] === '[') at = endOfName(part, at, bad);
      at++;
    }
    const name = part.slice(begin, at);
    if (name === '' && (choices.length === 0 || begin > 0))
      throw new ConfigError(
        `${describe(whole)} has an empty segment at character ${String(offset + begin + 1)}; for the value itself use '.'`,
        about,
      );
    if (name === '*') found.push(values);
    else if (name !== '') found.push(name);
    for (const [text, every, index, member = '', ...quoted] of choices) {
      const last = found.at(-1);
      if (every !== undefined) found.push(elements);
      else if (index !== undefined) found.push(element(text, Number(index)));
      else {
        const condition = {
          text,
          member: { text: member, segments: member.split('.') },
          wanted: quoted.find((value) => value !== undefined) ?? '',
        };
        // Filters that follow each other are one, which all of them must let through.
        if (typeof last === 'object' && last.conditions)
          found[found.length - 1] = where([...last.conditions, condition]);
        else found.push(where([condition]));
      }
      at += text.length;
    }
    if (at >= part.length) return found;
    if (part[at] !== '.') throw bad(at, `expected a dot, "[" or the end after ${describe(part.slice(begin, at))}`);
  }
}

/** The choices that stand here, one after the other: `[rel=next][0]`. */
function choicesAt(part: string, start: number): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  brackets.lastIndex = start;
  for (let each = brackets.exec(part); each; each = brackets.exec(part)) found.push(each);
  return found;
}

/** The end of brackets that belong to a name. @throws ConfigError */
function endOfName(part: string, at: number, bad: (at: number, what: string) => ConfigError): number {
  const end = part.indexOf(']', at);
  const inside = part.slice(at + 1, end);
  if (end === -1) throw bad(at, 'this "[" has no closing "]"');
  if (inside === '' || inside.startsWith('?')) throw bad(at, 'write [*] for every element, [-1] for the last one, or [name=value] for those with this member'); // prettier-ignore
  if (inside.includes('=')) throw bad(at, 'write [name=value], with quotes around a value that has brackets or quotes');
  return end;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const elements: Choice = {
  text: '[*]',
  from: 'a list',
  several: true,
  choose: (value) => (Array.isArray(value) ? value.map((element: unknown, index) => [index, element]) : undefined),
};

const values: Choice = {
  text: '*',
  from: 'an object',
  several: true,
  choose: (value) => (isObject(value) ? Object.entries(value) : undefined),
};

const element = (text: string, index: number): Choice => ({
  text,
  from: 'a list',
  several: false,
  choose: (value) => (Array.isArray(value) ? [[index < 0 ? value.length + index : index, value.at(index)]] : undefined),
});

const where = (conditions: readonly Condition[]): Choice => ({
  text: conditions.map(({ text }) => text).join(''),
  from: 'a list',
  several: true,
  conditions,
  choose: (value) =>
    elements
      .choose(value)
      ?.filter(([, each]) => conditions.every(({ member, wanted }) => isNamed(readPath(each, member), wanted))),
});

/** Whether a member has this value: as text, a number, true, false or null, or in a list of them. */
const isNamed = (found: unknown, wanted: string): boolean =>
  (Array.isArray(found) ? (found as unknown[]) : [found]).some((each) => {
    const word = digitsOf(each) ?? each;
    return word === null
      ? wanted === 'null'
      : typeof word === 'string'
        ? word === wanted
        : (typeof word === 'number' || typeof word === 'boolean') && String(word) === wanted;
  });

/** The value at a path, own properties only; `undefined` if there is none. If it leads to several, the first one. */
export function readPath(value: unknown, path: Path): unknown {
  const { text, segments, ways } = path;
  if (ways !== undefined) return matchesOf(value, path).find((match) => match.value !== undefined)?.value;
  if (segments.length > 1 && !text.startsWith('/')) {
    const whole = own(value, text);
    if (whole !== undefined) return whole;
  }
  let found = value;
  for (const segment of segments) found = own(found, segment);
  return found;
}

/**
 * What a path that chooses leads to, by the first of its ways that leads to something; if none does, by the first where
 * there is anything at all: an empty list is an empty page, and nothing is none.
 */
export function matchesOf(value: unknown, { text, ways = [] }: Path): readonly Match[] {
  const whole = own(value, text);
  if (whole !== undefined) return [{ value: whole, at: [text] }];
  let last: readonly Match[] = [];
  let there: readonly Match[] | undefined;
  for (const way of ways) {
    last = way.reduce<readonly Match[]>(
      (found, step) => found.flatMap((match) => next(match, step)),
      [{ value, at: [] }],
    );
    if (last.some((match) => !isUnset(match.value))) return last;
    if (last.length === 0 || last.some((match) => match.value !== undefined)) there ??= last;
  }
  return there ?? last;
}

function next({ value, at }: Match, step: Step): readonly Match[] {
  if (typeof step === 'string') return [{ value: own(value, step), at: [...at, step] }];
  const chosen = step.choose(value) ?? [[step.text, undefined]];
  return chosen.map(([name, each]) => ({ value: each, at: [...at, name] }));
}

/** What `||` passes over, as in JMESPath. */
const isUnset = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Where a match is, as text: `entry[3].resource`. */
export const matchText = (at: Match['at']): string =>
  at.map((name, index) => (typeof name === 'number' ? `[${String(name)}]` : index === 0 || name.startsWith('[') ? name : `.${name}`)).join('') || '.'; // prettier-ignore

function own(value: unknown, name: string): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name))
    return (value as Record<string, unknown>)[name];
  return name === '#text' && typeof value === 'string' ? value : undefined; // An XML element without attributes.
}

/** Where the arrays in a value are, at most four levels deep, for errors about a path that leads to none. */
export const arraysIn = (value: unknown): string => placesOf('arrays', arrayPaths(value));

/** The same of whole numbers, outside of arrays. */
export const numbersIn = (value: unknown): string => placesOf('numbers', arrayPaths(value, Number.isSafeInteger));

const placesOf = (what: string, paths: readonly string[]) =>
  paths.length === 0 ? '' : `; ${what} are at '${paths.join("', '")}'`;

export function arrayPaths(
  value: unknown,
  isOne: (value: unknown) => boolean = Array.isArray,
  prefix = '',
  depth = 0,
): string[] {
  if (isOne(value)) return [prefix === '' ? '.' : prefix];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === 4) return [];
  return Object.entries(value)
    .slice(0, 50)
    .flatMap(([name, member]) =>
      /[./~]|.{200}/s.test(name)
        ? []
        : arrayPaths(member, isOne, prefix === '' ? name : `${prefix}.${name}`, depth + 1),
    )
    .slice(0, 5);
}

/** A path as text: with dots, or as a JSON Pointer if a name contains a dot, slash or tilde. */
export function pathText(names: readonly string[]): string {
  const [only = ''] = names;
  if (names.length === 1 && !only.includes('/') && !/^\.|\.\.|\.$/.test(only)) return only;
  return names.some((name) => /[./~]/.test(name))
    ? `/${names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
    : names.join('.');
}
