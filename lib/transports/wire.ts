import { isPagewiseError, TransportError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { isErrorLike, peek } from '../values/peek.js';
import { redactUrls } from '../values/redact.js';
import type { HttpRequest } from './http-request.js';

/** Receives one answer: its head, its decompressed body in parts, then its end or a failure, and nothing after. */
export interface AnswerListener extends BodyListener {
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
 * @returns cancels the request and frees its connection; called again, or after the end, it does nothing
 */
export type Send = (request: HttpRequest, listener: AnswerListener) => () => void;

/**
 * The request to which an answer redirects, within the same origin (T7); `undefined` if it is not a redirect.
 * @param hops how many redirects were followed before
 * @throws CrossOriginError, RedirectError
 */
export type Redirect = (from: HttpRequest, answer: Head, hops: number, maxRedirects: number) => HttpRequest | undefined;

export type Head = Pick<PageResponse, 'status' | 'headers' | 'url'>;

/** Carries single requests, and says how it differs from other wires. */
export interface Wire {
  readonly send: Send;
  readonly redirect: Redirect;
  /** Headers to add if the request does not set them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Reads UTF-8 without a byte order mark, and with U+FFFD in the place of what is not valid. */
  readonly toText: (bytes: Uint8Array) => string;
  /** Whether a body that can't be decoded ends too early, for clients that take a truncated compressed one for complete. */
  readonly isCut?: (headers: PageResponse['headers'], body: Uint8Array) => boolean;
  /** What the walk is to report, once. */
  readonly notice?: () => string | undefined;
  /** Turns a failure into an error: a TransportError, unless it already is one of this library's. */
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

/** Passes a body to the listener until that has enough; then its connection is freed. */
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
      // Not awaited: a server that keeps sending would block this.
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
    // Made only when needed: it costs more than the rest of the reading.
    if (!ended) listener.error(prematureClose());
  });
}

/** The error of an incomplete answer, named as by Node's streams. @param cause how the client names it */
export function prematureClose(cause?: { readonly message: string }): Error {
  const error = cause ? new Error(`Premature close: ${cause.message}`, { cause }) : new Error('Premature close');
  return Object.assign(error, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}

/**
 * A client's failure as an error. URLs in its message are redacted: cross-fetch writes them, with cursors and keys.
 * @param network whether this is certainly a network failure, though the platform gives no code for it
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
