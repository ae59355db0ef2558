import { CrossOriginError, RedirectError, TransportError } from '../../errors.js';
import { isErrorLike, peek } from '../../values/peek.js';
import { type HttpRequest, targetOf } from '../http-request.js';
import { networkError, prematureClose, type Redirect, type Wire } from '../wire.js';

const redirects = new Set([301, 302, 303, 307, 308]);

/** Follows redirects in place of the client: each is checked before anything is sent (T7). */
const followRedirect: Redirect = (from, { status, headers }, hops, maxRedirects) => {
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

/** What all wires on Node have in common. */
export const onNode = { redirect: followRedirect, toError: nodeError, toText } as const satisfies Omit<Wire, 'send'>;

/** Like TextDecoder, in half the time. */
function toText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** The codes of undici and Node for a truncated answer, besides those of R1: with a length, in chunks, on HTTP/2. */
const cutOff = new Set<unknown>([
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
  'ERR_HTTP2_STREAM_ERROR',
  'UND_ERR_INFO',
  'Z_BUF_ERROR', // A compressed body that ends too early, although its length is right.
]);

/** The codes of Node's client and of undici for an answer whose headers are larger than Node's limit. */
const headersTooLarge = new Set<unknown>(['HPE_HEADER_OVERFLOW', 'UND_ERR_HEADERS_OVERFLOW']);

const raiseLimit =
  "; the headers of the answer are larger than Node's limit, 16 KiB by default; raise the limit: NODE_OPTIONS=--max-http-header-size=65536";

/** A failure on Node, where codes say what happened. A truncated answer has the same error with all clients. */
function nodeError(error: unknown): Error {
  if (headersTooLarge.has(peek(error, 'code')) || headersTooLarge.has(peek(peek(error, 'cause'), 'code')))
    return new TransportError(error, { hint: raiseLimit });
  const isPremature = isErrorLike(error) && (isCutOff(error) || isCutOff(peek(error, 'cause')));
  return networkError(isPremature ? prematureClose(error) : error);
}

// undici's parser errors have no code. Of these, only the error of an end that comes too early has empty `data`.
const isCutOff = (error: unknown): boolean =>
  cutOff.has(peek(error, 'code')) || (peek(error, 'name') === 'HTTPParserError' && peek(error, 'data') === '');
