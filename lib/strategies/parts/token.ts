import { ExtractError, UnsafeCursorError } from '../../errors.js';
import type { Json } from '../../page.js';
import { type Read, reader, type Reader } from '../../reading/read.js';
import type { PageResponse } from '../../request.js';
import type { Params } from '../../strategy.js';
import { digitsOf, sameJson } from '../../values/compare.js';
import { fromBytes, toBytes } from '../../values/bytes.js';
import { describe } from '../../values/describe.js';
import { checkName, checkNames, invalid } from '../../values/options.js';

/** Where a token is read from; for several tokens, an object from parameter names to such sources. */
export type TokenSource = Read<unknown> | Readonly<Record<string, Read<unknown>>>;

/** The parameters that a token becomes: one of this name, or what a function returns. */
export type TokenParam = string | ((token: Json) => Params);

/** Hardly any API has longer tokens. Longer text is no token, and would be sent with every request. */
const longest = 16 * 1024;

/** @returns a function that reads the next token of an answer; `undefined` is the end @throws ConfigError */
export function tokenReader(
  kind: string,
  source: TokenSource,
  endTokens: readonly Json[],
  most?: number,
): (body: unknown, response: PageResponse) => Json | undefined {
  const read = (from: Reader, body: unknown, response: PageResponse): Json | undefined => {
    const found = from.read(body, response);
    if (found === undefined || found === null || found === '' || found === false) return undefined;
    if (found instanceof Uint8Array && found.length === 0) return undefined;
    const token = toToken('next', from.path, found, most);
    if (isUnset(token)) return undefined;
    if (endTokens.some((end) => sameJson(end, token))) return undefined;
    // A placement would omit it, and the first page would be requested again.
    if (typeof token === 'object' && token !== null && Object.keys(token).length === 0)
      throw new ExtractError(
        'next',
        from.path,
        `expected a token, found ${describe(found)}; if that is the end, list it in \`endTokens\``,
      );
    return token;
  };
  if (typeof source === 'string' || typeof source === 'function') {
    const from = reader(kind, 'next', source);
    return (body, response) => read(from, body, response);
  }
  if (typeof source !== 'object' || source === null || Array.isArray(source) || Object.keys(source).length === 0)
    throw invalid(kind, 'next', source, `a path, a function, header('…'), or an object of them by parameter`);
  const readers = Object.entries(source).map(([name, each]) => [name, reader(kind, `next.${name}`, each)] as const);
  return (body, response) => {
    const tokens: Record<string, Json> = {};
    for (const [name, from] of readers) {
      const token = read(from, body, response);
      if (token !== undefined) tokens[name] = token;
    }
    return Object.keys(tokens).length === 0 ? undefined : tokens;
  };
}

/** Whether all members of an object are null: `{ "last_id": null }` is no token. */
const isUnset = (token: Json): boolean =>
  typeof token === 'object' && token !== null && !Array.isArray(token) && Object.keys(token).length > 0 && Object.values(token).every((member) => member === null); // prettier-ignore

/** What to do if the API refuses a token that looks like the text of no value. */
export const wordAdvice = (token: Json | undefined): string | undefined =>
  typeof token === 'string' && /^(null|none|nil|undefined|nan)$/i.test(token)
    ? `the token is the text "${token}"; if that means the end, set \`endTokens: ['${token}']\``
    : undefined;

/**
 * A value in the form that a position can hold. A bigint, or a number object of a JSON parser that keeps all digits,
 * becomes text: in a query both are the same. Bytes become Base64, and are bytes again when they are sent.
 * @throws UnsafeCursorError, ExtractError
 */
export function toToken(field: string, path: string, found: unknown, most = longest): Json {
  const token = plain(field, path, found);
  const length = typeof token === 'string' ? token.length : JSON.stringify(token).length;
  if (length > most)
    throw new ExtractError(
      field,
      path,
      `a token of ${String(length)} characters; at most ${String(most)} are sent${most === longest ? '; if the API has such tokens, set `maxTokenLength`' : ''}`,
    );
  return token;
}

function plain(field: string, path: string, value: unknown, inside = false): Json {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new UnsafeCursorError(path, value);
      if (Number.isNaN(value)) break;
      return value;
    case 'bigint':
      return String(value);
    case 'boolean':
      if (inside) return value;
      break;
    case 'object': {
      if (value === null) return null;
      if (value instanceof Uint8Array) return fromBytes(value);
      if (Array.isArray(value)) return value.map((member) => plain(field, path, member, true));
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
        const digits = digitsOf(value);
        if (digits === undefined) break; // Else the text of a Date, or "[object Object]", would be sent as a token.
        return digits;
      }
      const members = Object.entries(value).filter(([, member]) => member !== undefined);
      return Object.fromEntries(members.map(([name, member]) => [name, plain(field, path, member, true)]));
    }
  }
  const found = value instanceof Date ? 'a Date; return the text that the API takes' : describe(value);
  throw new ExtractError(field, path, `expected a token, found ${found}`);
}

/** @throws ConfigError */
export function checkTokenParam(kind: string, param: TokenParam | undefined): void {
  if (param !== undefined && typeof param !== 'function') checkName(kind, 'cursorParam', param);
}

/** The parameters that send a token; a member that is null is left out. */
export function tokenParams(param: TokenParam, token: Json): Params {
  if (typeof param !== 'function') return { [param]: toBytes(token) };
  const params = param(toBytes(token) as Json);
  // Members of a token that have no value are not sent: { "block": 5, "index": null }.
  return Object.values(params).includes(null)
    ? Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
    : params;
}

/** Parameters that remove those of the template that have these names. @throws ConfigError */
export function droppedParams(kind: string, names: readonly string[] = []): Params {
  checkNames(kind, 'dropParams', names);
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
