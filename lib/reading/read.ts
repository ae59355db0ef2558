import { ConfigError, ExtractError } from '../errors.js';
import type { Answer } from '../page.js';
import type { PageResponse } from '../request.js';
import { digitsOf } from '../values/compare.js';
import { describe } from '../values/describe.js';
import { arrayPaths, parsePath, readPath } from './path.js';

/**
 * Where a strategy finds a value in an answer: a path into the body (`meta.total` or `/meta/total`), a function of body
 * and response, or `header('X-Total-Count')`.
 */
export type Read<T> =
  | string
  | {
      // Declared as a method, so that a function with a body type of its own is assignable.
      read(body: unknown, response: PageResponse): T;
    }['read'];

/** A prepared `Read`: its name in errors, and a function that reads it. */
export interface Reader {
  readonly path: string;
  read(body: unknown, response: PageResponse): unknown;
  /** For a header: why it may be present although it can't be read, and what to do; '' if that is impossible. */
  readonly hidden?: (response: PageResponse) => string;
}

/** A header that was sent several times with the same text, joined as `25, 25` (RFC 9110, 5.3), is that text. */
export function once(text: string, separator = ','): string {
  const [first = '', ...others] = text.split(separator).map((member) => member.trim());
  return others.every((other) => other === first) ? first : text;
}

/**
 * Reads a response header; `null` if it is absent. If it was sent twice with the same text, returns that text once. For
 * `totalPages`, `total`, `hasMore` and similar options.
 */
export function header(name: string): (body: unknown, response: PageResponse) => string | null {
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new ConfigError(`header: ${describe(name)} is not a valid header name`);
  const read = (_body: unknown, { headers }: PageResponse) => {
    const text = headers.get(name);
    return text?.includes(', ') === true ? once(text, ', ') : text; // A token such as `5,5` stays as it is.
  };
  return Object.defineProperties(read, {
    name: { value: `header ${name}` },
    hidden: { value: (response: PageResponse) => hiddenHeader(name, response) },
  });
}

/** @param of the function whose `option` is the read, for errors */
export function reader(of: string, option: string, read: Read<unknown>): Reader {
  if (typeof read === 'function') {
    const named = /^(header .*|path (.*))$/.exec(read.name);
    const { hidden } = read as Pick<Reader, 'hidden'>;
    return { path: named?.[2] ?? named?.[1] ?? 'a function', read, ...(hidden ? { hidden } : {}) };
  }
  const path = parsePath(of, option, read);
  return { path: path.text, read: (body) => readPath(body, path) };
}

export const optionalReader = (of: string, option: string, read: Read<unknown> | undefined): Reader | undefined =>
  read === undefined ? undefined : reader(of, option, read);

/** The items of an answer. @throws ExtractError if there is no array, which is never taken for the end (P5) */
export function readItems<Item>(
  from: Reader,
  body: unknown,
  response: PageResponse,
  missing: 'error' | 'empty',
): readonly Item[] {
  if (response.status === 204) return [];
  const found = from.read(body, response);
  if (Array.isArray(found)) return found as Item[];
  if ((found === undefined || found === null) && missing === 'empty') return [];
  const arrays = arrayPaths(body).map((path) => `'${path}'`);
  const hint =
    arrays.length > 0
      ? `; arrays are at ${arrays.join(', ')}`
      : found === undefined
        ? "; if an absent key means an empty page, set `missingItems: 'empty'`"
        : '';
  throw new ExtractError(
    'items',
    from.path,
    `expected an array, found ${found === undefined ? 'nothing' : describe(found)} in ${describe(body)}${hint}`,
  );
}

/**
 * A count: a number, decimal digits (P4), or what a JSON parser that keeps all digits returns.
 * @throws ExtractError on anything else
 */
export function readCount(field: string, from: Reader, body: unknown, response: PageResponse): number {
  const read = from.read(body, response);
  const found = fromHeader(from, digitsOf(read) ?? read);
  const count = typeof found === 'string' && /^\d+$/.test(found) ? Number(found) : found;
  if (Number.isSafeInteger(count) && (count as number) >= 0) return count as number;
  throw new ExtractError(
    field,
    from.path,
    `expected a whole number, found ${describe(found)}${from.hidden?.(response) ?? ''}`,
  );
}

/**
 * The first count that these answers announce. A count of 0 gives way to the next answer's, because an answer without
 * items may announce 0.
 * @throws ExtractError for a value that is not a count
 */
export function readAnnounced(
  field: string,
  from: Reader | undefined,
  ...answers: readonly (Pick<Answer, 'body' | 'response'> | undefined)[]
): number | undefined {
  const isThere = ({ body, response }: Pick<Answer, 'body' | 'response'>) =>
    response.status !== 204 && ![undefined, null].includes(from?.read(body, response) as null);
  let count: number | undefined;
  for (const answer of answers)
    if (from && answer && !count && isThere(answer)) count = readCount(field, from, answer.body, answer.response);
  return count;
}

/** A boolean, or its name as text (P4). @throws ExtractError on anything else */
export function readFlag(field: string, from: Reader, body: unknown, response: PageResponse): boolean {
  const found = fromHeader(from, from.read(body, response));
  if (found === true || found === 'true') return true;
  if (found === false || found === 'false') return false;
  throw new ExtractError(
    field,
    from.path,
    `expected true or false, found ${describe(found)}${from.hidden?.(response) ?? ''}`,
  );
}

const fromHeader = ({ path }: Reader, found: unknown): unknown =>
  typeof found === 'string' && path.startsWith('header ') ? once(found) : found;

/**
 * Why a header may be present although it can't be read, and what to do; '' if that is impossible. If the server
 * exposes every header (`*`), the header that says so can be read too.
 */
function hiddenHeader(name: string, { headers }: PageResponse): string {
  const { hidden = false } = headers;
  if (hidden === false || headers.get(name) !== null) return '';
  if (hidden !== true) return `; ${hidden}`;
  if (headers.get('access-control-expose-headers')?.includes('*') === true) return '';
  return (
    '; the header may be hidden: a browser shows only those headers of another origin that the server exposes. ' +
    `Let the server send Access-Control-Expose-Headers: ${name}, or use a proxy on your own origin`
  );
}
