import { ExtractError } from '../errors.js';
import { optionalReader, type Read, reader, readFlag } from '../reading/read.js';
import type { Strategy } from '../strategy.js';
import { describe } from '../values/describe.js';
import { checkOptions, invalid, type Names } from '../values/options.js';
import {
  following,
  type FollowUrlOptions,
  followUrlOptions,
  followUrls,
  hasExposedNext,
  isLastLink,
  type UrlPosition,
} from './parts/follow-url.js';
import { hrefOf, isLink, linkRequest } from './parts/link-request.js';
import { endsEmpty, listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { missingNext, type MissingNextOptions } from './parts/missing-next.js';
import { sizeOptions } from './parts/size.js';

export interface NextUrlOptions<Item> extends ListOptions<Item>, FollowUrlOptions, MissingNextOptions {
  /**
   * The next page's URL: a path into the body, `header('X-Next')`, or a function. It leads to a string, or to a link: an
   * object with an `href`. If a link has a method, a body or headers, the next request has them too; with `merge: true`,
   * the link's body is merged into the last one (STAC). Absent, null, '' and false are the end.
   */
  readonly next: Read<unknown>;
  /** Whether there are more pages: a boolean, also as text. For APIs whose last page has a URL too. @default none */
  readonly hasMore?: Read<unknown> | undefined;
}

const known = [
  listOptions, sizeOptions, followUrlOptions, 'next', 'hasMore', 'missingNext',
] as const satisfies Names<NextUrlOptions<unknown>>; // prettier-ignore

/**
 * Pages whose URL, absolute or relative, is in the answer before them.
 *
 *     GET /users?$top=50   ▸   { "value": [ … ], "@odata.nextLink": "https://…/users?$top=50&$skiptoken=X'44'" }
 *
 *     nextUrl<User>({ items: 'value', next: '@odata.nextLink', size: 50, sizeParam: '$top' })
 *
 * A next URL is used unchanged, so signed URLs stay valid. A URL at another origin fails before it is sent, unless
 * `allowOrigins` names that origin.
 * @throws ConfigError for options that can't work
 */
export function nextUrl<Item = unknown>(options: NextUrlOptions<Item>): Strategy<Item, UrlPosition> {
  const kind = 'nextUrl';
  checkOptions(kind, options, known);
  if (typeof options.next !== 'string' && typeof options.next !== 'function')
    throw invalid(kind, 'next', options.next, `a path, a function or header('…')`);
  const next = reader(kind, 'next', options.next);
  const isEnd = endsEmpty(kind, options);
  const hasMore = optionalReader(kind, 'hasMore', options.hasMore);
  const list = listMembers(kind, options);
  const missing = missingNext(kind, options, { kind, from: [next], total: list.total });

  return {
    name: kind,
    identity: { next: next.path },
    ...followUrls(kind, options),
    next(answer) {
      const { position, body, response } = answer;
      const more = hasMore && response.status !== 204 ? readFlag('hasMore', hasMore, body, response) : undefined;
      if (more === false || (more === undefined && isEnd(answer))) return undefined;
      const link = next.read(body, response);
      const found = hrefOf(link);
      if (found === undefined || found === null || found === '' || found === false) {
        if (more === true)
          throw new ExtractError(
            'next',
            next.path,
            'has-more says that there is another page, but there is no URL; check next',
          );
        if (!hasExposedNext(position)) missing.refuse(answer, position.url === undefined);
        return undefined;
      }
      if (typeof found !== 'string')
        throw new ExtractError('next', next.path, `expected a URL, found ${describe(found)}`);
      if (!isLink(link)) return following(answer, found, next.path, response);
      if (isLastLink(options.endParams, (name) => link[name])) return undefined;
      return following(answer, found, next.path, response, linkRequest(link, position.send, next.path));
    },
    ...(hasMore ? {} : { doubt: missing.doubt }),
    ...list,
  };
}
