import { ConfigError } from '../errors.js';
import type { HeaderMap, PageRequest } from '../request.js';
import { describe } from '../values/describe.js';
import { documentUrl } from '../values/origin.js';
import { redactUrl } from '../values/redact.js';

/** What goes on the wire. */
export interface HttpRequest extends Target {
  readonly method: string;
  readonly headers: HeaderMap;
  readonly body: string | ArrayBuffer | (ArrayBufferView & { readonly buffer: ArrayBuffer }) | FormData | Blob | null;
}

/** The Content-Type that fetch sets for a body of this kind: '' if none, `undefined` if the body is sent as JSON. */
function rawType(body: unknown): string | undefined {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8';
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=UTF-8';
  if (body === undefined || body === null || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return '';
  if (isPlain(body)) return undefined; // First: accessing FormData loads half of Node's own fetch.
  return body instanceof FormData || body instanceof Blob ? '' : undefined;
}

function isPlain(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true;
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

/**
 * Prepares the requests of pages for sending.
 * @param of the transport's name, for errors
 * @param defaults headers to add if the request does not set them
 */
export function requestMaker(of: string, defaults: HeaderMap): (request: PageRequest) => HttpRequest {
  const readTarget = targetReader(of);
  // Pages mostly have the same headers, so the last ones are kept. Compared by value: the object may be mutated.
  let last: { own: HeaderMap; type: string; complete: HeaderMap } | undefined;

  function complete(own: HeaderMap, type: string): HeaderMap {
    if (last?.type === type && sameHeaders(last.own, own)) return last.complete;
    checkHeaders(own);
    const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
    const added = Object.entries(type === '' ? defaults : { ...defaults, 'content-type': type });
    const missing = Object.fromEntries(added.filter(([name]) => !names.has(name)));
    last = { own: { ...own }, type, complete: { ...missing, ...own } };
    return last.complete;
  }

  /** @throws ConfigError if the request can never be sent */
  return (request) => {
    const { href, origin, path } = readTarget(request.url);
    const method = (request.method ?? 'GET').toUpperCase();
    const { headers, body } = request;
    if (body !== undefined && body !== null && (method === 'GET' || method === 'HEAD'))
      throw new ConfigError(
        `a ${method} request can't carry a body; set \`method: 'POST'\`, or write the parameters with \`inQuery()\``,
      );
    const type = rawType(body);
    return {
      href,
      origin,
      path,
      method,
      headers: complete(typeof headers === 'object' ? headers : noHeaders, type ?? 'application/json'),
      body: type === undefined ? toJson(body) : raw(body),
    };
  };
}

const raw = (body: unknown) =>
  body instanceof URLSearchParams ? body.toString() : ((body ?? null) as HttpRequest['body']);

const noHeaders: HeaderMap = {};

function sameHeaders(a: HeaderMap, b: HeaderMap): boolean {
  const names = Object.keys(a);
  const others = Object.keys(b);
  return names.length === others.length && names.every((name, i) => name === others[i] && a[name] === b[name]);
}

/** @throws ConfigError */
function checkHeaders(headers: HeaderMap): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new ConfigError(`${describe(name)} is not a header name`);
    // The value is not shown: it may be a secret.
    if (typeof value !== 'string') throw new ConfigError(`header ${name} must be a string, not ${typeof value}`);

    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new ConfigError(
        `header ${name} holds a character that headers can't carry (a line break, or one beyond Latin-1); check the value`,
      );
  }
}

function toJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ConfigError(`the request's body can't be written as JSON; make it plain data, or pass a string`, {
      cause,
    });
  }
}

/** The target of a request. */
interface Target {
  readonly href: string;
  readonly origin: string;
  /** Path and query, as they go on the wire. */
  readonly path: string;
}

// A query in which nothing needs escaping, and which no fragment follows. URL would escape apostrophes, which are plain
// in a query (RFC 3986) and may be signed.
const plainQuery = /^[!$-;=?-~]*$/;

/** The query as URL writes it, apostrophes aside. */
const escapeQuery = (query: string): string =>
  plainQuery.test(query)
    ? query
    : query
        .replace(/[\0- ]+$/, '')
        .replace(/[\t\n\r]/g, '')
        .replace(/[^!$-;=?-~]+/g, (part) => new URL(`http://a?a${part}a`).search.slice(2, -1));

/**
 * Parses http(s) URLs without userinfo. The URLs of pages mostly differ only in their query, so the part before it is
 * kept from the last URL: parsing it costs more than everything else about a request.
 * @param of the transport's name, for errors
 * @returns a function that throws ConfigError if the URL can never be requested
 */
export function targetReader(of: string): (text: string | undefined) => Target {
  let last: { text: string; base: string | undefined; target: Target } | undefined;

  function read(text: string, base: string | undefined): Target {
    if (last?.text !== text || last.base !== base) last = { text, base, target: targetOf(checkedUrl(text, base)) };
    return last.target;
  }

  return (text) => {
    if (text === undefined) throw new ConfigError(`the request has no url; ${of} needs one`);
    const base = documentUrl();
    const at = text.indexOf('?');
    if (at === -1) return read(text, base);
    const before = text.slice(0, at);
    // Without the query, trailing white space or an empty text would be parsed differently.
    const apart = before.charCodeAt(at - 1) > 0x20 && !text.includes('#');
    const query = apart ? escapeQuery(text.slice(at)) : '';
    if (!apart) return targetOf(checkedUrl(text, base));
    const { href, origin, path } = read(before, base);
    return { href: href + query, origin, path: path + query };
  };
}

/** The target of an http(s) URL without userinfo. */
export function targetOf({ href, origin }: URL): Target {
  const fragment = href.indexOf('#');
  return { href, origin, path: href.slice(origin.length, fragment === -1 ? undefined : fragment) };
}

function checkedUrl(text: string, base: string | undefined): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw new ConfigError(
      `the request's url ${describe(redactUrl(text))} is not an absolute URL; give one like 'https://api.example.com/items'`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ConfigError(`the request's url has the scheme ${url.protocol}, but only http: and https: are ever sent`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(
      `the request's url ${describe(redactUrl(text))} holds a user name or password; send them in an Authorization header`,
    );
  return url;
}
