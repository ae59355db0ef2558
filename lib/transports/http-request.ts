import { ConfigError } from '../errors.js';
import type { HeaderMap, PageRequest } from '../request.js';
import { describe } from '../values/describe.js';
import { redactUrl } from '../values/redact.js';

/** What goes on the wire. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: HeaderMap;
  readonly body: BodyInit | null;
}

/** Whether a body of this kind is sent as it is, with the Content-Type that fetch gives it. */
const isRaw = (body: unknown): body is BodyInit =>
  typeof body === 'string' ||
  body instanceof URLSearchParams ||
  body instanceof FormData ||
  body instanceof Blob ||
  body instanceof ArrayBuffer ||
  ArrayBuffer.isView(body);

/** Makes a page's request ready to be sent. @throws ConfigError where it never can be */
export function toHttpRequest(request: PageRequest, base: string | undefined, accept: string): HttpRequest {
  const url = checkedUrl(request.url, base);
  const method = (request.method ?? 'GET').toUpperCase();
  const { body } = request;
  if (body !== undefined && body !== null && (method === 'GET' || method === 'HEAD'))
    throw new ConfigError(
      `a ${method} request can't carry a body; set method: 'POST', or write the parameters with inQuery()`,
    );
  const own = checkedHeaders(typeof request.headers === 'object' ? request.headers : {});
  const has = (name: string) => Object.keys(own).some((key) => key.toLowerCase() === name);
  const raw = body === undefined || body === null || isRaw(body);
  return {
    url,
    method,
    headers: {
      ...(has('accept') ? {} : { accept }),
      ...(raw || has('content-type') ? {} : { 'content-type': 'application/json' }),
      ...own,
    },
    body: raw ? (body ?? null) : toJson(body),
  };
}

/** An http(s) URL without userinfo. @throws ConfigError */
function checkedUrl(text: string | undefined, base: string | undefined): URL {
  if (text === undefined) throw new ConfigError('the request has no url; fetchTransport needs one');
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw new ConfigError(
      `the request's url ${describe(redactUrl(text))} is no absolute URL; give one like 'https://api.example.com/items'`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ConfigError(`the request's url has the scheme ${url.protocol} and only http: and https: are ever sent`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(
      `the request's url ${describe(redactUrl(text))} holds a user name or password; send them in an Authorization header`,
    );
  return url;
}

function checkedHeaders(headers: HeaderMap): HeaderMap {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new ConfigError(`${describe(name)} is no header name`);
    // The value is not shown: it may be a secret.
    if (typeof value !== 'string') throw new ConfigError(`header ${name} must be a string, not ${typeof value}`);

    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new ConfigError(
        `header ${name} holds a character that headers can't carry (a line break, or one beyond Latin-1); was it pasted with one?`,
      );
  }
  return headers;
}

function toJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ConfigError(`the request's body can't be written as JSON; make it plain data, or give a string`, {
      cause,
    });
  }
}
