import { ConfigError } from '../errors.js';
import type { Params } from '../strategy.js';
import { withoutBytes } from '../values/bytes.js';
import { describe } from '../values/describe.js';

/** How an array is written: `a=1&a=2`, `a[]=1&a[]=2`, `a[0]=1&a[1]=2`, `a=1,2`, or `a=[1,2]`. */
export type ArrayStyle = 'repeat' | 'brackets' | 'indices' | 'comma' | 'json';

/** Text that needs no encoding. Most text is like this, and the test is cheap. */
const plain = /^[\w.~-]*$/;

/**
 * Writes parameters into a query string or form, percent-encoded (UTF-8). A parameter of the same name is replaced, or
 * removed if the value is `undefined`; the rest stays as is, byte for byte.
 * @param place name of the placement, for errors
 * @throws ConfigError for a value that can't be written
 */
export function writeQuery(place: string, query: string, params: Params, arrays: ArrayStyle): string {
  let written = query === '' ? '' : kept(query, params, arrays);
  const add = (pair: string) => (written += written === '' ? pair : `&${pair}`);
  for (const name of Object.keys(params)) {
    const value = withoutBytes(params[name]);
    if (typeof value === 'object' && (value !== null || arrays === 'json'))
      listPairs(place, name, value, arrays).forEach(add);
    else if (value !== undefined) add(`${encodeName(name)}=${textOf(place, name, value)}`);
  }
  return written;
}

/** The part of a query that is not replaced. */
function kept(query: string, params: Params, arrays: ArrayStyle): string {
  const bracketed = arrays === 'brackets' || arrays === 'indices';
  const isList = (name: string) =>
    Object.hasOwn(params, name) && (params[name] === undefined || Array.isArray(params[name]));
  const replaced = (name: string) => Object.hasOwn(params, name) || (bracketed && isList(name.replace(/\[\d*\]$/, '')));
  const pairs = query.split('&').filter((pair) => !replaced(nameOf(pair)));
  return pairs.join('&');
}

/**
 * Encodes the members of a list but not the commas between them, so that commas within a member stay distinguishable.
 */
function listPairs(place: string, name: string, value: object | null, arrays: ArrayStyle): string[] {
  const pair = (wire: string, text: string) => `${encodeName(wire)}=${text}`;
  if (arrays === 'json') return [pair(name, encodeURIComponent(JSON.stringify(value)))];
  if (!Array.isArray(value)) return [pair(name, textOf(place, name, value))];
  const members: unknown[] = value.filter((member) => member !== undefined);
  const texts = members.map((member) => textOf(place, name, member));
  if (arrays === 'comma') return [pair(name, texts.join(','))];
  return texts.map((text, index) =>
    pair(arrays === 'brackets' ? `${name}[]` : arrays === 'indices' ? `${name}[${index}]` : name, text),
  );
}

function textOf(place: string, name: string, value: unknown): string {
  const fits =
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isFinite(value));
  if (!fits)
    throw new ConfigError(`parameter ${name} is ${describe(value)}; this placement takes text and numbers`, {
      of: place,
    });
  return encode(place, name, String(value));
}

/** @throws ConfigError for text that UTF-8 can't hold */
export function encode(place: string, name: string, text: string): string {
  if (plain.test(text)) return text;
  if (/\p{Surrogate}/u.test(text))
    throw new ConfigError(
      `parameter ${name} holds half of a character (a lone surrogate), which can't be percent-encoded; write ${name} with \`inBody()\``,
      { of: place },
    );
  return encodeURIComponent(text);
}

function nameOf(pair: string): string {
  const end = pair.indexOf('=');
  const name = end === -1 ? pair : pair.slice(0, end);
  if (plain.test(name)) return name;
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name.replaceAll('+', ' '); // Broken percent-encoding is kept as is; it matches none of our parameters.
  }
}

// `page[number]` and `$skip` are written as servers document them.
const encodeName = (name: string): string =>
  plain.test(name)
    ? name
    : encodeURIComponent(name).replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%24', '$');
