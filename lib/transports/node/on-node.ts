import { TransportError } from '../../errors.js';
import { isErrorLike, peek } from '../../values/peek.js';
import { followRedirect } from '../redirects.js';
import { networkError, prematureClose, type Wire } from '../wire.js';

/** The runtime, if it is not Node but runs code for it. */
export const otherRuntime = ['bun', 'deno'].find((name) => name in process.versions);

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

// undici's parser errors have no code. Of these, only the error of a premature end has empty `data`.
const isCutOff = (error: unknown): boolean =>
  cutOff.has(peek(error, 'code')) || (peek(error, 'name') === 'HTTPParserError' && peek(error, 'data') === '');
