import { decompress } from '../transports/node/decompress.js';
import { bodiless } from '../transports/decode-body.js';
import type { HttpRequest } from '../transports/http-request.js';
import { prematureClose } from '../transports/read-body.js';
import type { AnswerListener, BodyListener } from '../transports/wire.js';
import type { UndiciController, UndiciHandler, UndiciHeaders } from './undici-dispatcher.js';

// Half of what queueMicrotask costs.
const soon = Promise.resolve();

/** One request as undici tells of it. */
export class UndiciExchange implements UndiciHandler {
  /** Whether it was given up. */
  left = false;
  /** Ends the connection that is being made for this request. */
  disconnect: (() => void) | undefined;
  #controller: UndiciController | undefined;
  #body: BodyListener;
  /** Bytes that are still to come, where the answer says. */
  #rest: number | undefined;

  constructor(
    private readonly request: HttpRequest,
    private readonly listener: AnswerListener,
  ) {
    this.#body = listener;
  }

  /** Gives the request up. Before it has a connection, undici knows no other way than to end that. */
  leave(): void {
    this.left = true;
    if (this.#controller) this.#controller.abort(new Error('given up'));
    else this.disconnect?.();
  }

  onRequestStart(controller: UndiciController): void {
    this.#controller = controller;
    if (this.left) controller.abort(new Error('given up'));
  }

  onResponseStart(controller: UndiciController, status: number, headers: UndiciHeaders): void {
    if (status < 200) return;
    const get = (name: string) => valueOf(headers, name.toLowerCase());
    const length = get('content-length');
    if (length !== null && !bodiless.has(status) && this.request.method !== 'HEAD') this.#rest = Number(length);
    this.#body = decompress(get('content-encoding'), this.listener, controller);
    this.listener.head(status, { get }, this.request.href);
  }

  onResponseData(_controller: UndiciController, chunk: Uint8Array): void {
    if (this.#rest !== undefined) this.#rest -= chunk.byteLength;
    this.#body.data(chunk);
  }

  // Told later: what listeners do then, closing the agent for one, undici's parser does not expect within its calls.
  onResponseEnd(): void {
    // On HTTP/2, undici takes an answer for the whole that the server has given up.
    void soon.then(() => (this.#rest ? this.#body.error(prematureClose()) : this.#body.end()));
  }

  onResponseError(_controller: UndiciController | null, error: Error): void {
    void soon.then(() => this.#body.error(error));
  }
}

function valueOf(headers: UndiciHeaders, name: string): string | null {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
}
