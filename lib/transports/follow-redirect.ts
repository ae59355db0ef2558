import { CrossOriginError, RedirectError } from '../errors.js';
import { type HttpRequest, targetOf } from './http-request.js';
import type { Redirect } from './wire.js';

const redirects = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);

/** Follows redirects in place of the client: each is checked before anything is sent (T7). */
export const followRedirect: Redirect = (from, { status, headers }, hops, maxRedirects) => {
  if (!redirects.has(status)) return undefined;
  const location = headers.get('location');
  if (location === null) throw new RedirectError(`a redirect (${String(status)}) without Location`);
  if (hops >= maxRedirects)
    throw new RedirectError(
      `more than ${String(maxRedirects)} redirects; use the final URL in the request, or raise maxRedirects`,
    );
  const { origin, protocol, host } = new URL(from.href);
  let url: URL;
  try {
    url = new URL(location, from.href);
  } catch {
    throw new RedirectError(`a redirect (${String(status)}) to an invalid URL`);
  }
  // Not `origin`: a blob: URL has the origin that it names, and fetch would ask this process for it.
  if (url.protocol !== protocol || url.host !== host)
    throw new CrossOriginError(origin, /^https?:$/.test(url.protocol) ? url.origin : url.protocol, 'redirect');
  if (url.username !== '' || url.password !== '')
    throw new RedirectError(`a redirect (${String(status)}) to a URL with a user name or password`);
  if (status === 303 && from.method !== 'HEAD')
    return { ...from, ...targetOf(url), method: 'GET', body: null, headers: withoutContent(from) };
  if (from.body !== null && status < 303)
    throw new RedirectError(
      `a ${String(status)} redirect of a ${from.method} request, which would lose its body; use the final URL in the request`,
    );
  return { ...from, ...targetOf(url) };
};

const withoutContent = ({ headers }: HttpRequest) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('content-')));
