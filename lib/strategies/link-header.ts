import type { Strategy } from '../strategy.js';
import { linkTarget } from '../values/links.js';
import { checkName, checkOptions, type Names } from '../values/options.js';
import { guessLink } from './parts/guess-link.js';
import { followUrls, resolveUrl, type FollowUrlOptions, type UrlPosition } from './parts/follow-url.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { sizeOptions } from './parts/size-options.js';

export interface LinkHeaderOptions<Item> extends ListOptions<Item>, FollowUrlOptions {
  /** Which link is followed. @default 'next' */
  readonly rel?: string | undefined;
}

const known = [
  listOptions, sizeOptions, 'rel', 'place',
] as const satisfies Names<LinkHeaderOptions<unknown>>; // prettier-ignore

/**
 * Pages whose URL stands in the Link header of the answer before them (RFC 8288), absolute or relative.
 *
 *     GET /orgs/nodejs/repos?per_page=100   ▸   Link: <https://…/repos?per_page=100&page=2>; rel="next", <…>; rel="last"
 *                                               [ … ]
 *
 *     linkHeader<Repository>({ size: 100 })
 *
 * The walk ends where there is no such link. A header that can't be read is an error, and so is one over 64 KiB.
 * @throws ConfigError for options that can't work
 */
export function linkHeader<Item = unknown>(options: LinkHeaderOptions<Item> = {}): Strategy<Item, UrlPosition> {
  const kind = 'linkHeader';
  checkOptions(kind, options, known);
  const { rel = 'next' } = options;
  checkName(kind, 'rel', rel);

  return {
    name: kind,
    identity: { rel },
    ...followUrls(kind, options),
    next({ position, response }) {
      const header = response.headers.get('link');
      const target = header === null ? undefined : linkTarget(header, rel, response.url);
      return target === undefined ? undefined : { ...position, url: resolveUrl(target, 'header Link', response) };
    },
    guess({ url, ...position }, seen) {
      const header = seen?.response.headers.get('link');
      if (url === undefined || seen === undefined || header === null || header === undefined) return undefined;
      const [next, last] = [rel, 'last'].map((name) => linkTarget(header, name, seen.response.url));
      if (next === undefined || last === undefined) return undefined;
      const [from, to] = [next, last].map((target) => resolveUrl(target, 'header Link', seen.response));
      const guessed = guessLink(url, from ?? '', to ?? '');
      return guessed === undefined ? undefined : { ...position, url: guessed };
    },
    doubt: ({ items, response }) =>
      items.length > 0 && response.headers.get('link') === null ? 'there is no Link header' : undefined,
    ...listMembers(kind, options),
  };
}
