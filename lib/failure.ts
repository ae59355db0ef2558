import { AttemptTimeoutError, CheckError, isPagewiseError, TransportError } from './errors.js';
import { peek } from './values/peek.js';

// Anything can be thrown, so values are only read through `peek`.

const statuses = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

const codes = new Set([
  'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH',
  'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ConnectionRefused', 'ConnectionReset', 'ConnectionClosed', 'FailedToOpenSocket', // Bun's own words.
  'ZlibError', 'BrotliDecompressionError', // Cut bodies on Bun.
]); // prettier-ignore

/**
 * Whether another attempt could succeed, by a fixed list of statuses and network codes (R1 in docs/promises.md), never
 * by an error's message. Looks through `cause`, up to 10 levels deep. The first status, verdict or code decides.
 * @param retryHeader name of an answer's header that overrides its status (R11): `x-should-retry: false`
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
    if (status !== undefined) return verdictOf(cause, retryHeader) ?? (status === 0 || statuses.has(status));
    const code = peek(cause, 'code');
    if (typeof code === 'string') return codes.has(code);
  }
  return network;
}

/**
 * Whether a kept-alive connection was reset before it answered: servers close idle ones, so that waiting before the next
 * attempt has no use (RFC 9112, section 9.3.1).
 */
export function isStaleConnection(error: unknown): boolean {
  for (const cause of causes(error)) if (peek(cause, 'staleConnection') === true) return true;
  return false;
}

/** Whether credentials were rejected: 401 or 403. A check's verdict does not count as a status. */
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

/** Whether the server allows another attempt; `undefined` if the header says neither `true` nor `false`. */
function verdictOf(error: object, retryHeader: string): boolean | undefined {
  const value = retryHeader === '' ? undefined : headersOf(error)?.(retryHeader)?.trim().toLowerCase();
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** An error and its causes, outermost first. */
export function* causes(error: unknown): Generator<object> {
  let cause = error;
  for (let depth = 0; depth <= 10 && typeof cause === 'object' && cause !== null; depth++) {
    yield cause;
    cause = peek(cause, 'cause');
  }
}

/**
 * The HTTP status of an error from this library or another client: `response.status`, or `status` (in Angular's
 * HttpErrorResponse, 0 is a network failure).
 */
export function statusOf(error: object): number | undefined {
  const found = peek(error, 'status') ?? peek(peek(error, 'response'), 'status');
  return typeof found === 'number' ? found : undefined;
}

/** Reads a header by its name, in any case. */
export type HeaderReader = (name: string) => string | null;

/** The headers of an answer, or of the answer inside an error, from any client. */
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

/**
 * The wait that an error asks for, by its verdict or its answer's headers, and whether it is a rate limit.
 * @param retryHint reads the headers
 */
export function hintOf(
  error: unknown,
  retryHint: (get: HeaderReader) => number | undefined,
): { readonly waitMs: number | undefined; readonly throttled: boolean } {
  let throttled = false;
  for (const cause of causes(error)) {
    const retryAfterMs = peek(cause, 'retryAfterMs');
    throttled ||= peek(cause, 'throttled') === true || statusOf(cause) === 429;
    if (typeof retryAfterMs === 'number') return { waitMs: retryAfterMs, throttled };
    const get = headersOf(cause);
    const waitMs = get && retryHint(get);
    if (waitMs !== undefined) return { waitMs, throttled };
  }
  return { waitMs: undefined, throttled };
}

// Errors of the walk's own attempts. Within Pagewise only these are retried, never what a user's operator or callback
// throws, whatever it looks like.
const ofAttempts = new WeakSet();

/** Marks an error as one that policies may retry. */
export function brandAttemptError<E extends object>(error: E): E {
  ofAttempts.add(error);
  return error;
}

export const isAttemptError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && ofAttempts.has(error);

/**
 * Whether APIs use this status to refuse a page past the end of the list. Not 400, which also means a malformed
 * request.
 */
export const isPastEnd = (status: number | undefined): boolean => status === 404 || status === 416;
