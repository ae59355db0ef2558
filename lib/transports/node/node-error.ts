import { networkError } from '../network-error.js';
import { prematureClose } from '../read-body.js';

/** How undici and Node name an answer that is cut off, beside what R1 lists: with a length, in chunks, on HTTP/2. */
const cutOff = new Set<unknown>([
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
  'ERR_HTTP2_STREAM_ERROR',
  'UND_ERR_INFO',
]);

interface NodeError extends Error {
  readonly code?: unknown;
  /** What undici's parser stumbled over. */
  readonly data?: unknown;
}

/** A failure on Node, where codes tell what happened; that of an answer which is cut off is the same for all clients. */
export function nodeError(error: unknown): Error {
  const found = isErrorLike(error) && (isCutOff(error) || (isErrorLike(error.cause) && isCutOff(error.cause)));
  return networkError(found ? prematureClose(error) : error);
}

// undici gives its parser's errors no code; of those, only the one of an end that comes too early has nothing to show.
const isCutOff = ({ name, code, data }: NodeError): boolean =>
  cutOff.has(code) || (name === 'HTTPParserError' && data === '');

const isErrorLike = (value: unknown): value is NodeError =>
  typeof value === 'object' && value !== null && 'message' in value;
