import { CrossOriginError, RedirectError } from '../errors.js';
import { originOf } from '../values/origin.js';
import { type HttpRequest, targetOf } from './http-request.js';
import type { Redirect } from './wire.js';

// One rule for all platforms (T7): this library follows redirects, hop by hop and within the origin, wherever the
// client shows them. What a client has followed invisibly is checked afterwards. Where a client hides a redirect
// (browsers and some workers: "opaque"), a bare request, without credentials and body, finds its target first.

const redirects = new Set([301, 302, 303, 307, 308]);

export const followRedirect: Redirect = (from, { status, headers, url: answered }, hops, maxRedirects) => {
  if (answered !== from.href && originOf(answered) !== from.origin)
    throw new CrossOriginError(from.origin, originOf(answered) ?? answered, 'followed');
  if (!redirects.has(status)) return undefined;
  const location = headers.get('location');
  if (location === null) throw new RedirectError(`a redirect (${String(status)}) without Location`);
  if (hops >= maxRedirects)
    throw new RedirectError(
      `more than ${String(maxRedirects)} redirects; use the final URL in the request, or raise \`maxRedirects\``,
    );
  const { protocol, host } = new URL(from.href);
  let url: URL;
  try {
    url = new URL(location, answered);
  } catch {
    throw new RedirectError(`a redirect (${String(status)}) to an invalid URL`);
  }
  // Not `origin`: a blob: URL has the origin that it names, and fetch would ask this process for it.
  if (url.protocol !== protocol || url.host !== host)
    throw new CrossOriginError(from.origin, /^https?:$/.test(url.protocol) ? url.origin : url.protocol, 'redirect');
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

/**
 * Where an opaque redirect leads.
 * @param find sends a bare GET that follows redirects. @returns the final URL
 * @throws CrossOriginError, RedirectError
 */
export async function targetOfOpaque(
  { href, origin, method }: HttpRequest,
  find: () => Promise<string>,
): Promise<string> {
  let to: string;
  try {
    to = method === 'GET' ? await find() : href;
  } catch (cause) {
    throw hidden(cause);
  }
  if (originOf(to) !== origin) throw new CrossOriginError(origin, originOf(to) ?? to, 'followed');
  if (to === href) throw hidden();
  return to;
}

const hidden = (cause?: unknown) =>
  new RedirectError("a redirect whose target the platform hides, or can't reach; use the final URL in the request", {
    cause,
  });
