import { isPagewiseError, TransportError } from '../errors.js';
import { redactUrls } from '../values/redact.js';

/**
 * A failure of what carries requests. cross-fetch writes the URL into the message, which may hold a cursor or a key.
 * @param network whether it is one of the network for certain, though the platform gives no code for it
 */
export function networkError(error: unknown, network = false): Error {
  if (isPagewiseError(error)) return error;
  if (!(error instanceof Error) || !error.message.includes('://')) return new TransportError(error, { network });
  const { name, code } = error as { name: string; code?: unknown };
  const cause = Object.assign(new Error(redactUrls(error.message)), { name, ...(code === undefined ? {} : { code }) });
  return new TransportError(cause, { network });
}
