import { ConfigError } from '../errors.js';
import type { Params } from '../strategy.js';
import { describe } from './describe.js';

/** How an array is written: `a=1&a=2`, `a[]=1&a[]=2`, `a[0]=1&a[1]=2`, `a=1,2`, or `a=[1,2]`. */
export type ArrayStyle = 'repeat' | 'brackets' | 'indices' | 'comma' | 'json';

/**
 * Writes parameters into a query string or form, percent-encoded (UTF-8). One of the same name is replaced, or removed
 * where the value is `undefined`; the rest stays as it is, byte for byte.
 * @param place names the placement in errors
 * @throws ConfigError for a value that can't be written
 */
export function writeQuery(place: string, query: string, params: Params, arrays: ArrayStyle): string {
  const bracketed = arrays === 'brackets' || arrays === 'indices';
  const isList = (name: string) =>
    Object.hasOwn(params, name) && (params[name] === undefined || Array.isArray(params[name]));
  const replaced = (name: string) => Object.hasOwn(params, name) || (bracketed && isList(name.replace(/\[\d*\]$/, '')));
  const kept = query === '' ? [] : query.split('&').filter((pair) => !replaced(nameOf(pair)));
  const written = Object.entries(params).flatMap(([name, value]) =>
    pairs(place, name, value, arrays).map(([wire, text]) => `${encodeName(wire)}=${text}`),
  );
  return [...kept, ...written].join('&');
}

/** Names as they are, texts encoded: the commas of a list are not, so that those within its members are told apart. */
function pairs(place: string, name: string, value: unknown, arrays: ArrayStyle): [name: string, text: string][] {
  if (value === undefined) return [];
  if (arrays === 'json' && typeof value === 'object') return [[name, encodeURIComponent(JSON.stringify(value))]];
  if (!Array.isArray(value)) return [[name, textOf(place, name, value)]];
  const texts = value.filter((member) => member !== undefined).map((member: unknown) => textOf(place, name, member));
  switch (arrays) {
    case 'comma':
      return [[name, texts.join(',')]];
    case 'brackets':
      return texts.map((text) => [`${name}[]`, text]);
    case 'indices':
      return texts.map((text, index) => [`${name}[${String(index)}]`, text]);
    default:
      return texts.map((text) => [name, text]);
  }
}

function textOf(place: string, name: string, value: unknown): string {
  const fits =
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isFinite(value));
  if (!fits)
    throw new ConfigError(`${place}: parameter ${name} can't be ${describe(value)} there; it takes text and numbers`);
  return encode(place, name, String(value));
}

/** @throws ConfigError for text that UTF-8 can't hold */
export function encode(place: string, name: string, text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw new ConfigError(
      `${place}: parameter ${name} holds half of a character (a lone surrogate), which can't be percent-encoded; write it with inBody()`,
    );
  return encodeURIComponent(text);
}

function nameOf(pair: string): string {
  const name = pair.split('=', 1)[0]?.replaceAll('+', ' ') ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // Broken percent-encoding is kept as it is, and equals no parameter of ours.
  }
}

// `page[number]` and `$skip` are written as servers document them.
const encodeName = (name: string): string =>
  encodeURIComponent(name).replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%24', '$');
