export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | {
      readonly [name: string]: Json;
    };

/** JSON with placeholders: `{total}` alone is the number, `page {page}` is text. README.md lists them. */
export type Template = Json;

/** What the placeholders stand for. */
export interface Values {
  readonly more: boolean;
  readonly first: boolean;
  readonly items: readonly Json[];
  value(name: string): Json | undefined;
}

const placeholder = /\{(\.{0,3}-?\w[^{}]*)\}/g;
const choices = ['$more', '$last', '$first', '$later', '$some', '$none'];

/** A template with its values; `undefined` if nothing is left of it. */
export function fill(template: Template, values: Values): Json | undefined {
  if (typeof template === 'string') return fillText(template, values);
  if (isList(template)) return template.flatMap((each) => fillElement(each, values));
  if (typeof template !== 'object' || template === null) return template;
  if (isChoice(template)) return choose(template, values);
  if ('$byKey' in template) return byKey(values.items, textOf(template['$byKey']));
  if ('$groups' in template) return groups(values.items);
  const members = Object.entries(template).map(([name, member]) => [name, fill(member, values)] as const);
  return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
}

function fillText(text: string, values: Values): Json | undefined {
  const whole = /^\{(\.{0,3}-?\w[^{}]*)\}$/.exec(text)?.[1];
  if (whole !== undefined) return valueOf(whole, values);
  return text.replaceAll(placeholder, (_, name: string) => textOf(valueOf(name, values)));
}

/** `total|text` is the total as text, `token|url` the token as it stands in a URL. */
function valueOf(placed: string, values: Values): Json | undefined {
  const [name = '', filter] = placed.split('|');
  const value = values.value(name);
  if (value === undefined || filter === undefined) return value;
  return filter === 'url' ? encodeURIComponent(textOf(value)) : textOf(value);
}

export const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** `{...items}` in a list stands for several elements, and an element of which nothing is left for none. */
function fillElement(element: Template, values: Values): readonly Json[] {
  if (element === '{...items}') return values.items;
  const filled = fill(element, values);
  return filled === undefined ? [] : [filled];
}

/** `{ "$more": A, "$last": B }`: A if there are more pages, and B on the last one; a missing branch is nothing. */
export const isChoice = (template: object): boolean => {
  const names = Object.keys(template);
  return names.length > 0 && names.every((name) => choices.includes(name));
};

function choose(template: Readonly<Record<string, Template>>, values: Values): Json | undefined {
  const { more, first, items } = values;
  const chosen = [
    more ? '$more' : '$last',
    first ? '$first' : '$later',
    items.length > 0 ? '$some' : '$none',
  ].find((name) => Object.hasOwn(template, name)); // prettier-ignore
  return chosen === undefined ? undefined : fill(template[chosen] ?? null, values);
}

const byKey = (items: readonly Json[], path: string): Json =>
  Object.fromEntries(items.map((item) => [textOf(readPath(item, path)), item]));

/** Items that are pairs, `["AAPL", { "c": 178.1 }]`, as lists by name. */
function groups(items: readonly Json[]): Json {
  const found: Record<string, Json[]> = {};
  for (const item of items) (found[textOf(readPath(item, '0'))] ??= []).push(readPath(item, '1') ?? null);
  return found;
}

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The value at a dot path; a member's name may have dots of its own (`@odata.count`). */
export function readPath(value: Json | undefined, path: string): Json | undefined {
  if (path === '' || path === '.') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, Json>>;
  if (Object.hasOwn(members, path)) return members[path];
  const [name = '', ...rest] = path.split('.');
  return Object.hasOwn(members, name) ? readPath(members[name], rest.join('.')) : undefined;
}

/** A copy of a value with another member at a dot path. */
export function writePath(value: Json | undefined, path: string, member: Json): Json {
  const [name = '', ...rest] = path.split('.');
  const members = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, Json>>;
  return { ...members, [name]: rest.length === 0 ? member : writePath(members[name], rest.join('.'), member) };
}
