import { peek } from '../values/peek.js';
import { isPagewiseError, TransportError } from '../errors.js';
import type { PageResponse } from '../request.js';
import type { HttpRequest } from './http-request.js';

/** Receives one answer: its head, its decompressed body in parts, then its end or a failure, and nothing after. */
export interface AnswerListener extends BodyListener {
  /** Reports a message for a person, once a walk. */
  notice?(message: string): void;
  /** @param url the URL that answered */
  head(status: number, headers: PageResponse['headers'], url: string): void;
}

export interface BodyListener {
  /** @returns whether more is wanted; if not, no further calls are needed */
  data(chunk: Uint8Array): boolean;
  end(): void;
  error(error: unknown): void;
}

/**
 * Sends one request, once: no timeout, no decoding, and no redirects if it can leave them to this library. It does not
 * throw, and calls no listener before it returns.
 * @returns a function that cancels the request and frees its connection; called again, or after the end, it does
 * nothing
 */
export type Send = (request: HttpRequest, listener: AnswerListener) => () => void;

/**
 * The request to which an answer redirects, within the same origin (T7); `undefined` if it is not a redirect.
 * @param hops how many redirects were followed before
 * @throws CrossOriginError, RedirectError
 */
export type Redirect = (from: HttpRequest, answer: Head, hops: number, maxRedirects: number) => HttpRequest | undefined;

export type Head = Pick<PageResponse, 'status' | 'headers' | 'url'>;

/** Sends single requests, and describes how it differs from other wires. */
export interface Wire {
  readonly send: Send;
  /** Loads what `send` needs; `undefined` if all is loaded. */
  readonly load?: () => Promise<unknown> | undefined;
  readonly redirect: Redirect;
  /** Headers to add if the request does not set them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Decodes UTF-8, drops a byte order mark, and replaces invalid bytes with U+FFFD. */
  readonly toText: (bytes: Uint8Array) => string;
  /**
   * Whether a body that can't be decoded ends too early, for clients that treat a truncated compressed body as
   * complete.
   */
  readonly isCut?: (headers: PageResponse['headers'], body: Uint8Array) => boolean;
  /** Turns a failure into an error: a TransportError, unless it already is one of this library's. */
  readonly toError: (error: unknown) => Error;
}

/** The error of an incomplete answer, with the name that Node's streams use. @param cause the client's own error */
export function prematureClose(cause?: { readonly message: string }): Error {
  const error = cause ? new Error(`Premature close: ${cause.message}`, { cause }) : new Error('Premature close');
  return Object.assign(error, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}

// As is-network-error has them. Not imported: browsers load that with p-retry, separately, and what both parts of a
// bundle use is in every application.
const words =
  /^(network error$|NetworkError when attempting|The Internet connection appears|Network request failed$|fetch failed$|terminated$| A network error|Failed to fetch($| \()|Load failed($| \()|error sending request for url)/;

/**
 * Whether it is a network failure for which the platform gives no code. A TypeError that is a mistake in code is none.
 */
export function isNetworkFailure(error: unknown): boolean {
  const message = peek(error, 'message');
  if (typeof message !== 'string') return false;
  return peek(error, 'name') === 'TypeError' ? words.test(message) : message.startsWith('Network connection lost'); // workerd
}

/**
 * A client's failure as an error.
 * @param network whether this is certainly a network failure, though the platform gives no code for it
 */
export const networkError = (error: unknown, network = isNetworkFailure(error)): Error =>
  isPagewiseError(error) ? error : new TransportError(error, { network });
