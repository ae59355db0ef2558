import { isPagewiseError, TransportError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { isErrorLike, peek } from '../values/peek.js';
import { redactUrls } from '../values/redact.js';
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

/** A body as fetch gives it: a web stream, or a Node stream (node-fetch 2). */
type Body = ReadableStream<Uint8Array> | NodeStream | null;

interface NodeStream {
  on(event: 'data', listener: (chunk: Uint8Array) => void): this;
  on(event: 'end' | 'close', listener: () => void): this;
  on(event: 'error', listener: (error: unknown) => void): this;
  destroy(): unknown;
}

/** Tells a body, until there is enough of it; then its connection is freed. */
export async function readBody(response: Response, listener: BodyListener): Promise<void> {
  const body = response.body as Body;
  if (body === null) listener.end();
  else if ('getReader' in body) await readWebStream(body, listener);
  else readNodeStream(body, listener);
}

async function readWebStream(body: ReadableStream<Uint8Array>, listener: BodyListener): Promise<void> {
  const bytes = body.getReader();
  for (;;) {
    const { done, value } = await bytes.read();
    if (done) {
      listener.end();
      return;
    }
    if (!listener.data(value)) {
      // Not awaited: a server that goes on sending would keep us here.
      bytes.cancel().catch(() => undefined);
      return;
    }
  }
}

function readNodeStream(body: NodeStream, listener: BodyListener): void {
  let ended = false;
  body.on('data', (chunk) => {
    if (!listener.data(chunk)) body.destroy();
  });
  body.on('end', () => {
    ended = true;
    listener.end();
  });
  body.on('error', (error) => {
    ended = true;
    listener.error(error);
  });
  body.on('close', () => {
    // Made only where it is told: it costs more than the rest of the reading.
    if (!ended) listener.error(prematureClose());
  });
}

/** The error of an answer that is not complete, as Node's streams name it. @param cause how the client names it */
export function prematureClose(cause?: { readonly message: string }): Error {
  const error = cause ? new Error(`Premature close: ${cause.message}`, { cause }) : new Error('Premature close');
  return Object.assign(error, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}

/**
 * A failure of what carries requests. cross-fetch writes the URL into the message, which may hold a cursor or a key.
 * @param network whether it is one of the network for certain, though the platform gives no code for it
 */
export function networkError(error: unknown, network = false): Error {
  if (isPagewiseError(error)) return error;
  if (!isErrorLike(error) || !error.message.includes('://')) return new TransportError(error, { network });
  const code = peek(error, 'code');
  const cause = Object.assign(new Error(redactUrls(error.message)), {
    name: error.name,
    ...(code === undefined ? {} : { code }),
  });
  return new TransportError(cause, { network });
}
