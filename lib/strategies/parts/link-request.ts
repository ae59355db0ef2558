import { ExtractError } from '../../errors.js';
import type { Json } from '../../page.js';
import { inHeaders } from '../../placements/in-headers.js';
import type { PageRequest } from '../../request.js';
import { describe } from '../../values/describe.js';
import { toToken } from './token.js';

/** What a link says about the request for its page. */
export type LinkRequest = {
  readonly method?: string;
  /** The whole body or, with `merge`, members that are merged into the template's body. */
  readonly body?: Json;
  readonly merge?: true;
  readonly headers?: Readonly<Record<string, string>>;
};

type Link = Readonly<Record<string, unknown>>;

export const isLink = (found: unknown): found is Link =>
  typeof found === 'object' && found !== null && Object.hasOwn(found, 'href');

/** The URL of a link; anything else as it is. What a templated link (RFC 6570) leaves open is left out. */
export function hrefOf(found: unknown): unknown {
  if (!isLink(found)) return found;
  const { href, templated } = found;
  return templated === true && typeof href === 'string' ? href.replace(/\{[^{}]*\}/g, '') : href;
}

/** No API has larger links, and a resume token holds them. */
const longest = 64 * 1024;
const safe = /^(GET|POST|QUERY|SEARCH)$/;
/** What only the caller may say, or what frames the message. */
const refused =
  /^(authorization|cookie|host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|forwarded|origin|referer|keep-alive|proxy-.*|sec-.*|x-forwarded-.*)$/i;

/**
 * What a link says about its request besides the URL: method, body and headers, as in STAC.
 *
 *     { "rel": "next", "href": "…/search", "method": "POST", "merge": true, "body": { "token": "abc" } }
 *
 * @param before what the last link said: a merged body keeps its members
 * @returns `undefined` if it says nothing
 * @throws ExtractError
 */
export function linkRequest(link: Link, before: LinkRequest | undefined, path: string): LinkRequest | undefined {
  const { method, body, merge, headers } = link;
  const merges = merge === true || merge === 'true';
  const wrong = (member: string, found: unknown, expected: string) =>
    new ExtractError('next', `${path}.${member}`, `expected ${expected}, found ${describe(found)}`);
  const isSet = (value: unknown) => value !== undefined && value !== null;
  if (isSet(method) && !(typeof method === 'string' && safe.test(method.toUpperCase())))
    throw wrong('method', method, 'a method that reads (GET, POST, QUERY or SEARCH)');
  if (isSet(body) && typeof body !== 'object') throw wrong('body', body, 'an object');
  if (merges && Array.isArray(body)) throw wrong('body', body, 'an object to merge');
  const own = isSet(body) ? toToken('next', `${path}.body`, body, longest) : undefined;
  const merged = merges ? { ...(before?.body as object | undefined), ...(own as object | undefined) } : own;
  const isPart = merges && (before?.body === undefined || before.merge === true);
  const said: LinkRequest = {
    ...(isSet(method) ? { method: method.toUpperCase() } : {}),
    ...(merged === undefined ? {} : { body: merged, ...(isPart ? { merge: true } : {}) }),
    ...(isSet(headers) ? { headers: headersOf(headers, `${path}.headers`) } : {}),
  };
  return Object.keys(said).length === 0 ? undefined : said;
}

/** The headers of a link, each with one value or a list of them. @throws ExtractError */
function headersOf(headers: unknown, path: string): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw new ExtractError('next', path, `expected an object, found ${describe(headers)}`);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (refused.test(name))
        throw new ExtractError('next', path, `a link can't set the header ${describe(name)}; set it in the request`);
      const values = (Array.isArray(value) ? value : [value]) as readonly unknown[];
      if (values.some((each) => typeof each !== 'string' && typeof each !== 'number'))
        throw new ExtractError('next', `${path}.${name}`, `expected text, found ${describe(value)}`);
      return [name, values.join(', ')];
    }),
  );
}

/** The request that a link describes; a GET has no body. */
export function asLinked({ body: own, ...request }: PageRequest, said: LinkRequest): PageRequest {
  const { method = request.method, body = own, merge, headers } = said;
  const sent = merge === true ? { ...(own as object | undefined), ...(body as object) } : body;
  const whole = {
    ...request,
    ...(method === undefined ? {} : { method }),
    ...((method ?? 'GET').toUpperCase() === 'GET' || sent === undefined ? {} : { body: sent }),
  };
  return headers === undefined ? whole : inHeaders()(whole, headers);
}
