import { concatMap, defer, from } from 'rxjs';
import { ConfigError } from '../errors.js';
import { type PageRequest, type Transport, withHeaders } from '../request.js';
import { describe } from '../values/describe.js';
import { originOf } from '../values/origin.js';

/** Holds cookies. The `CookieJar` of tough-cookie is one. */
export interface Cookies {
  /** The `Cookie` header for a URL; '' for none. */
  getCookieString(url: string): string | PromiseLike<string>;
  /** Stores the cookie of a `Set-Cookie` header from a URL. */
  setCookie(cookie: string, url: string): unknown;
}

/**
 * Keeps cookies between requests, for APIs whose first page sets one that the next pages need. Cookies are sent to, and
 * taken from, one origin only. In browsers this is the browser's own business.
 *
 *     GET /items           ▸   Set-Cookie: walk=7
 *     GET /items?page=2, Cookie: walk=7
 *
 *     withCookies(fetchTransport(), new CookieJar(), 'https://api.example.com')
 *
 * A `Cookie` header of the request itself is sent too. A cookie that the jar refuses is left out.
 * @param origin scheme, host and port of the request template
 * @throws ConfigError for something that is no jar, or no origin
 */
export function withCookies(transport: Transport, cookies: Cookies, origin: string): Transport {
  if (typeof transport !== 'function')
    throw new ConfigError(`the transport must be a function, not ${describe(transport)}`, { of: 'withCookies' });
  if (typeof (cookies as Partial<Cookies> | undefined)?.getCookieString !== 'function' || typeof cookies.setCookie !== 'function')
    throw new ConfigError(`cookies must have getCookieString and setCookie, like the CookieJar of tough-cookie, not ${describe(cookies)}`, { of: 'withCookies' }); // prettier-ignore
  const home = /^https?:\/\//i.test(origin) ? originOf(origin) : undefined;
  if (home === undefined)
    throw new ConfigError(`the origin must be one like 'https://api.example.com', not ${describe(origin)}`, {
      of: 'withCookies',
    });
  const keeping: Transport = (request, attempt) => {
    const { url = '' } = request;
    if (originOf(url) !== home) return transport(request, attempt);
    return defer(() => from(Promise.resolve(cookies.getCookieString(url)))).pipe(
      concatMap((cookie) => transport(cookie === '' ? request : withCookie(request, cookie), attempt)),
      concatMap(async (response) => {
        for (const each of setCookies(response.headers.get('set-cookie') ?? ''))
          await Promise.resolve(cookies.setCookie(each, url)).catch(() => undefined);
        return response;
      }),
    );
  };
  return Object.assign(keeping, transport);
}

/** The request with a cookie beside those of its own. */
function withCookie(request: PageRequest, cookie: string): PageRequest {
  const { headers } = request;
  const own =
    typeof headers === 'object' ? Object.entries(headers).find(([name]) => /^cookie$/i.test(name))?.[1] : undefined;
  return {
    ...request,
    headers: withHeaders(headers, { cookie: own === undefined || own === '' ? cookie : `${own}; ${cookie}` }),
  };
}

/** Several Set-Cookie headers, joined with commas; a date has a comma too, but no name with `=` after it. */
const setCookies = (headers: string): readonly string[] =>
  headers === '' ? [] : headers.split(/,(?=[ \t]*[^\s;,=]+=)/).map((each) => each.trim());
