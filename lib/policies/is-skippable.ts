import { isAttemptError } from '../attempt.js';
import {
  AttemptTimeoutError,
  isPagewiseError,
  PageTimeoutError,
  ParseError,
  ResponseTooLargeError,
  TransportError,
} from '../errors.js';
import { isRetryable } from './retryable.js';

/** Refused is who asks, or how often; the next page would be refused too. */
const aboutTheCaller = new Set([401, 403, 407, 429]);

/**
 * Whether it may be the page that is at fault: an answer's status or verdict, a network failure, a timeout, a body that
 * can't be read. Never configuration, security, or what a function of the caller's throws; nor what says that nothing
 * is to be asked now: a rate limit, a used up budget, a broken circuit.
 */
export function isSkippable(error: unknown): boolean {
  if (error instanceof PageTimeoutError)
    return error.waitingFor !== 'the throttle' && (error.cause === undefined || isSkippable(error.cause));
  if (!isPagewiseError(error) || !isAttemptError(error)) return false;
  if (error instanceof TransportError) return isRetryable(error);
  if (error instanceof AttemptTimeoutError || error instanceof ParseError || error instanceof ResponseTooLargeError)
    return true;
  const { status, response, throttled } = error as {
    status?: number;
    response?: { readonly status: number };
    throttled?: boolean;
  };
  const found = status ?? response?.status; // An answer's, a verdict's, or what a gRPC code means.
  return found !== undefined && throttled !== true && !aboutTheCaller.has(found);
}
