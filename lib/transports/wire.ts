import type { PageResponse } from '../request.js';
import type { HttpRequest } from './http-request.js';

/** Hears one answer: its head, its decompressed body in parts, then its end or a failure, and nothing after these. */
export interface AnswerListener extends BodyListener {
  /** @param url that answered */
  head(status: number, headers: PageResponse['headers'], url: string): void;
}

export interface BodyListener {
  /** @returns whether more is wanted; where it is not, nothing more need be told */
  data(chunk: Uint8Array): boolean;
  end(): void;
  error(error: unknown): void;
}

/**
 * Sends one request, once: no redirects that can be left to us, no timeout, no decoding. It does not throw, and tells
 * nothing before it returns.
 * @returns gives the request up and frees its connection; called again, or after the end, it does nothing
 */
export type Send = (request: HttpRequest, listener: AnswerListener) => () => void;

/**
 * Where an answer leads instead, within the origin of what was asked (T7); `undefined` where it is no redirect.
 * @param hops how many were followed before
 * @throws CrossOriginError, RedirectError
 */
export type Redirect = (from: HttpRequest, answer: Head, hops: number, maxRedirects: number) => HttpRequest | undefined;

export type Head = Pick<PageResponse, 'status' | 'headers' | 'url'>;

/** What carries single requests, and how it differs from others. */
export interface Wire {
  readonly send: Send;
  readonly redirect: Redirect;
  /** Headers that are sent where the request has none of their names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The text of a body: UTF-8, whatever the Content-Type claims (RFC 8259 knows no other JSON), without a byte order mark. */
  readonly toText: (bytes: Uint8Array) => string;
  /** What failed, as an error: a TransportError unless it is one of this library's already. */
  readonly toError: (error: unknown) => Error;
}
