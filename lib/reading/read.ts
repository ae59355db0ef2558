import { ConfigError, ExtractError } from '../errors.js';
import type { Answer } from '../page.js';
import type { PageResponse } from '../request.js';
import { digitsOf } from '../values/compare.js';
import { describe } from '../values/describe.js';
import { numbersIn, parsePath, readPath } from './path.js';
import { invalid } from '../values/options.js';

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
    `expected a whole number, found ${describe(found)}${from.hidden?.(response) ?? numbersIn(body)}`,
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

/** A boolean, its name as text in any case, or 1 or 0 (P4). @throws ExtractError on anything else */
export function readFlag(field: string, from: Reader, body: unknown, response: PageResponse): boolean {
  const found = fromHeader(from, from.read(body, response));
  const word = typeof found === 'string' ? found.toLowerCase() : found;
  if (word === true || word === 'true' || word === 1 || word === '1') return true;
  if (word === false || word === 'false' || word === 0 || word === '0') return false;
  const hint = found === undefined ? '; if an absent flag has a meaning, use `flag(…, { absent: false })`' : '';
  throw new ExtractError(
    field,
    from.path,
    `expected true or false, found ${describe(found)}${from.hidden?.(response) ?? hint}`,
  );
}

/**
 * A flag that says the opposite, for `hasMore`: that this is the last page.
 *
 *     { "tasks": [ … ], "last_page": false }   ▸   hasMore: not('last_page')
 *
 * @throws ConfigError for anything that is not a path or a function
 */
export function not(read: Read<unknown>): (body: unknown, response: PageResponse) => boolean {
  const from = reader('not', 'read', read);
  return named(`!${from.path}`, from, (body, response) => !readFlag('hasMore', from, body, response));
}

/**
 * A flag that an API leaves out when it is false, or when it is true.
 *
 *     { "features": [ … ], "exceededTransferLimit": true }   ▸   hasMore: flag('exceededTransferLimit', { absent: false })
 *
 * @param options.absent what an answer without it means; null is absent too
 * @throws ConfigError for anything that is not a path or a function
 */
export function flag(
  read: Read<unknown>,
  options: { readonly absent: boolean },
): (body: unknown, response: PageResponse) => boolean {
  const from = reader('flag', 'read', read);
  const { absent } = options;
  if (typeof absent !== 'boolean') throw invalid('flag', 'absent', absent, 'true or false');
  return named(from.path, from, (body, response) => {
    const found = from.read(body, response);
    const isAbsent = (found === undefined || found === null) && (from.hidden?.(response) ?? '') === '';
    return isAbsent ? absent : readFlag('hasMore', from, body, response);
  });
}

/** A function that errors call by a path. */
const named = <T>(path: string, { hidden }: Reader, read: (body: unknown, response: PageResponse) => T): typeof read =>
  Object.defineProperties(read, {
    name: { value: path.startsWith('header ') ? path : `path ${path}` },
    ...(hidden ? { hidden: { value: hidden } } : {}),
  });

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
