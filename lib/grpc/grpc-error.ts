import { PagewiseError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { redactText } from '../values/redact.js';
import { readMetadata } from './call-metadata.js';
import type { GrpcFailure } from './grpc-client.js';

/**
 * A call that ended with a status other than OK. `cause` is the client's error.
 *
 * UNAVAILABLE, RESOURCE_EXHAUSTED (as throttled), ABORTED, DEADLINE_EXCEEDED and calls whose stream was reset are
 * retried, unless the server forbids it with `grpc-retry-pushback-ms: -1`.
 */
export class GrpcError extends PagewiseError {
  /** The gRPC status code: 14 is UNAVAILABLE. */
  readonly code: number;
  /** The code's name, such as `'UNAVAILABLE'`. */
  readonly codeName: string;
  /** The equivalent HTTP status: 503 for UNAVAILABLE. */
  readonly status: number;
  readonly retryable: boolean;
  readonly throttled: boolean;
  /** Milliseconds that the server asks to wait in RetryInfo or `grpc-retry-pushback-ms`. */
  readonly retryAfterMs: number | undefined;
  /** The server's message; not enumerable, since it may hold secrets. */
  declare readonly details: string;
  /** The trailing metadata, with `retry-after` and the like; not enumerable. */
  declare readonly headers: PageResponse['headers'];

  constructor(
    /** The method that was called, such as `'ListInputs'`. */
    readonly method: string,
    failure: GrpcFailure,
  ) {
    const { code, details, metadata } = failure;
    const { name, http } = statusCode(code);
    const tooLarge = isTooLarge(failure);
    super(`${method}: ${String(code)} ${name}: ${redactText(details)}${tooLarge ? tooLargeAdvice : ''}`, {
      cause: failure,
    });
    const pushback = readPushback(readMetadata(metadata).get('grpc-retry-pushback-ms'));
    this.code = code;
    this.codeName = name;
    this.status = http;
    this.retryable = (transient.has(name) || isReset(failure)) && !tooLarge && pushback !== 'never';
    this.throttled = name === 'RESOURCE_EXHAUSTED' && !tooLarge;
    this.retryAfterMs = typeof pushback === 'number' ? pushback : readRetryInfo(failure);
    Object.defineProperty(this, 'details', { value: details, enumerable: false });
    Object.defineProperty(this, 'headers', { value: readMetadata(metadata), enumerable: false });
  }

  override get name(): string {
    return 'GrpcError';
  }
}

/*
 * AIP-194 retries only UNAVAILABLE, because its clients also write. Pages are only read, so every code is retried that
 * may succeed next time according to the gRPC documentation: RESOURCE_EXHAUSTED like HTTP's 429, DEADLINE_EXCEEDED like
 * 504, and ABORTED, which "should be retried at a higher level", that is, here. INTERNAL, UNKNOWN and DATA_LOSS are
 * bugs in the server or the client (a message that can't be serialised is INTERNAL). HTTP's 500 often comes from a
 * proxy; these codes do not.
 */
const transient = new Set(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED', 'DEADLINE_EXCEEDED']);

/**
 * Whether the stream was reset, by a proxy or by a server that restarts. grpc-js reports this as INTERNAL, or as
 * CANCELLED if the peer used CANCEL (calls that we cancel never get here). A server whose own call was reset reports
 * that as UNKNOWN. Only the text identifies it.
 */
const isReset = ({ code, details }: GrpcFailure): boolean =>
  code === 1 ? details === 'Call cancelled' : (code === 2 || code === 13) && details.includes('RST_STREAM');

/** This is RESOURCE_EXHAUSTED too, but the same message would be too large again. */
const isTooLarge = ({ code, details }: GrpcFailure): boolean => code === 8 && details.includes('larger than');

const tooLargeAdvice = "; request smaller pages, or raise the client's grpc.max_receive_message_length";

/** gRFC A6: a value that is negative or can't be read means that the server wants no further attempt. */
function readPushback(value: string | null): number | 'never' | undefined {
  if (value === null) return undefined;
  return /^\d+$/.test(value) ? Number(value) : 'never';
}

function readRetryInfo({ metadata }: GrpcFailure): number | undefined {
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  return typeof bytes === 'object' ? retryInfo(bytes) : undefined;
}

/**
 * Milliseconds that a server asks to wait in `grpc-status-details-bin`: a google.rpc.Status whose details hold a
 * google.rpc.RetryInfo { Duration retry_delay }. `undefined` if there is none, or if it can't be read.
 */
function retryInfo(statusDetails: Uint8Array): number | undefined {
  for (const any of messages(statusDetails, 3)) {
    const [type] = messages(any, 1);
    if (!new TextDecoder().decode(type).endsWith('/google.rpc.RetryInfo')) continue;
    const [info] = messages(any, 2);
    const [delay] = messages(info, 1);
    if (delay === undefined) continue;
    const [seconds = 0] = numbers(delay, 1);
    const [nanos = 0] = numbers(delay, 2);
    const ms = Math.ceil(seconds * 1000 + nanos / 1e6);
    // A negative number is encoded as one near 2⁶⁴.
    if (seconds <= Number.MAX_SAFE_INTEGER && nanos < 1e9) return ms;
  }
  return undefined;
}

const messages = (bytes: Uint8Array | undefined, field: number): Uint8Array[] =>
  fields(bytes).flatMap(([number, value]) => (number === field && typeof value === 'object' ? [value] : []));

const numbers = (bytes: Uint8Array, field: number): number[] =>
  fields(bytes).flatMap(([number, value]) => (number === field && typeof value === 'number' ? [value] : []));

/** The fields of a protobuf message, up to the first unreadable byte. */
function fields(bytes: Uint8Array = new Uint8Array()): [number, number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType === 0) found.push([field, varint()]);
    else if (wireType === 2) {
      const length = varint();
      if (length > bytes.length - at) break;
      found.push([field, bytes.subarray(at, (at += length))]);
    } else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else break;
  }
  return found;
}

/** The name of a gRPC status code, and the equivalent HTTP status (google/rpc/code.proto). */
interface StatusCode {
  readonly name: string;
  readonly http: number;
}

const codes: readonly StatusCode[] = [
  { name: 'OK', http: 200 },
  { name: 'CANCELLED', http: 499 },
  { name: 'UNKNOWN', http: 500 },
  { name: 'INVALID_ARGUMENT', http: 400 },
  { name: 'DEADLINE_EXCEEDED', http: 504 },
  { name: 'NOT_FOUND', http: 404 },
  { name: 'ALREADY_EXISTS', http: 409 },
  { name: 'PERMISSION_DENIED', http: 403 },
  { name: 'RESOURCE_EXHAUSTED', http: 429 },
  { name: 'FAILED_PRECONDITION', http: 400 },
  { name: 'ABORTED', http: 409 },
  { name: 'OUT_OF_RANGE', http: 400 },
  { name: 'UNIMPLEMENTED', http: 501 },
  { name: 'INTERNAL', http: 500 },
  { name: 'UNAVAILABLE', http: 503 },
  { name: 'DATA_LOSS', http: 500 },
  { name: 'UNAUTHENTICATED', http: 401 },
];

/** A code that is not in the table is UNKNOWN, as gRPC requires. */
const statusCode = (code: number): StatusCode => codes[code] ?? { name: 'UNKNOWN', http: 500 };
