import { from, Observable, type Observer, type Subscriber, type TeardownLogic, type Unsubscribable } from 'rxjs';
import { brandAttemptError, type LazyAttempt } from '../attempt.js';
import { isPagewiseError, TransportError } from '../errors.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';

/** How attempts are sent, whatever the page. */
export interface AttemptSender {
  readonly transport: Transport;
  /** Makes the request that is really sent for an attempt: the origin rule, rotating headers. */
  readonly prepare: (request: PageRequest) => PageRequest | Observable<PageRequest>;
  /** Called before each attempt is sent. */
  readonly onAttempt: (pageIndex: number, attempt: number) => void;
  /** Why attempts are given up, where there is a reason. */
  readonly abortReason: () => unknown;
}

/** One attempt under way: the observer of its answer. Unsubscribing gives it up, where it has not answered. */
class SentAttempt implements Observer<PageResponse>, Unsubscribable {
  readonly #sender: AttemptSender;
  readonly #attempt: LazyAttempt;
  readonly #answers: Subscriber<PageResponse>;
  readonly #accept: (response: PageResponse) => void;
  settled = false;

  constructor(
    sender: AttemptSender,
    attempt: LazyAttempt,
    answers: Subscriber<PageResponse>,
    accept: (response: PageResponse) => void,
  ) {
    this.#sender = sender;
    this.#attempt = attempt;
    this.#answers = answers;
    this.#accept = accept;
  }

  send(request: PageRequest): void {
    const { transport, onAttempt } = this.#sender;
    if (this.#answers.closed) return;
    try {
      onAttempt(this.#attempt.pageIndex, this.#attempt.attempt);
    } catch (error) {
      this.#answers.error(error); // Without the brand: a listener that throws is not retried.
      return;
    }
    try {
      const given = transport(request, this.#attempt);
      // An answer that is there already is no reason to make an Observable.
      if (Array.isArray(given) && given.length > 0) this.next(given[0] as PageResponse);
      else this.#answers.add(from(given).subscribe(this));
    } catch (error) {
      this.error(error);
    }
  }

  next(response: PageResponse): void {
    if (this.settled) return;
    // Settled before next: take(1) tears us down inside it, and the answer is already here.
    this.settled = true;
    try {
      this.#accept(response);
    } catch (error) {
      this.#answers.error(error);
      return;
    }
    this.#answers.next(response);
    this.#answers.complete();
  }

  error(error: unknown): void {
    this.settled = true;
    this.#answers.error(brandAttemptError(isPagewiseError(error) ? error : new TransportError(error)));
  }

  complete(): void {
    if (!this.settled) this.error(new Error('the transport completed without an answer'));
  }

  unsubscribe(): void {
    if (!this.settled) this.#attempt.abort(this.#sender.abortReason());
  }
}

/**
 * Sends one attempt; its errors carry the brand that lets a policy retry them.
 * @param accept throws where the answer is no page
 */
export function sendAttempt(
  sender: AttemptSender,
  request: PageRequest,
  attempt: LazyAttempt,
  answers: Subscriber<PageResponse>,
  accept: (response: PageResponse) => void,
): TeardownLogic {
  const sent = new SentAttempt(sender, attempt, answers, accept);
  try {
    const prepared = sender.prepare(request);
    if (prepared instanceof Observable)
      answers.add(
        prepared.subscribe({ next: (one) => sent.send(one), error: (error: unknown) => answers.error(error) }),
      );
    else sent.send(prepared);
  } catch (error) {
    answers.error(error);
  }
  return sent.settled ? undefined : sent;
}
