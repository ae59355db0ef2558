import type { PageRequest } from '../request.js';
import { strategyOf, type Paging } from './paging.js';
import { Refuted, type Ask, type Seen } from './prove.js';
import { relate } from './same-items.js';

const names: readonly string[] = [
  'per_page', 'limit', 'page_size', 'pageSize', 'size', 'perPage', '$top', 'maxResults', 'count', 'first', 'n', '_limit',
  'page[size]', 'take', 'Limit', 'max-keys', 'MaxResults',
]; // prettier-ignore

/**
 * Finds the parameter that a size is asked for with, by asking for the first page with each common name.
 * @returns the paging with it; without, where the first page is all there is or has that size anyway
 * @throws Refuted where no name changes the page
 */
export async function findSize(
  paging: Paging,
  size: number,
  request: PageRequest,
  first: Seen,
  second: Seen | undefined,
  ask: Ask,
): Promise<{ paging: Paging; evidence: readonly string[] }> {
  const sized = (name: string): Paging => ({ ...paging, options: { ...paging.options, size, sizeParam: name } });
  const came = first.items.length;
  if (came === size) return { paging, evidence: [`pages have ${String(size)} items without being asked`] };
  for (const name of candidates(paging, request)) {
    const strategy = strategyOf(sized(name));
    const { items } = await ask(strategy, strategy.first).catch(() => ({ items: first.items }));
    const both = Math.min(came, items.length);
    // A parameter that filters may come upon the size too.
    const isPage = both === 0 || relate(first.items.slice(0, both), items.slice(0, both)) === 'same';
    if (isPage && (items.length === size || (size > came && items.length > came)))
      return { paging: sized(name), evidence: [`${name}=${String(size)} gives ${String(items.length)} items`] };
  }
  if (came < size && (second === undefined || second.items.length === 0))
    return { paging, evidence: [`all ${String(came)} items are on one page, so the size does not matter`] };
  throw new Refuted(`no common name of the size changes the page`);
}

function candidates({ kind }: Paging, { body }: PageRequest): readonly string[] {
  if (kind !== 'relay') return names;
  const query = (body as { query?: unknown } | null | undefined)?.query;
  const variable = typeof query === 'string' ? /\bfirst\s*:\s*\$(\w+)/.exec(query)?.[1] : undefined;
  return variable === undefined ? [] : [variable];
}
