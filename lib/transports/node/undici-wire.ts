import { ResponseTooLargeError } from '../../errors.js';
import { bodiless } from '../decode-body.js';
import type { HttpRequest } from '../http-request.js';
import { type AnswerListener, type BodyListener, prematureClose, type Send, type Wire } from '../wire.js';
import { AnswerHeaders } from '../answer-headers.js';
import { acceptEncoding } from './cross-fetch-wire.js';
import { plainBodies } from './fetch-on-node.js';
import { decompress } from './decompress.js';
import { onNode } from './on-node.js';

/** Sends a request. @returns ends the connection that is being made for it alone, if there is one and it is known */
export type Dispatch = (request: UndiciRequest, handler: UndiciHandler) => (() => void) | undefined;

/**
 * A wire over undici's dispatchers, without the streams of its `request` and its `fetch`.
 * @param dispatch loads the dispatcher
 * @param maxResponseBytes the largest body, decompressed
 */
export function undiciWire(dispatch: () => Promise<Dispatch>, maxResponseBytes: number): Wire {
  const send: Send = (asked, listener) => {
    const exchange = new UndiciExchange(asked, listener, maxResponseBytes);
    // Also asynchronous when loaded: an unsubscription within the same turn sends nothing.
    dispatch().then(
      (ready) => exchange.begin(ready),
      (error: unknown) => listener.error(error),
    );
    return () => exchange.cancel();
  };
  let loaded = false;
  return {
    ...onNode,
    send: plainBodies(send),
    load: () => (loaded ? undefined : dispatch().then(() => (loaded = true))),
    headers: { 'accept-encoding': acceptEncoding, 'user-agent': 'pagewise' }, // Without it, some APIs answer 403.
  };
}

const toBytes = (body: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(body) ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength) : new Uint8Array(body);

// Half the cost of queueMicrotask.
const soon = Promise.resolve();

/** Handles what undici reports about one request. */
class UndiciExchange implements UndiciHandler {
  #cancelled = false;
  /** Ends the connection that is being made for this request. */
  #disconnect: (() => void) | undefined;
  #controller: UndiciController | undefined;
  #body: BodyListener;
  /** Bytes that are still to come, if the answer has a length. */
  #rest: number | undefined;
  /** Whether the answer has no body, whatever its headers say. */
  #isBodiless = false;
  #size = 0;

  constructor(
    private readonly request: HttpRequest,
    private readonly listener: AnswerListener,
    private readonly maxResponseBytes: number,
  ) {
    this.#body = listener;
  }

  begin(dispatch: Dispatch): void {
    if (this.#cancelled) return;
    const { origin, path, method, headers, body } = this.request;
    const request: UndiciRequest = {
      origin,
      path,
      method,
      headers,
      body: body === null || typeof body === 'string' ? body : toBytes(body as ArrayBuffer | ArrayBufferView),
      // Requests only read: pipelining them on one connection, or repeating them on another, does no harm.
      idempotent: true,
      blocking: false,
      // attemptTimeout covers both.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    try {
      this.#disconnect = dispatch(request, this);
    } catch (error) {
      this.listener.error(error);
    }
  }

  /** Cancels the request. Before it has a connection, undici can only end the connecting itself. */
  cancel(): void {
    this.#cancelled = true;
    if (this.#controller) this.#controller.abort(new Error('cancelled'));
    else this.#disconnect?.();
  }

  onRequestStart(controller: UndiciController): void {
    this.#controller = controller;
    if (this.#cancelled) controller.abort(new Error('cancelled'));
  }

  onResponseStart(_controller: UndiciController, status: number, headers: UndiciHeaders): void {
    if (status < 200) return;
    const answered = new AnswerHeaders(headers);
    const length = answered.get('content-length');
    this.#isBodiless = bodiless.has(status) || this.request.method === 'HEAD';
    if (length !== null && !this.#isBodiless) this.#rest = Number(length);
    this.#body = decompress(answered.get('content-encoding'), this.listener);
    this.listener.head(status, answered, this.request.href);
  }

  onResponseData(_controller: UndiciController, chunk: Uint8Array): void {
    if (this.#rest !== undefined) this.#rest -= chunk.byteLength;
    this.#size += chunk.byteLength;
    // Never paused: if a connection closes while undici's parser is paused, an assertion ends the process, or the end
    // of the body is lost. So data that waits for a decompressor needs a limit; compression does not double a body.
    if (this.#size > 2 * this.maxResponseBytes + 65_536)
      this.#body.error(new ResponseTooLargeError(this.maxResponseBytes));
    else this.#body.data(chunk);
  }

  // Deferred: listeners may do things that undici's parser does not support within its calls, such as closing the
  // agent.
  onResponseEnd(): void {
    // On HTTP/2, undici treats an answer that the server has aborted as complete.
    void soon.then(() => (this.#rest ? this.#body.error(prematureClose()) : this.#body.end()));
  }

  onResponseError(_controller: UndiciController | null, error: Error): void {
    void soon.then(() => (this.#isBodiless ? this.#body.end() : this.#body.error(inWords(error))));
  }
}

/** An error of undici's parser, in words that describe the answer. */
function inWords(error: Error): Error {
  const { code, message } = error as Error & { readonly code?: unknown };
  const words =
    code === 'ERR_ASSERTION'
      ? 'the answer is not valid HTTP'
      : code === 'UND_ERR_SOCKET' && message === 'bad response'
        ? 'the server sent 100 Continue without being asked, which undici does not read; use `fetchTransport()`'
        : undefined;
  return words === undefined ? error : Object.assign(new Error(words, { cause: error }), { code });
}

/** The part of undici's Dispatcher that is used. An Agent, a Pool, a ProxyAgent or a MockAgent of yours fits. */
export interface UndiciDispatcher {
  dispatch(options: UndiciRequest, handler: UndiciHandler): boolean;
}

interface UndiciRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly idempotent: boolean;
  readonly blocking: boolean;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

type UndiciHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Receives what undici reports about one request. */
interface UndiciHandler {
  onRequestStart(controller: UndiciController, context: unknown): void;
  onResponseStart(controller: UndiciController, status: number, headers: UndiciHeaders): void;
  onResponseData(controller: UndiciController, chunk: Uint8Array): void;
  onResponseEnd(controller: UndiciController, trailers: unknown): void;
  onResponseError(controller: UndiciController | null, error: Error): void;
}

interface UndiciController {
  abort(reason: Error): void;
}
