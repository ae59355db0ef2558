import type { Strategy } from '../strategy.js';
import { checkOptions } from '../values/options.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';

/** There is only one page, so there is nothing to say. */
export type SinglePagePosition = Readonly<Record<string, never>>;

/**
 * One answer that holds everything: retry, checks, resume and sinks, without paging.
 *
 *     GET /countries   ▸   [ … ]
 *
 *     singlePage<Country>()
 *
 * @throws ConfigError for options that can't work
 */
export function singlePage<Item = unknown>(
  options: Pick<ListOptions<Item>, 'items' | 'missingItems' | 'singleItem' | 'total' | 'totalIs'> = {},
): Strategy<Item, SinglePagePosition> {
  checkOptions('singlePage', options, listOptions.slice(0, 5));
  return {
    name: 'singlePage',
    first: {},
    place: (request) => request,
    next: () => undefined,
    ...listMembers('singlePage', options),
  };
}
