import { ConfigError } from '../errors.js';
import { withHeaders } from '../request.js';
import type { Placement } from '../strategy.js';
import { withoutBytes } from '../values/bytes.js';
import { describe } from '../values/describe.js';

/**
 * Writes parameters into headers of the same names; a header that the request already has is replaced.
 *
 *     GET /items  ▸  inHeaders()(request, { 'x-ms-continuation': 'dG9rZW4=' })  ▸  GET /items, x-ms-continuation: dG9rZW4=
 *
 * @throws ConfigError for a name or value that a header can't carry, especially one with line breaks (S8)
 */
export const inHeaders = (): Placement => (request, params) => ({
  ...request,
  headers: withHeaders(request.headers, Object.fromEntries(Object.entries(params).map(toHeader))),
});

function toHeader([name, given]: [name: string, value: unknown]): [name: string, value: string | undefined] {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new ConfigError(`${describe(name)} is not a valid header name`, { of: 'inHeaders' });
  const value = withoutBytes(given);
  if (value === undefined) return [name, undefined];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean')
    throw new ConfigError(`parameter ${name} is ${describe(value)}, which a header can't carry`, { of: 'inHeaders' });
  const text = String(value);
  // The value is not shown: it may be a cursor, which is a secret. Spaces at its ends would be lost.
  if (/[^\t\x20-\x7e\x80-\xff]|^[\t ]|[\t ]$/.test(text))
    throw new ConfigError(
      `parameter ${name} holds characters that a header can't carry (a line break, a character beyond Latin-1, or spaces at its ends); use another placement for ${name}`,
      { of: 'inHeaders' },
    );
  return [name, text];
}
