import { ConfigError } from '../errors.js';
import type { Placement } from '../strategy.js';
import { describe } from '../values/describe.js';

/**
 * Writes parameters into the URL's query string; a parameter of the same name that the URL already has is replaced,
 * the rest of the query stays as it is, byte for byte.
 *
 *     GET /inputs?q=dog  ▸  inQuery()(request, { page: 2, per_page: 20 })  ▸  GET /inputs?q=dog&page=2&per_page=20
 *
 * Values are percent-encoded (UTF-8), an array is written as one parameter for each member.
 * @throws ConfigError for a request without URL, or a value that a query can't hold
 */
export const inQuery = (): Placement => (request, params) => {
  if (request.url === undefined) throw new ConfigError('inQuery: the request has no url to write parameters into');
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(request.url) ?? [];
  const kept = query === '' ? [] : query.split('&').filter((pair) => !Object.hasOwn(params, nameOf(pair)));
  const written = Object.entries(params).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value])
      .filter((member) => member !== undefined)
      .map((member) => `${encodeName(name)}=${encodeValue(name, member)}`),
  );
  const all = [...kept, ...written];
  return { ...request, url: `${path}${all.length > 0 ? `?${all.join('&')}` : ''}${fragment}` };
};

function nameOf(pair: string): string {
  const name = pair.split('=', 1)[0]?.replaceAll('+', ' ') ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // Broken percent-encoding is kept as it is, and equals no parameter of ours.
  }
}

// `page[number]` and `$skip` are written as servers document them.
const encodeName = (name: string): string =>
  encodeURIComponent(name).replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%24', '$');

function encodeValue(name: string, value: unknown): string {
  const fits =
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isFinite(value));
  if (!fits) throw new ConfigError(`inQuery: parameter ${name} can't be ${describe(value)} in a query string`);
  return encodeURIComponent(String(value));
}
