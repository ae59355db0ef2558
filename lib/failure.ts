import { AttemptTimeoutError, CheckError, isPagewiseError, TransportError } from './errors.js';
import { peek } from './values/peek.js';

// What is looked at here can be anything that was thrown, so it is only peeked at.

const statuses = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

const codes = new Set([
  'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH',
  'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
]); // prettier-ignore

/**
 * Whether another attempt could succeed: statuses and network codes of a fixed list (R1), never by an error's message.
 * Looks through `cause`, at most 10 deep; the first status, verdict or code found decides.
 * @param retryHeader name of the answer's header that overrules its status (R11): `x-should-retry: false`
 */
export function isRetryable(error: unknown, retryHeader = ''): boolean {
  let network = false;
  for (const cause of causes(error)) {
    if (cause instanceof AttemptTimeoutError) return true;
    const retryable = isPagewiseError(cause) ? peek(cause, 'retryable') : undefined;
    if (typeof retryable === 'boolean') return retryable;
    if (cause instanceof TransportError) network = cause.network;
    else if (isPagewiseError(cause) && peek(cause, 'status') === undefined) return false;
    const status = statusOf(cause);
    if (status !== undefined) return told(cause, retryHeader) ?? (status === 0 || statuses.has(status));
    const code = peek(cause, 'code');
    if (typeof code === 'string') return codes.has(code);
  }
  return network;
}

/** Whether credentials are refused: 401 or 403. A check's verdict is no status. */
export function isUnauthorized(error: unknown): boolean {
  for (const cause of causes(error)) {
    if (cause instanceof CheckError) return false;
    if (isPagewiseError(cause) && peek(cause, 'status') === undefined && !(cause instanceof TransportError))
      return false;
    const status = statusOf(cause);
    if (status !== undefined) return status === 401 || status === 403;
  }
  return false;
}

/** What the server says of another attempt, where it says `true` or `false`. */
function told(error: object, retryHeader: string): boolean | undefined {
  const value = retryHeader === '' ? undefined : headersOf(error)?.(retryHeader)?.trim().toLowerCase();
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** An error and what caused it, outermost first. */
export function* causes(error: unknown): Generator<object> {
  let cause = error;
  for (let depth = 0; depth <= 10 && typeof cause === 'object' && cause !== null; depth++) {
    yield cause;
    cause = peek(cause, 'cause');
  }
}

/**
 * The HTTP status that an error of this library or another client tells: `status` (Angular's HttpErrorResponse, where
 * 0 is a network failure), or `response.status`.
 */
export function statusOf(error: object): number | undefined {
  const found = peek(error, 'status') ?? peek(peek(error, 'response'), 'status');
  return typeof found === 'number' ? found : undefined;
}

/** Reads a header, whatever its case. */
export type HeaderReader = (name: string) => string | null;

/** The headers of an answer, or of the answer within an error, whichever client made it. */
export function headersOf(value: unknown): HeaderReader | undefined {
  const found = peek(value, 'headers') ?? peek(peek(value, 'response'), 'headers');
  if (typeof found !== 'object' || found === null) return undefined;
  const get = peek(found, 'get');
  const byName = typeof get === 'function' ? undefined : lowerCased(found);
  return (name) => {
    try {
      return asText(byName ? byName.get(name) : (get as HeaderReader).call(found, name));
    } catch {
      return null;
    }
  };
}

function lowerCased(headers: object): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  } catch {
    return new Map();
  }
}

const asText = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;

// Errors of the walk's own attempts. Only these are ever retried within Pagewise, so what a user's operator or callback
// throws, whatever it looks like, is not.
const ofAttempts = new WeakSet();

/** Marks an error as one that another attempt may follow. */
export function brandAttemptError<E extends object>(error: E): E {
  ofAttempts.add(error);
  return error;
}

export const isAttemptError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && ofAttempts.has(error);
