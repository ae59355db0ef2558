import { ConfigError, ExtractError } from '../../errors.js';
import { inQuery } from '../../placements/in-query.js';
import type { Answer } from '../../page.js';
import type { PageResponse } from '../../request.js';
import type { Placement, Strategy } from '../../strategy.js';
import { describe } from '../../values/describe.js';
import { checkFunction, checkNames, checkOneOf } from '../../values/options.js';
import { originOf, ownOrigin } from '../../values/origin.js';
import { asLinked, type LinkRequest } from './link-request.js';
import { checkSize, type SizeOptions, sizeParams } from './size.js';

/**
 * Where a page is: its URL as the page before it gave it, and what else that page said about the request; for the first
 * page, the size that is requested. `elsewhere`, in browsers: the page before it was at another origin, so the headers
 * which that origin exposes say nothing about this one.
 */
export type UrlPosition = {
  readonly url?: string;
  readonly size?: number;
  readonly elsewhere?: true;
  readonly send?: LinkRequest;
};

/** Whether the page before is known to expose its link to the next page. */
export const hasExposedNext = ({ url, elsewhere }: UrlPosition): boolean => url !== undefined && elsewhere !== true;

export interface FollowUrlOptions extends SizeOptions {
  /** Wire name of the size. Only the first request sends it: next URLs contain it already. @default 'per_page' */
  readonly sizeParam?: string | undefined;
  /** Where the size is written. @default inQuery() */
  readonly place?: Placement | undefined;
  /**
   * The method of requests for next pages. With GET, the body of the template is not sent. A link that has a method of
   * its own decides. @default the template's method
   */
  readonly nextMethod?: 'GET' | 'POST' | undefined;
  /**
   * Which server next pages are requested from: the one that the link names, or the template's. With `'template'`, a link
   * gives only path and query: it is for servers behind a proxy, whose links name an inner host, another scheme or no
   * port. If only one of the two paths has a prefix (`/gateway/v1/items` and `/v1/items`), the template's is used.
   * @default 'link'
   */
  readonly nextOrigin?: 'link' | 'template' | undefined;
  /** Query parameters of the template that a link has lost, such as a key; a link's own value is kept. @default [] */
  readonly keepParams?: readonly string[] | undefined;
  /**
   * Parameters of a link that mean that there are no more pages: with `{ results: 'false' }`, the link
   * `<…>; rel="next"; results="false"` is not followed (Sentry). @default none
   */
  readonly endParams?: Readonly<Record<string, string>> | undefined;
  /** Whether an empty page is the last one, for APIs that always give a link. @default false */
  readonly stopOnEmptyPage?: boolean | undefined;
}

export const followUrlOptions = [
  'nextMethod', 'nextOrigin', 'keepParams', 'endParams', 'stopOnEmptyPage', 'place',
] as const satisfies readonly (keyof FollowUrlOptions)[]; // prettier-ignore

/** The members of a strategy that follows URLs: the first request is the template, all others go to a URL. */
export function followUrls(
  kind: string,
  options: FollowUrlOptions & { readonly endStatuses?: readonly number[] | undefined },
): Pick<Strategy<never, UrlPosition>, 'first' | 'place' | 'check'> {
  const { size, sizeParam = 'per_page', place = inQuery(), endStatuses = [] } = options;
  const { nextMethod, nextOrigin = 'link', keepParams = [] } = options;
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  checkOneOf(kind, 'nextMethod', nextMethod ?? 'GET', ['GET', 'POST']);
  checkOneOf(kind, 'nextOrigin', nextOrigin, ['link', 'template']);
  checkNames(kind, 'keepParams', keepParams);
  checkEndParams(kind, options.endParams);
  return {
    first: size === undefined ? {} : { size },
    place: (request, position) => {
      if (position.url === undefined)
        return position.size === undefined ? request : place(request, sizeParams(sizeParam, position.size));
      const own = request.url ?? '';
      const there = nextOrigin === 'template' ? atTemplate(position.url, own) : position.url;
      const url = keepParams.length === 0 ? there : withParams(there, own, keepParams);
      if (position.send === undefined && nextMethod === undefined) return { ...request, url };
      // What is merged is merged into the request before, which had the size.
      const isMerged = position.send?.merge === true && position.size !== undefined;
      const before = isMerged ? place(request, sizeParams(sizeParam, position.size)) : request;
      return asLinked({ ...before, url }, { ...(nextMethod === undefined ? {} : { method: nextMethod }), ...position.send }); // prettier-ignore
    },
    check: (response, position) =>
      position.url !== undefined && endStatuses.includes(response.status) ? 'end' : undefined,
  };
}

/** @throws ConfigError */
function checkEndParams(kind: string, endParams: unknown): void {
  if (endParams === undefined) return;
  const isValid = typeof endParams === 'object' && endParams !== null && !Array.isArray(endParams) && Object.values(endParams).every((value) => typeof value === 'string'); // prettier-ignore
  if (!isValid)
    throw new ConfigError(`must be an object of texts such as { results: 'false' }, not ${describe(endParams)}`, {
      of: kind,
      options: ['endParams'],
      value: endParams,
    });
}

/** Whether a link has one of the parameters that mean the end. */
export const isLastLink = (endParams: FollowUrlOptions['endParams'], paramOf: (name: string) => unknown): boolean =>
  Object.entries(endParams ?? {}).some(([name, value]) => String(paramOf(name)) === value);

/**
 * The position of the page at a URL that an answer gave; `undefined` if an empty page leads to itself, which is the end.
 * @throws ExtractError
 */
export function following(
  { position, items }: Pick<Answer<unknown, UrlPosition>, 'position' | 'items'>,
  found: string,
  path: string,
  response: PageResponse,
  send?: LinkRequest,
): UrlPosition | undefined {
  const { size } = position;
  const url = resolveUrl(withoutFragment(found, path), path, response);
  if (items.length === 0 && url === (position.url ?? response.url) && send === undefined) return undefined;
  const at = { ...(size === undefined ? {} : { size }), url, ...(send === undefined ? {} : { send }) };
  const isElsewhere = ownOrigin() !== undefined && originOf(url) !== originOf(response.url);
  return isElsewhere ? { ...at, elsewhere: true } : at;
}

/**
 * A URL at the template's origin. If one path ends with the whole other one (`/gateway/v1/items` and `/v1/items`), they
 * are the same, and the proxy knows the template's; other paths stay as they are.
 */
function atTemplate(url: string, template: string): string {
  const [, origin = '', path = ''] = parts(template);
  const [, , linked = '', rest = ''] = parts(url);
  const isSame = path.endsWith(linked || '/') || linked.endsWith(path || '/');
  return `${origin}${isSame ? path : linked}${rest}`;
}

const parts = (url: string): readonly string[] => /^([a-z][\w+.-]*:\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(url) ?? [];

/** A URL with those of these parameters that only the template has, as the template writes them. */
function withParams(url: string, template: string, names: readonly string[]): string {
  const has = new Set(paramsOf(url).map(nameOf));
  const lost = paramsOf(template).filter((param) => names.includes(nameOf(param)) && !has.has(nameOf(param)));
  if (lost.length === 0) return url;
  return `${url}${/\?$|&$/.test(url) ? '' : url.includes('?') ? '&' : '?'}${lost.join('&')}`;
}

const paramsOf = (url: string): readonly string[] => /\?([^#]*)/.exec(url)?.[1]?.split('&').filter(Boolean) ?? [];

/** The name of `name=value`, decoded. */
const nameOf = (param: string): string => [...new URLSearchParams(param).keys()][0] ?? '';

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
