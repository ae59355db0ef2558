import { from, type Observer, type Subscription, type Unsubscribable } from 'rxjs';
import type { LazyAttempt } from '../attempt.js';
import { directSend } from '../direct.js';
import { isPagewiseError, type PagewiseError, TransportError } from '../errors.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';
import { askHeaders } from './ask-headers.js';

/** @param ms that the attempt took; @param error why the attempt is no page */
export type AnswerListener = (
  attempt: LazyAttempt,
  request: PageRequest,
  ms: number,
  response: PageResponse | undefined,
  error?: unknown,
) => void;

/** How attempts are sent, whatever the page. */
export interface AttemptSender {
  readonly transport: Transport;
  /** The request as it may be sent, by the origin rule. Throws where it may not. */
  readonly allow: (request: PageRequest) => PageRequest;
  /** Called before each attempt is sent. */
  readonly onAttempt: (pageIndex: number, attempt: number) => void;
  /** Called when an attempt is over, and not where it is given up; `undefined`: nobody listens. */
  readonly onAnswer: AnswerListener | undefined;
  /** Why attempts are given up, where there is a reason. */
  readonly abortReason: () => unknown;
}

/** Whose attempt it is. */
export interface AttemptOwner {
  /** Throws where the answer is no page. */
  accept(response: PageResponse): void;
  /** The error as policies are to see it: with the brand, where they may retry it. */
  failed(error: PagewiseError): PagewiseError;
}

/**
 * One attempt under way: observes the transport, and gives the attempt up when it is unsubscribed before the answer.
 */
export class SentAttempt implements Observer<PageResponse>, Unsubscribable {
  readonly #sender: AttemptSender;
  readonly #attempt: LazyAttempt;
  readonly #owner: AttemptOwner;
  readonly #observer: Observer<PageResponse>;
  readonly #life: Subscription;
  #settled = false;
  /** The attempt within the transport, where no Observable is between. */
  #sent: Unsubscribable | undefined;
  // Where somebody listens:
  #request: PageRequest | undefined;
  #sentAt = 0;

  /** @param life of what waits for the answer: nothing is sent, and nobody asked, after its end */
  constructor(
    sender: AttemptSender,
    attempt: LazyAttempt,
    owner: AttemptOwner,
    observer: Observer<PageResponse>,
    life: Subscription,
  ) {
    this.#sender = sender;
    this.#attempt = attempt;
    this.#owner = owner;
    this.#observer = observer;
    this.#life = life;
  }

  /** @returns itself, where there is something to give up */
  start(request: PageRequest): this | undefined {
    try {
      const allowed = this.#sender.allow(request);
      const { headers } = allowed;
      if (typeof headers === 'function')
        this.#life.add(
          askHeaders(allowed, headers).subscribe({
            next: (complete) => this.#send(complete),
            error: (error: unknown) => this.#observer.error(error),
          }),
        );
      else this.#send(allowed);
    } catch (error) {
      this.#observer.error(error);
    }
    return this.#settled ? undefined : this;
  }

  #send(request: PageRequest): void {
    const { transport, onAttempt, onAnswer } = this.#sender;
    if (this.#life.closed) return;
    try {
      onAttempt(this.#attempt.pageIndex, this.#attempt.attempt);
    } catch (error) {
      this.#observer.error(error); // Without the brand: a listener that throws is not retried.
      return;
    }
    if (onAnswer) {
      this.#request = request;
      this.#sentAt = performance.now();
    }
    let answer: PageResponse | undefined;
    try {
      const send = directSend(transport);
      if (send) {
        this.#sent = send(request, this);
        return;
      }
      const given = transport(request, this.#attempt);
      // An answer that is there already needs no Observable.
      if (Array.isArray(given) && given.length > 0) answer = given[0] as PageResponse;
      else this.#life.add(from(given).subscribe(this));
    } catch (error) {
      this.error(error);
    }
    if (answer !== undefined) this.next(answer);
  }

  next(response: PageResponse): void {
    if (this.#settled) return;
    // Settled before next: take(1) tears us down inside it, and the answer is already here.
    this.#settled = true;
    if (this.#life.closed) return;
    try {
      this.#owner.accept(response);
    } catch (error) {
      this.#observer.error(this.#told(response, error));
      return;
    }
    const thrown = this.#told(response);
    if (thrown !== undefined) {
      this.#observer.error(thrown);
      return;
    }
    this.#observer.next(response);
    this.#observer.complete();
  }

  error(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    const failed = this.#owner.failed(isPagewiseError(error) ? error : new TransportError(error));
    this.#observer.error(this.#told(undefined, failed));
  }

  /** Tells the listener, where there is one. @returns the error, or without the brand what the listener has thrown */
  #told(response: PageResponse | undefined, error?: unknown): unknown {
    if (this.#request === undefined) return error; // Nobody listens, or nothing was sent.
    try {
      this.#sender.onAnswer?.(this.#attempt, this.#request, performance.now() - this.#sentAt, response, error);
    } catch (thrown) {
      return thrown;
    }
    return error;
  }

  complete(): void {
    if (!this.#settled) this.error(new Error('the transport completed without an answer'));
  }

  unsubscribe(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#attempt.abort(this.#sender.abortReason());
    this.#sent?.unsubscribe();
  }
}
