import { AttemptTimeoutError, CheckError, isPagewiseError, TransportError } from './errors.js';

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
    if (isPagewiseError(cause) && 'retryable' in cause && typeof cause.retryable === 'boolean') return cause.retryable;
    if (cause instanceof TransportError) network = cause.network;
    else if (isPagewiseError(cause) && !('status' in cause)) return false;
    const status = statusOf(cause);
    if (status !== undefined) return told(cause, retryHeader) ?? (status === 0 || statuses.has(status));
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') return codes.has(code);
  }
  return network;
}

/** Whether credentials are refused: 401 or 403. A check's verdict is no status. */
export function isUnauthorized(error: unknown): boolean {
  for (const cause of causes(error)) {
    if (cause instanceof CheckError) return false;
    if (isPagewiseError(cause) && !('status' in cause) && !(cause instanceof TransportError)) return false;
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
    cause = (cause as { cause?: unknown }).cause;
  }
}

/**
 * The HTTP status that an error of this library or another client tells: `status` (Angular's HttpErrorResponse, where
 * 0 is a network failure), or `response.status`.
 */
export function statusOf(error: object): number | undefined {
  const { status, response } = error as { status?: unknown; response?: { status?: unknown } | null };
  const found = status ?? response?.status;
  return typeof found === 'number' ? found : undefined;
}

/** Reads a header, whatever its case. */
export type HeaderReader = (name: string) => string | null;

/** The headers of an answer, or of the answer within an error, whichever client made it. */
export function headersOf(value: unknown): HeaderReader | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { headers, response } = value as { headers?: unknown; response?: { headers?: unknown } | null };
  const found = headers ?? response?.headers;
  if (typeof found !== 'object' || found === null) return undefined;
  if ('get' in found && typeof found.get === 'function') {
    const { get } = found as { get(name: string): unknown };
    return (name) => asText(get.call(found, name));
  }
  return (name) => asText(Object.entries(found).find(([key]) => key.toLowerCase() === name)?.[1]);
}

const asText = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
