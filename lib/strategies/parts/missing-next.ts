import { ExtractError } from '../../errors.js';
import { pathText } from '../../reading/path.js';
import { type Read, reader, type Reader } from '../../reading/read.js';
import type { PageResponse } from '../../request.js';

/**
 * What a person should know of a first page that ends the walk because nothing stands where the next page's token or
 * URL is read: the end of most APIs, and a misspelt path. `undefined` where something stands there, an explicit null too.
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
    return `nothing stands at ${from.path}${others.length > 0 ? `, and something like a token at ${others.join(', ')}` : ''}`;
  };
}

/** Where something stands whose name is that of a token, outside of lists. */
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
 * Refuses to take a first page for the last one for want of a header that may only be hidden. Of later pages there is
 * no doubt: that header led there, so it is exposed.
 * @param from where it was looked for
 * @param believed how the caller says that it is exposed
 * @throws ExtractError
 */
export function checkHidden(
  { path, hidden }: Reader,
  { items, response }: { readonly items: readonly unknown[]; readonly response: PageResponse },
  believed = 'read it by a function: (body, { headers }) => headers.get(…)',
): void {
  const why = items.length === 0 ? '' : (hidden?.(response) ?? '');
  if (why !== '') throw new ExtractError('next', path, `none is seen${why}. If it is exposed already, ${believed}`);
}
