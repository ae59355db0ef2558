import { ExtractError } from '../../errors.js';
import { pathText } from '../../reading/path.js';
import { type Read, reader, type Reader } from '../../reading/read.js';
import type { PageResponse } from '../../request.js';

/**
 * What a person should know about a first page that ends the walk because it has no token or URL of a next page: most
 * APIs mark their last page this way, and a misspelt path looks the same. `undefined` if there is a value, null included.
 */
export function absentToken(
  kind: string,
  source: Read<unknown>,
): (answer: {
  readonly items: readonly unknown[];
  readonly body: unknown;
  readonly response: PageResponse;
}) => string | undefined {
  const from = reader(kind, 'next', source);
  if (from.path === 'a function') return () => undefined;
  const isHeader = from.path.startsWith('header ');
  return ({ items, body, response }) => {
    if (items.length === 0 || response.status === 204) return undefined;
    const found = from.read(body, response);
    if (found !== undefined && !(isHeader && found === null)) return undefined;
    const others = tokenPaths(body).map((path) => `'${path}'`);
    return `there is nothing at ${from.path}${others.length > 0 ? `, but something like a token at ${others.join(', ')}` : ''}`;
  };
}

/** Paths of values outside of lists whose names are those of tokens. */
function tokenPaths(value: unknown, names: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || names.length === 4) return [];
  return Object.entries(value)
    .slice(0, 50)
    .flatMap(([name, member]) => {
      const path = [...names, name];
      const isToken =
        (typeof member === 'string' || typeof member === 'number') &&
        member !== '' &&
        /next|cursor|token|after|continu|marker|bookmark/i.test(path.join('.'));
      return isToken ? [pathText(path)] : tokenPaths(member, path);
    })
    .slice(0, 3);
}

/**
 * Refuses to take a first page for the last one because a header is absent that may only be hidden. Later pages are not
 * in doubt: that header led to them, so it is exposed.
 * @param path the header that was read
 * @param believed what the caller can do if the header is exposed
 * @throws ExtractError
 */
export function checkHidden(
  { path, hidden }: Reader,
  { items, response }: { readonly items: readonly unknown[]; readonly response: PageResponse },
  believed = 'read it by a function: (body, { headers }) => headers.get(…)',
): void {
  const why = items.length === 0 ? '' : (hidden?.(response) ?? '');
  if (why !== '')
    throw new ExtractError('next', path, `there is no such header${why}. If it is exposed already, ${believed}`);
}
