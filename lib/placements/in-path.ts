import { ConfigError } from '../errors.js';
import type { Placement } from '../strategy.js';
import { withoutBytes } from '../values/bytes.js';
import { describe } from '../values/describe.js';
import { redactUrl } from '../values/redact.js';
import { encode } from './query-text.js';

/**
 * Writes parameters into the URL's path, which names them: `{page}`, or `{/page}` for a whole segment that is omitted
 * if there is no value (the first page's cursor).
 *
 *     GET /items/page/{page}  ▸  inPath()(request, { page: 2 })              ▸  GET /items/page/2
 *     GET /items{/cursor}     ▸  inPath()(request, { cursor: 'a/b' })        ▸  GET /items/a%2Fb
 *
 * Values are percent-encoded, so they stay within their segment. To write a size into the query as well, see
 * `inPlaces`.
 * @throws ConfigError for a parameter that the path does not name, a name without a parameter, or a value that would
 * break out of its segment
 */
export const inPath = (): Placement => (request, params) => {
  if (request.url === undefined)
    throw new ConfigError('the request has no url to write parameters into', { of: 'inPath' });
  const [, origin = '', path = '', rest = ''] = /^([a-z]+:\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(request.url) ?? [];
  const placed = new Set<string>();
  const written = path.replace(/(?:\{|%7B)(\/?)([\w.$-]+)(?:\}|%7D)/gi, (variable, slash: string, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined && slash === '')
      throw new ConfigError(
        `there is no value for ${variable}; if the value may be missing, write {/${name}} for the whole segment`,
        { of: 'inPath' },
      );
    placed.add(name);
    return value === undefined ? '' : slash + segment(name, value);
  });
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && !placed.has(name))
      throw new ConfigError(
        `the url ${describe(redactUrl(request.url))} has no {${name}}; add {${name}} to the path, or write ${name} elsewhere with \`inPlaces()\``,
        { of: 'inPath' },
      );
  return { ...request, url: `${origin}${written}${rest}` };
};

function segment(name: string, given: unknown): string {
  const value = withoutBytes(given);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
    throw new ConfigError(`parameter ${name} is ${describe(value)}; a path takes text and numbers`, { of: 'inPath' });
  const text = String(value);
  // Percent-encoded dots are dot segments too (WHATWG URL).
  if (/^(\.|%2e){0,2}$/i.test(text))
    throw new ConfigError(`parameter ${name} is ${describe(text)}, which would lead to another path`, { of: 'inPath' });
  return encode('inPath', name, text);
}
