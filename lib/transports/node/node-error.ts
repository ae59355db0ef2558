import { networkError } from '../network-error.js';
import { prematureClose } from '../read-body.js';

/** How undici names an answer that is cut off, apart from what R1 lists: one with a length, one in chunks. */
const cutOff = new Set<unknown>(['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'HPE_INVALID_EOF_STATE']);

/** A failure on Node, where codes tell what happened; that of an answer which is cut off is the same for all clients. */
export function nodeError(error: unknown): Error {
  const cause = codeOf(error) === undefined ? (error as { cause?: unknown } | undefined)?.cause : error;
  return networkError(cutOff.has(codeOf(cause)) ? prematureClose(error) : error);
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined | null)?.code;
