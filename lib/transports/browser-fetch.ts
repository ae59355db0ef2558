import { CrossOriginError, RedirectError, TransportError } from '../errors.js';
import { corsHint, originOf } from '../values/origin.js';
import type { Fetch } from './fetch-wire.js';
import { followRedirect } from './follow-redirect.js';
import type { Redirect } from './wire.js';

/** A browser's fetch that says what the browser hides of other origins: why a request failed, and headers. */
export const inBrowser =
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      // Every network failure is a TypeError, whose text differs between browsers.
      if (!(error instanceof TypeError)) throw error;
      throw new TransportError(error, { network: true, hint: corsHint(url) });
    }
    if (response.type === 'cors') Object.assign(response.headers, { hidden: true });
    return response;
  };

/**
 * A browser's fetch that sends no headers or body to another origin. Browsers follow redirects invisibly, and send
 * along everything but Authorization. So a request with headers or a body follows none; a bare one finds the target.
 */
export const carefulFetch =
  (fetch: Fetch): Fetch =>
  async (url, init = {}) => {
    const names = Object.keys(init.headers ?? {});
    if (!init.body && names.every((name) => name.toLowerCase() === 'accept')) return fetch(url, init);
    const once: RequestInit = { ...init, redirect: 'manual' };
    const response = await fetch(url, once);
    if (response.type !== 'opaqueredirect') return response;
    const to = await whereTo(fetch, url, init);
    if (originOf(to) !== originOf(url))
      throw new CrossOriginError(originOf(url) ?? url, originOf(to) ?? to, 'followed');
    const answer = await fetch(to, once);
    if (answer.type === 'opaqueredirect') throw unseen();
    return answer;
  };

async function whereTo(fetch: Fetch, url: string, { method, signal }: RequestInit): Promise<string> {
  if (method !== 'GET') throw unseen();
  try {
    const response = await fetch(url, signal ? { signal } : {});
    response.body?.cancel().catch(() => undefined);
    return response.url;
  } catch (cause) {
    throw unseen(cause);
  }
}

const unseen = (cause?: unknown) =>
  new RedirectError("a redirect whose target the browser hides, or can't reach; use the final URL in the request", {
    cause,
  });

/**
 * Browsers show a redirect only afterwards: fetch follows it, then the final URL's origin is checked (T7). Workers, Deno
 * and Bun show the redirect itself.
 */
export const checkRedirect: Redirect = (from, answer, hops, maxRedirects) => {
  const origin = originOf(answer.url);
  if (origin !== from.origin) throw new CrossOriginError(from.origin, origin ?? answer.url, 'followed');
  return followRedirect(from, answer, hops, maxRedirects);
};
