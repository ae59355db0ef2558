import { PagewiseError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { redactText } from '../values/redact.js';
import type { GrpcFailure } from './grpc-client.js';
import { readMetadata } from './read-metadata.js';
import { retryInfo } from './retry-info.js';
import { statusCode } from './status-codes.js';

/**
 * A call that ended with another status than OK. `cause` is what the client gave.
 *
 * Retried are UNAVAILABLE, RESOURCE_EXHAUSTED (as throttled), ABORTED and DEADLINE_EXCEEDED, and calls whose stream
 * was reset; not where the server forbids it by `grpc-retry-pushback-ms: -1`.
 */
export class GrpcError extends PagewiseError {
  /** The gRPC status code: 14 is UNAVAILABLE. */
  readonly code: number;
  /** The code's name, such as `'UNAVAILABLE'`. */
  readonly codeName: string;
  /** The HTTP status that means the same: 503 for UNAVAILABLE. */
  readonly status: number;
  readonly retryable: boolean;
  readonly throttled: boolean;
  /** Milliseconds that the server asks to wait in RetryInfo or `grpc-retry-pushback-ms`. */
  readonly retryAfterMs: number | undefined;
  /** What the server says; not enumerable, since it may hold secrets. */
  declare readonly details: string;
  /** The trailing metadata, where `retry-after` and its kin are; not enumerable. */
  declare readonly headers: PageResponse['headers'];

  constructor(
    /** The method that was called, such as `'ListInputs'`. */
    readonly method: string,
    failure: GrpcFailure,
  ) {
    const { code, details, metadata } = failure;
    const { name, http } = statusCode(code);
    const tooLarge = isTooLarge(failure);
    super(`${method}: ${String(code)} ${name}: ${redactText(details)}${tooLarge ? wayOut : ''}`, { cause: failure });
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
 * AIP-194 retries UNAVAILABLE only, for its clients write too. A page is only read, so we retry all that gRPC says may
 * succeed when asked again: RESOURCE_EXHAUSTED as HTTP's 429, DEADLINE_EXCEEDED as 504, ABORTED, which "should be
 * retried at a higher level", and that is us. INTERNAL, UNKNOWN and DATA_LOSS are bugs of a server or of this client
 * (a message that can't be serialised is INTERNAL): HTTP's 500 is often a proxy's word, theirs are not.
 */
const transient = new Set(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED', 'DEADLINE_EXCEEDED']);

/**
 * The stream was reset: by a proxy or a server that restarts. grpc-js makes INTERNAL of it, or CANCELLED where the peer
 * reset it with CANCEL (what we cancel ourselves never comes here); servers pass on what they saw as UNKNOWN. There is
 * nothing but the text to tell it by.
 */
const isReset = ({ code, details }: GrpcFailure): boolean =>
  code === 1 ? details === 'Call cancelled' : (code === 2 || code === 13) && details.includes('RST_STREAM');

/** RESOURCE_EXHAUSTED too, but the same message would be too large again. */
const isTooLarge = ({ code, details }: GrpcFailure): boolean => code === 8 && details.includes('larger than');

const wayOut = "; ask for smaller pages, or raise the client's grpc.max_receive_message_length";

/** gRFC A6: what is negative or can't be read means that the server wants no other attempt. */
function readPushback(value: string | null): number | 'never' | undefined {
  if (value === null) return undefined;
  return /^\d+$/.test(value) ? Number(value) : 'never';
}

function readRetryInfo({ metadata }: GrpcFailure): number | undefined {
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  return typeof bytes === 'object' ? retryInfo(bytes) : undefined;
}
