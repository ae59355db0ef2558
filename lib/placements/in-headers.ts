import { ConfigError } from '../errors.js';
import { withHeaders } from '../request.js';
import type { Placement } from '../strategy.js';
import { describe } from '../values/describe.js';

/**
 * Writes parameters into headers of their names; one of the same name that the request has is replaced.
 *
 *     GET /items  ▸  inHeaders()(request, { 'x-ms-continuation': 'dG9rZW4=' })  ▸  GET /items, x-ms-continuation: dG9rZW4=
 *
 * @throws ConfigError for a name or value that no header can carry, line breaks above all (S8)
 */
export const inHeaders = (): Placement => (request, params) => ({
  ...request,
  headers: withHeaders(request.headers, Object.fromEntries(Object.entries(params).map(toHeader))),
});

function toHeader([name, value]: [name: string, value: unknown]): [name: string, value: string | undefined] {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new ConfigError(`inHeaders: ${describe(name)} is no header name`);
  if (value === undefined) return [name, undefined];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean')
    throw new ConfigError(`inHeaders: parameter ${name} can't be ${describe(value)} in a header`);
  const text = String(value);
  // The value is not shown: it is a cursor, which is a secret. Spaces at its ends would not arrive.
  if (/[^\t\x20-\x7e\x80-\xff]|^[\t ]|[\t ]$/.test(text))
    throw new ConfigError(
      `inHeaders: parameter ${name} holds what headers can't carry (a line break, a character beyond Latin-1, or spaces at its ends); write it with another placement`,
    );
  return [name, text];
}
