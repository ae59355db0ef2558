import { ConfigError, ExtractError } from '../errors.js';
import type { Read } from '../reading/read.js';
import { cursor } from '../strategies/cursor.js';
import type { Check, Params } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { listed, sparseList } from './parts/lists.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

export interface MediawikiOptions extends FollowingProfileOptions {
  /** The items, such as `'query.allpages'`. @default the only list in `query`; if there is none, the page is empty */
  readonly items?: string | undefined;
  /** Name of the list's own limit, such as `'aplimit'`; required if `size` is set. */
  readonly sizeParam?: string | undefined;
}

/**
 * MediaWiki's action API, as on Wikipedia: `action=query`, by its `continue` object, all of whose members go into the
 * next request.
 *
 *     GET /w/api.php?action=query&format=json&list=allpages&aplimit=500&apcontinue=Foo&continue=-||
 *                       ▸   { "continue": { "apcontinue": "Goo", "continue": "-||" }, "query": { "allpages": [ … ] } }
 *
 *     const { strategy, check, throttle } = mediawiki<PageTitle>({ size: 500, sizeParam: 'aplimit' });
 *
 * The walk ends at an answer without `continue`.
 */
export const mediawiki = <Item = unknown>({
  items,
  size,
  sizeParam,
  missingNext,
  ...rest
}: MediawikiOptions = {}): Profile<Item> => {
  if (size !== undefined && sizeParam === undefined)
    throw new ConfigError(
      'is missing: each list names its limit differently, such as aplimit for list=allpages; give that name with the size',
      { of: 'mediawiki', options: ['sizeParam'] },
    );
  return profile(
    listed(cursor<Item>, items, ignored),
    {
      items: listOf<Item>(items),
      size,
      maxSize: 5000,
      sizeParam,
      next: 'continue',
      missingNext,
      cursorParam: (token) => token as Params,
    },
    { check: checkMediawiki, throttle: { limit: 5, interval: 1000 } },
    { of: 'mediawiki', rest, takes: ['sizeParam', 'missingNext'] },
  );
};

const ignored = ['normalized', 'converted', 'redirects', 'interwiki'];

function listOf<Item>(items: string | undefined): Read<readonly Item[]> {
  const read = sparseList<Item>(items, {
    within: 'query',
    besides: ignored,
    isPage: (body) => ['query', 'batchcomplete', 'continue'].some((name) => Object.hasOwn(body, name)),
  }) as (body: unknown) => readonly Item[];
  const checked = (body: unknown): readonly Item[] => {
    const pages = (body as { query?: { pages?: unknown } | null } | null)?.query?.pages;
    if (typeof pages === 'object' && pages !== null && !Array.isArray(pages))
      throw new ExtractError(
        'items',
        'query.pages',
        'the pages are an object by page id; add formatversion=2 to the request to get a list',
      );
    return read(body);
  };
  return Object.defineProperty(checked, 'name', { value: read.name });
}

const transient = new Set(['readonly', 'internal_api_error_DBQueryError', 'internal_api_error_DBQueryTimeoutError']);
/** Minimum wait in milliseconds while the servers lag, according to the documentation. */
const documentedWait = 5000;

/** Errors have HTTP 200: they are in `error`, or in `errors` if the request sets another errorformat. */
export const checkMediawiki: Check = ({ body, headers }) => {
  const { error, errors } = (typeof body === 'object' && body !== null ? body : {}) as {
    error?: unknown;
    errors?: unknown;
  };
  const found = (Array.isArray(errors) ? errors[0] : error) as
    { code?: unknown; info?: unknown; text?: unknown; '*'?: unknown } | null | undefined;
  if (typeof found?.code !== 'string') return undefined;
  const { code } = found;
  const details = [found.info, found.text, found['*']].find((part) => typeof part === 'string');
  const reason = redactText(['MediaWiki', code, details].filter((part) => part !== undefined).join(' '));
  if (code === 'maxlag' || code === 'ratelimited')
    return {
      retry: reason,
      throttled: true,
      ...(headers.get('retry-after') === null ? { afterMs: documentedWait } : {}),
    };
  if (code === 'badcontinue') return { expired: reason };
  return transient.has(code) ? { retry: reason } : { fail: reason };
};
