import type { Observer, Unsubscribable } from 'rxjs';
import { AttemptTimeoutError, RedirectError, ResponseTooLargeError } from '../errors.js';
import type { Attempt, PageResponse } from '../request.js';
import type { Deadlines, Timed } from './deadlines.js';
import { Chunks } from './chunks.js';
import { type Decode, decodeBody } from './decode-body.js';
import type { HttpRequest } from './http-request.js';
import { readText, type TextOptions } from './read-text.js';
import { type AnswerListener, type Head, prematureClose, type Wire } from './wire.js';

/** What all attempts of a transport have in common. */
export interface ExchangeRules {
  readonly wire: Wire;
  readonly deadlines: Deadlines;
  readonly maxResponseBytes: number;
  readonly maxRedirects: number;
  readonly decode: Decode;
  readonly text: TextOptions;
}

/** How many bytes of a redirect's or an error's body are read. An error's explains it, but may be megabytes of HTML. */
const enough = 64 * 1024;

// Never used: bodies come after heads.
const noHead: Head = { status: 0, headers: { get: () => null }, url: '' };

const done = /* @__PURE__ */ Promise.resolve();

/** One attempt: sends, follows redirects, reads the body, and settles once, whatever comes afterwards. */
export class Exchange implements AnswerListener, Timed, Unsubscribable {
  #settled = false;
  #request: HttpRequest;
  #abort: () => void;
  #hops = 0;
  #head: Head | undefined;
  #redirect: HttpRequest | undefined;
  #limit = 0;
  readonly #chunks = new Chunks();

  constructor(
    private readonly rules: ExchangeRules,
    private readonly observer: Observer<PageResponse>,
    request: HttpRequest,
    private readonly attempt?: Attempt,
  ) {
    this.#request = request;
    rules.deadlines.add(this);
    this.#abort = rules.wire.send(request, this);
  }

  notice(message: string): void {
    try {
      if (!this.#settled) this.attempt?.notice?.(message);
    } catch (error) {
      this.error(error); // Of a listener.
    }
  }

  head(status: number, headers: PageResponse['headers'], url: string): void {
    if (this.#settled) return;
    const { wire, maxRedirects, maxResponseBytes } = this.rules;
    this.attempt?.head?.();
    this.#head = { status, headers, url };
    try {
      this.#redirect = wire.redirect(this.#request, this.#head, this.#hops, maxRedirects);
    } catch (error) {
      this.error(error);
      return;
    }
    const ok = status >= 200 && status < 300;
    this.#limit = ok ? maxResponseBytes : this.#redirect ? enough : Math.min(enough, maxResponseBytes);
  }

  data(chunk: Uint8Array): boolean {
    if (this.#settled) return false;
    const rest = this.#limit - this.#chunks.size;
    if (chunk.byteLength > rest) {
      this.#cut(chunk.subarray(0, rest));
      return false;
    }
    this.#chunks.add(chunk);
    return true;
  }

  end(): void {
    if (this.#settled) return;
    if (this.#redirect) this.#follow(this.#redirect);
    else this.#answer();
  }

  error(error: unknown): void {
    this.#fail(this.rules.wire.toError(error));
  }

  onTimeout(timeoutMs: number): void {
    this.#fail(new AttemptTimeoutError(timeoutMs));
  }

  /** Cancels the attempt, if it has not been answered yet. */
  unsubscribe(): void {
    if (this.#settled) return;
    this.#settle();
    this.rules.deadlines.release();
    this.#abort();
  }

  #cut(last: Uint8Array): void {
    const { status } = this.#head ?? noHead;
    if (this.#redirect)
      this.#fail(
        new RedirectError(`a redirect with a body of more than ${enough} bytes; use the final URL in the request`),
      );
    else if (status >= 200 && status < 300) this.#fail(new ResponseTooLargeError(this.#limit));
    else {
      this.#chunks.add(last);
      const abort = this.#abort;
      this.#answer();
      abort(); // The rest of an error's body is useless, and leaving it unread would keep its socket.
    }
  }

  #follow(request: HttpRequest): void {
    this.#request = request;
    this.#redirect = undefined;
    this.#hops++;
    this.#chunks.take(); // The redirect's own body.
    this.#abort = this.rules.wire.send(request, this);
  }

  #answer(): void {
    const { wire, decode } = this.rules;
    const { status, headers, url } = this.#head ?? noHead;
    const bytes = this.#chunks.take();
    let response: PageResponse;
    try {
      // Written out: spreading the head costs more than reading the text.
      const { text, replaced } = readText({ status, headers }, bytes, this.rules.text, wire.toText);
      const body = decodeBody(text, { status, headers, url, bytes }, decode);
      response = { status, headers, url, body, bytes: bytes.byteLength };
      if (replaced && this.rules.text.invalidText === 'replace') response = { ...response, replacedText: true };
    } catch (error) {
      this.error(wire.isCut?.(headers, bytes) === true ? prematureClose() : error);
      return;
    }
    this.#settle(); // Before next: take(1) tears us down inside it, and an answered attempt is not aborted.
    this.observer.next(response);
    this.observer.complete();
    void done.then(this.rules.deadlines.release); // By then the next page's attempt, if any, has started.
  }

  #fail(error: Error): void {
    if (this.#settled) return;
    this.#settle();
    this.observer.error(error);
    this.rules.deadlines.release();
    this.#abort(); // An unread body would keep its socket.
  }

  #settle(): void {
    this.#settled = true;
    this.rules.deadlines.delete(this);
  }
}
