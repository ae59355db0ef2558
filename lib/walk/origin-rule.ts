import { ConfigError, CrossOriginError } from '../errors.js';
import { type HeaderMap, type PageRequest, withHeaders } from '../request.js';
import { describe } from '../values/describe.js';
import { originOf } from '../values/origin.js';

/** Another origin where next pages may be, and what is sent there. */
export interface AllowedOrigin {
  /** Scheme, host and port: `https://cdn.example.com`. */
  readonly origin: string;
  /** Headers to send there in addition to accept, content-type and user-agent. @default none */
  readonly headers?: HeaderMap | undefined;
  /** Whether the request body is sent there. @default false */
  readonly body?: boolean | undefined;
}

const harmless = new Set(['accept', 'content-type', 'user-agent']);

/**
 * Allows requests to the origin of the request template, and to those that are listed. It always compares with the
 * template's origin, never with the last page's.
 * @returns a function that returns the request as it may be sent, or throws CrossOriginError
 */
export function originRule(
  template: PageRequest,
  allowed: readonly (string | AllowedOrigin)[],
): (request: PageRequest) => PageRequest {
  const home = template.url === undefined ? undefined : originOf(template.url);
  // Nothing after the slash that ends the authority can change the origin, so comparing text is enough for most
  // requests. Not if the authority is empty or has characters that URL parsers drop: it then extends past that slash.
  const prefix = /^https?:\/\/[^/?#\\\s]+\//i.exec(template.url ?? '')?.[0];
  const others = new Map(allowed.map((entry) => checked(entry)));

  return (request) => {
    const { url } = request;
    if (url === undefined || url === template.url || (prefix !== undefined && url.startsWith(prefix))) return request;
    const origin = originOf(url);
    if (origin === home) return request;
    const allowance = origin === undefined ? undefined : others.get(origin);
    if (!allowance)
      throw new CrossOriginError(home ?? 'a request without an origin', origin ?? 'an invalid URL', 'next');
    const own = typeof request.headers === 'object' ? Object.entries(request.headers) : [];
    const passing = Object.fromEntries(own.filter(([name]) => harmless.has(name.toLowerCase())));
    return {
      ...request,
      headers: withHeaders(passing, allowance.headers ?? {}),
      body: allowance.body === true ? request.body : undefined,
    };
  };
}

function checked(entry: string | AllowedOrigin): [string, AllowedOrigin] {
  const allowance = typeof entry === 'string' ? { origin: entry } : entry;
  const origin = /^https?:\/\//i.test(allowance.origin) ? originOf(allowance.origin) : undefined;
  if (origin === undefined)
    throw new ConfigError(`holds ${describe(allowance.origin)}; give origins like 'https://api.example.com'`, {
      of: 'paginate',
      options: ['allowOrigins'],
      value: allowance.origin,
    });
  return [origin, { ...allowance, origin }];
}
