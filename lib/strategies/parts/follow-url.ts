import { ExtractError } from '../../errors.js';
import { inQuery } from '../../placements/in-query.js';
import type { PageResponse } from '../../request.js';
import type { Placement, Strategy } from '../../strategy.js';
import { checkFunction } from '../../values/options.js';
import { originOf, ownOrigin } from '../../values/origin.js';
import { checkSize, type SizeOptions, sizeParams } from './size.js';

/**
 * Where a page is: its URL as the page before it gave it; for the first page, the size that is requested. `elsewhere`,
 * in browsers: the page before it was at another origin, so the headers which that origin exposes say nothing about
 * this one.
 */
export type UrlPosition = { readonly url?: string; readonly size?: number; readonly elsewhere?: true };

/** Whether the page before is known to expose its link to the next page. */
export const hasExposedNext = ({ url, elsewhere }: UrlPosition): boolean => url !== undefined && elsewhere !== true;

export interface FollowUrlOptions extends SizeOptions {
  /** Wire name of the size. Only the first request sends it: next URLs contain it already. @default 'per_page' */
  readonly sizeParam?: string | undefined;
  /** Where the size is written. @default inQuery() */
  readonly place?: Placement | undefined;
}

/** The members of a strategy that follows URLs: the first request is the template, all others go to a URL. */
export function followUrls(
  kind: string,
  options: FollowUrlOptions & { readonly endStatuses?: readonly number[] | undefined },
): Pick<Strategy<never, UrlPosition>, 'first' | 'place' | 'check'> {
  const { size, sizeParam = 'per_page', place = inQuery(), endStatuses = [] } = options;
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  return {
    first: size === undefined ? {} : { size },
    place: (request, position) => {
      if (position.url !== undefined) return { ...request, url: position.url };
      return position.size === undefined ? request : place(request, sizeParams(sizeParam, position.size));
    },
    check: (response, position) =>
      position.url !== undefined && endStatuses.includes(response.status) ? 'end' : undefined,
  };
}

/** The position of the page at a URL that an answer gave. @throws ExtractError */
export function following(position: UrlPosition, found: string, path: string, response: PageResponse): UrlPosition {
  const url = resolveUrl(withoutFragment(found, path), path, response);
  if (ownOrigin() === undefined) return { ...position, url };
  const at = position.size === undefined ? { url } : { size: position.size, url };
  return originOf(url) === originOf(response.url) ? at : { ...at, elsewhere: true };
}

/** No server takes longer URLs, and a walk remembers its last 1,000. */
const longest = 64 * 1024;

/**
 * HTTP sends nothing after a `#` (RFC 3986, 3.5), so a token with an unescaped one would be cut. It is not escaped
 * here: if it begins a fragment after all, the server would be asked for something else.
 * @throws ExtractError
 */
function withoutFragment(url: string, path: string): string {
  const at = url.indexOf('#');
  if (at === -1) return url;
  if (at === url.length - 1) return url.slice(0, at);
  throw new ExtractError(
    'next',
    path,
    'the URL has a #, and HTTP sends nothing after it; if that is part of a token, the server must write it as %23',
  );
}

/**
 * A URL as it was given, byte for byte; a relative one is resolved against the answer's URL (P7).
 * @param path where the URL was found
 * @throws ExtractError for one of more than 64 KiB
 */
export function resolveUrl(url: string, path: string, response: PageResponse): string {
  if (url.length > longest)
    throw new ExtractError(
      'next',
      path,
      `a URL of ${String(url.length)} characters; at most ${String(longest)} are sent`,
    );
  if (/^https?:\/\//i.test(url) || response.url === '') return url;
  try {
    const at = url.indexOf('?');
    if (at === -1) return new URL(url, response.url).href;
    // The query stays as it is: URL would escape an apostrophe, and a signature would no longer match.
    const resolved = new URL(url.slice(0, at), response.url);
    resolved.search = '';
    return resolved.href + url.slice(at);
  } catch {
    return url; // The transport rejects it before it is sent, and names it.
  }
}
