import {
  defer,
  from,
  map,
  Observable,
  of,
  type ObservableInput,
  type Observer,
  type Subscription,
  type Unsubscribable,
} from 'rxjs';
import { CallbackError, ConfigError, isPagewiseError, type PagewiseError, TransportError } from '../errors.js';
import {
  type Attempt,
  givenHeaders,
  type HeaderMap,
  type HeaderSource,
  isHeaders,
  type PageRequest,
  type PageResponse,
  type Transport,
} from '../request.js';
import { Task } from '../task.js';
import { reasonOf } from '../values/abort.js';
import { describe } from '../values/describe.js';
import type { WalkLog } from './walk-log.js';

/** How the attempts of any page are sent. */
export interface AttemptRules {
  readonly transport: Transport;
  /** The request as the origin rule allows it to be sent. Throws if it may not be sent. */
  readonly allow: (request: PageRequest) => PageRequest;
  readonly log: WalkLog;
  /** The caller's signal. When it aborts, attempts are cancelled with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The page that the attempt is for. */
export interface AttemptOwner {
  readonly index: number;
  /** How many attempts have reached the transport. */
  sent: number;
  /** @throws the error to report when the answer is not a page */
  accept(response: PageResponse, sent?: PageRequest): void;
  /** The error as policies see it: branded, if they may retry it. */
  failed(error: PagewiseError, sent?: PageRequest): PagewiseError;
}

/**
 * One attempt at a page, from the origin rule to the checks. It observes the transport, and cancels the attempt when it
 * is unsubscribed before the answer.
 */
export class SentAttempt implements Attempt, Observer<PageResponse>, Unsubscribable {
  readonly pageIndex: number;
  #settled = false;
  /** What is in progress: the headers, then the transport. */
  #pending: Unsubscribable | undefined;
  /** Made only for transports that read `signal`. */
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #sent: PageRequest | undefined;
  // Set only if somebody listens:
  #request: PageRequest | undefined;
  #sentAt = 0;
  #headMs: number | undefined;

  /** @param life the consumer's subscription: once it is closed, nothing is sent and no function is called */
  constructor(
    private readonly rules: AttemptRules,
    private readonly owner: AttemptOwner,
    /** 1 for the first attempt at this page. */
    readonly attempt: number,
    private readonly observer: Observer<PageResponse>,
    private readonly life: Subscription,
  ) {
    this.pageIndex = owner.index;
  }

  /** @returns itself, if there is something to cancel */
  start(request: PageRequest): this | undefined {
    try {
      const allowed = this.rules.allow(request);
      const { headers } = allowed;
      if (typeof headers === 'function') {
        const asked = askHeaders(headers).subscribe({
          next: (given) => this.#send({ ...allowed, headers: given }),
          error: (error: unknown) => this.#fail(error),
        });
        if (!asked.closed) this.#keep(asked); // Otherwise the request has been sent, and that is what can be cancelled.
      } else this.#send(allowed);
    } catch (error) {
      this.#fail(error);
    }
    return this.#settled ? undefined : this;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      if (typeof AbortController !== 'function') throw new ConfigError(noController);
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  notice(message: string): void {
    this.rules.log.noticeOnce(message);
  }

  head(): void {
    this.#headMs = performance.now() - this.#sentAt;
  }

  #send(request: PageRequest): void {
    const { transport, log } = this.rules;
    if (this.life.closed) return;
    this.#sent = request;
    try {
      log.request(this.pageIndex, this.attempt);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.life.closed) return; // The listener unsubscribed.
    if (log.answer) {
      this.#request = request;
      this.#sentAt = performance.now();
    }
    this.owner.sent++;
    try {
      this.#listen(transport(request, this));
    } catch (error) {
      this.error(error);
    }
  }

  #listen(answer: ObservableInput<PageResponse>): void {
    if (answer instanceof Task) this.#keep((answer as Task<PageResponse>).start(this, this.life));
    // An answer that is already there, or promised, needs no Observable.
    else if (Array.isArray(answer) && answer.length > 0) this.next(answer[0] as PageResponse);
    else if (answer instanceof Promise)
      answer.then(
        (response: PageResponse) => this.next(response),
        (error: unknown) => this.error(error),
      );
    else if (typeof answer === 'function') throw new ConfigError(returnsFunction);
    else this.#keep(from(answer).subscribe(this));
  }

  /** If the answer has already arrived, there is nothing to cancel, unless the transport continues after it. */
  #keep(pending: Unsubscribable | undefined): void {
    if (this.#settled) pending?.unsubscribe();
    else this.#pending = pending;
  }

  next(response: PageResponse): void {
    if (this.#settled) return;
    if (typeof response !== 'object' || response === null) {
      this.error(new Error(`the transport returned ${describe(response)}; it must return a response`));
      return;
    }
    // Settled before next: take(1) tears us down inside it, and the answer is already here.
    this.#settled = true;
    if (this.life.closed) return;
    try {
      this.owner.accept(response, this.#sent);
    } catch (error) {
      if (!this.life.closed) this.observer.error(this.#reported(response, error));
      return;
    }
    if (this.life.closed) return; // A check unsubscribed.
    const thrown = this.#reported(response);
    if (thrown !== undefined) {
      this.observer.error(thrown);
      return;
    }
    this.observer.next(response);
    this.observer.complete();
  }

  error(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    const failed = this.owner.failed(isPagewiseError(error) ? error : new TransportError(error), this.#sent);
    this.observer.error(this.#reported(undefined, failed));
  }

  complete(): void {
    if (!this.#settled) this.error(new Error('the transport completed without an answer'));
  }

  unsubscribe(): void {
    if (!this.#settled) {
      this.#settled = true;
      const { signal } = this.rules;
      const reason = signal?.aborted ? reasonOf(signal) : undefined;
      this.#aborted = { reason };
      this.#controller?.abort(reason);
    }
    this.#pending?.unsubscribe(); // A transport may continue after its answer.
  }

  /** Fails without the brand that lets a policy retry: the attempt was never sent. */
  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.observer.error(error);
  }

  /** Notifies the listener, if there is one. @returns the error, or what the listener threw, unbranded */
  #reported(response: PageResponse | undefined, error?: unknown): unknown {
    if (this.#request === undefined) return error; // Nobody listens, or nothing was sent.
    try {
      this.rules.log.answer?.(this, this.#request, performance.now() - this.#sentAt, response, error, this.#headMs);
    } catch (thrown) {
      return thrown;
    }
    return error;
  }
}

const noController =
  "this runtime has no AbortController, which the attempt's signal needs; load a polyfill of it before the walk starts";

const returnsFunction =
  'paginate: the transport returned a function instead of an answer; if a function that makes transports is passed itself, call it: transport: functionTransport(…)';

/** Calls the caller's function for the headers of one attempt. */
function askHeaders(headers: Exclude<HeaderSource, HeaderMap>): Observable<HeaderMap> {
  const failed = (error: unknown) => new CallbackError('headers', error);
  return new Observable((subscriber) =>
    defer(() => {
      const given = headers();
      return isInput(given) ? from(given) : of(given);
    })
      .pipe(map((given) => givenHeaders(headers, given)))
      .subscribe({
        next: (value) => {
          subscriber.next(value);
          subscriber.complete();
        },
        error: (error: unknown) => subscriber.error(failed(error)),
        complete: () => subscriber.error(failed(new Error('the stream completed without headers'))),
      }),
  );
}

type GivenHeaders = HeaderMap | Headers;

const isInput = (given: GivenHeaders | ObservableInput<GivenHeaders>): given is ObservableInput<GivenHeaders> =>
  !isHeaders(given) &&
  ('then' in given || 'subscribe' in given || Symbol.asyncIterator in given || Symbol.iterator in given);
