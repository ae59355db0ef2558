import { CrossOriginError, RedirectError } from '../errors.js';
import type { HttpRequest } from './http-request.js';
import type { Send } from './platform.js';
import { readBytes } from './read-body.js';

const maxRedirectBytes = 64 * 1024;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Sends a request and follows redirects within its origin, which Node's fetches can be told to leave to us (T7). */
export const followRedirects: Send = async (fetch, request, signal, maxRedirects) => {
  let current = request;
  for (let hops = 0; ; hops++) {
    const { url, method, headers, body } = current;
    const response = await fetch(url.href, { method, headers, body, signal, redirect: 'manual' });
    if (!redirects.has(response.status)) return { response, url: url.href };
    current = redirected(current, response, hops, maxRedirects);
    // Read to its end, so that the connection serves the next hop.
    const { cut } = await readBytes(response, maxRedirectBytes);
    if (cut) throw new RedirectError(`a redirect with a body of more than ${maxRedirectBytes} bytes`);
  }
};

function redirected(from: HttpRequest, response: Response, hops: number, maxRedirects: number): HttpRequest {
  const { status } = response;
  const location = response.headers.get('location');
  if (location === null) throw new RedirectError(`a redirect (${String(status)}) without Location`);
  if (hops >= maxRedirects)
    throw new RedirectError(
      `more than ${String(maxRedirects)} redirects; use the final URL in the request, or raise maxRedirects`,
    );
  let url: URL;
  try {
    url = new URL(location, from.url);
  } catch {
    throw new RedirectError(`a redirect (${String(status)}) to an invalid URL`);
  }
  // Not `origin`: that of a blob: URL is the one it names, and fetch would ask this process for it.
  const { protocol, host } = url;
  if (protocol !== from.url.protocol || host !== from.url.host)
    throw new CrossOriginError(from.url.origin, /^https?:$/.test(protocol) ? url.origin : protocol, 'redirect');
  if (url.username !== '' || url.password !== '')
    throw new RedirectError(`a redirect (${String(status)}) to a URL with a user name or password`);
  if (status === 303 && from.method !== 'HEAD')
    return { ...from, url, method: 'GET', body: null, headers: withoutContent(from) };
  if (from.body !== null && status < 303)
    throw new RedirectError(
      `a ${String(status)} redirect of a ${from.method} request, which would lose its body; use the final URL in the request`,
    );
  return { ...from, url };
}

const withoutContent = ({ headers }: HttpRequest) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('content-')));
