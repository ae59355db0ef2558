import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import { documentUrl } from '../values/origin.js';
import { redactUrl } from '../values/redact.js';

/** Where a request goes. */
export interface Target {
  readonly href: string;
  readonly origin: string;
  /** Path and query, as they go on the wire. */
  readonly path: string;
}

// What a URL's query is made of where nothing in it is to be escaped, and no fragment follows.
const plainQuery = /^[!$-&(-;=?-~]*$/;

/**
 * Reads http(s) URLs without userinfo. Those of pages mostly differ in their query only, so what stands before the last
 * one's is kept: to read it costs more than all else about a request.
 * @param place the transport's name, for errors
 * @returns a function that throws ConfigError for what never can be sent
 */
export function targetReader(place: string): (text: string | undefined) => Target {
  let last: { text: string; base: string | undefined; target: Target } | undefined;

  return (text) => {
    if (text === undefined) throw new ConfigError(`the request has no url; ${place} needs one`);
    const base = documentUrl();
    const at = text.indexOf('?');
    if (at === -1) return targetOf(checkedUrl(text, base));
    const before = text.slice(0, at);
    const query = text.slice(at);
    // White space at its end, and nothing at all, mean something else where no query follows.
    const apart = plainQuery.test(query) && before.charCodeAt(at - 1) > 0x20 && !before.includes('#');
    if (!apart) return targetOf(checkedUrl(text, base));
    if (last?.text !== before || last.base !== base)
      last = { text: before, base, target: targetOf(checkedUrl(before, base)) };
    const { href, origin, path } = last.target;
    return { href: href + query, origin, path: path + query };
  };
}

/** Of an http(s) URL without userinfo. */
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
