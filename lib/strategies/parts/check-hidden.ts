import { ExtractError } from '../../errors.js';
import type { PageResponse } from '../../request.js';
import type { Reader } from '../../values/read.js';

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
