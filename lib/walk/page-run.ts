import { type Observer, type Subscriber, Subscription, timer, type Unsubscribable } from 'rxjs';
import {
  asCallbackError,
  ConfigError,
  locate,
  PageTimeoutError,
  type PagewiseError,
  PositionExpiredError,
  type WaitingFor,
  withoutSent,
} from '../errors.js';
import { brandAttemptError, isPastEnd } from '../failure.js';
import type { Answer, Page, Position, TokenOwner } from '../page.js';
import type { PagePolicy, PageRequest, PageResponse } from '../request.js';
import { pointOf, type Step, tokenAt } from '../resume-token.js';
import type { Check, Strategy } from '../strategy.js';
import { applyPolicy, type Scope, start, Task, type Wait } from '../task.js';
import { sameJson } from '../values/compare.js';
import { detailOf } from '../values/detail.js';
import { redactRequest } from '../values/redact.js';
import { type Sent, sentBy } from '../values/sent.js';
import { longestDelay, muchTooLate } from '../values/timer.js';
import { type AdaptiveSize, sizeOf } from './adaptive-size.js';
import { type AttemptOwner, type AttemptRules, SentAttempt } from './attempt.js';
import type { WalkMemory } from './guards.js';
import { judge } from './judge.js';
import type { Lanes } from './lanes.js';
import { itemsOn, tokenTrail, type Trail } from './read-page.js';
import type { Validate } from './validate-page.js';

/** Everything that the pages of a walk have in common. */
export interface Walk<Item, P extends Position> extends AttemptRules {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly policy: PagePolicy;
  /** Called in this order. */
  readonly checks: readonly Check[];
  /** Milliseconds that a page may take, waits included. */
  readonly totalTimeout?: number | undefined;
  readonly owner: TokenOwner;
  readonly memory: WalkMemory<Item, P>;
  /** `undefined`: one page after the other. */
  readonly lanes: Lanes<Item, P, PageRun<Item, P>> | undefined;
  /** `undefined`: sizes do not change. */
  readonly adaptive: AdaptiveSize<P> | undefined;
  /** `undefined`: no schema. */
  readonly validate: Validate | undefined;
  /** Called with a page that no check has judged. @throws CheckError if it looks like a failure and ends the walk */
  readonly checkFailure: (page: Page<Item>, isEnd?: () => boolean) => void;
}

/**
 * One page in progress: policy(attempts), then read, then emitted. With concurrency it may be requested ahead of its
 * turn; then its answer or error waits here until the walk arrives. It is also the scope of its policy.
 *
 * An object, not a chain of operators: each operator would cost more than all the work that is done here.
 */
export class PageRun<Item, P extends Position> implements AttemptOwner, Observer<PageResponse>, Scope, Unsubscribable {
  attempts = 0;
  sent = 0;
  retries?: boolean;
  throttles?: boolean;
  #step: Step<P>;
  #request: PageRequest | undefined;
  /** The request with its headers, as the last attempt sent it. */
  #sent: PageRequest | undefined;
  /** The values in a request, kept for its further attempts. */
  #values!: Sent;
  #valuesOf: PageRequest | undefined;
  /** The subscription of a page that was requested ahead of its turn. */
  #ahead: Subscription | undefined;
  /** Receives the page. Set when the walk arrives. */
  #subscriber: Subscriber<Page<Item>> | undefined;
  #settled = false;
  /** The outcome of a page that settled ahead of its turn. */
  #outcome: { readonly response: PageResponse } | { readonly error: PagewiseError } | undefined;
  /** Whether the answer is past the end. */
  #ended = false;
  /** Whether only the status of the answer says that it is a page. */
  #unjudged = false;
  #deadline: Subscription | undefined;
  #waitingFor: WaitingFor = 'an answer';
  #lastError: PagewiseError | undefined;
  /** What the walk knew before this page. Kept because a schema can reject this page after it has been read. */
  #trail: Trail | undefined;

  constructor(
    private readonly walk: Walk<Item, P>,
    step: Step<P>,
  ) {
    this.#step = step;
  }

  get index(): number {
    return this.#step.index;
  }

  get position(): P {
    return this.#step.position;
  }

  /** Requests the page ahead of its turn. @param delayMs how long a rate limit holds it back */
  askAhead(request: PageRequest, delayMs: number): this {
    const life = (this.#ahead = new Subscription());
    this.#request = request;
    const ask = () => {
      try {
        life.add(this.#ask(request, life));
      } catch (error) {
        this.error(error);
      }
    };
    if (delayMs > 0) life.add(timer(delayMs).subscribe(ask));
    else ask();
    return this;
  }

  /**
   * Called when the walk arrives at the page: requests it, unless that was done ahead, and emits it to `subscriber`.
   */
  arrive(step: Step<P>, subscriber: Subscriber<Page<Item>>): Unsubscribable | undefined {
    const { memory, lanes } = this.walk;
    this.#step = step;
    this.#trail = memory.reader.trail();
    if (lanes) subscriber.add(this);
    try {
      const request = memory.place(step);
      if (subscriber.closed) return undefined; // `place` unsubscribed.
      if (lanes === undefined) {
        this.#subscriber = subscriber;
        this.#request = request;
        return this.#ask(request, subscriber);
      }
      if (this.#ahead === undefined) this.askAhead(request, lanes.pauseMs());
      if (!step.then) lanes.fill(step); // Before the answer is read: an error that a guess throws fails this page.
      this.#subscriber = subscriber;
      const outcome = this.#outcome;
      if (outcome && 'error' in outcome) this.#fail(outcome.error);
      else if (outcome) {
        if (this.#ahead) this.#startDeadline(this.#ahead); // Reading counts towards totalTimeout too.
        this.#receive(outcome.response);
      }
    } catch (error) {
      this.#subscriber = subscriber;
      this.#fail(asCallbackError('policy', error));
    }
    return undefined;
  }

  #ask(request: PageRequest, life: Subscription): Unsubscribable | undefined {
    this.#startDeadline(life);
    const attempts = new Task<PageResponse>((observer, attemptLife) => {
      this.#waitingFor = 'an answer';
      if (this.attempts > 0 && this.#isOnce()) {
        observer.error(this.#lastError ?? new ConfigError(sentBefore));
        return undefined;
      }
      return new SentAttempt(this.walk, this, ++this.attempts, observer, attemptLife).start(request);
    }, this);
    const page$ = applyPolicy(this.walk.policy, attempts);
    return life.closed ? undefined : start(page$, this, life);
  }

  #startDeadline(life: Subscription): void {
    const { totalTimeout } = this.walk;
    if (totalTimeout === undefined || totalTimeout === Infinity) return;
    const ms = Math.min(totalTimeout, longestDelay);
    const due = performance.now() + ms;
    this.#deadline = timer(ms, 0).subscribe((turn) => {
      if (turn === 0 && performance.now() - due >= muchTooLate) return; // Like startDeadline, in virtual time too.
      this.#fail(new PageTimeoutError(totalTimeout, this.#waitingFor, this.#lastError));
      this.#ahead?.unsubscribe();
    });
    life.add(this.#deadline);
  }

  accept(response: PageResponse, sent?: PageRequest): void {
    this.#sent = sent;
    let verdict;
    try {
      const { memory, strategy, checks } = this.walk;
      verdict = judge(response, this.#step.position, strategy, checks, sent, memory.setsCookie);
      memory.setsCookie ??= response.headers.get('set-cookie') !== null;
    } catch (error) {
      throw withoutSent(error as PagewiseError, this.#sentValues());
    }
    this.#ended = verdict === 'end';
    this.#unjudged = verdict === 'unjudged' && this.walk.strategy.judgesFailures !== true;
    if (typeof verdict === 'object') throw this.failed(verdict, sent);
  }

  failed(given: PagewiseError, sent?: PageRequest): PagewiseError {
    this.#sent = sent;
    const error = (this.#lastError = withoutSent(given, this.#sentValues()));
    this.#waitingFor = 'a retry';
    // If a smaller page is requested instead, policies must not retry this one.
    const fixed = !this.#step.then && this.walk.adaptive?.fixes(error, this.#step) === true;
    return fixed || this.#isOnce() ? error : brandAttemptError(error);
  }

  #sentValues(): Sent {
    const request = this.#sent ?? this.#request ?? this.walk.request;
    if (this.#valuesOf !== request) this.#values = sentBy(request, this.#step.position);
    this.#valuesOf = request;
    return this.#values;
  }

  /** Whether the page may be requested only once: the server may have moved on. The first page opens a new scroll. */
  #isOnce(): boolean {
    const { strategy } = this.walk;
    return strategy.stateful === 'once' && !sameJson(this.position, strategy.first);
  }

  wait(wait: Wait): void {
    this.#waitingFor = wait.reason === 'retry' ? 'a retry' : 'the throttle';
    this.walk.lanes?.hear(wait);
    this.walk.log.report({ type: 'wait', pageIndex: this.index, ...wait, ms: Math.ceil(wait.ms) });
  }

  notice(message: string): void {
    this.walk.log.noticeOnce(message);
  }

  next(response: PageResponse): void {
    if (this.#settled) return;
    this.#settled = true;
    if (this.#subscriber) this.#receive(response);
    else {
      this.#outcome = { response };
      this.#deadline?.unsubscribe(); // Waiting for its turn does not count towards totalTimeout.
    }
  }

  error(error: unknown): void {
    if (!this.#settled) this.#fail(asCallbackError('policy', error));
  }

  complete(): void {
    if (!this.#settled) this.error(new Error('the policy completed without an answer'));
  }

  unsubscribe(): void {
    this.#ahead?.unsubscribe();
  }

  #receive(response: PageResponse): void {
    const { validate, adaptive, strategy } = this.walk;
    try {
      const ungrown = adaptive?.ungrown(this.#step, () => itemsOn(strategy, response, this.#step.position).length);
      if (ungrown !== undefined) {
        this.#instead(ungrown);
        return;
      }
      if (validate === undefined) this.#emit(this.#read(response));
      else
        validate(
          () => this.#read(response),
          response,
          this.#ended,
          (page) => this.#emit(page),
          (error) => this.#fail(error),
        );
    } catch (error) {
      this.#fail(asCallbackError('strategy', error));
    }
  }

  #read(response: PageResponse): Page<Item> {
    const { memory, lanes, adaptive } = this.walk;
    const page = memory.reader.read(this.#step, response, this.#ended);
    if (this.#unjudged) this.walk.checkFailure(page, () => page.next === undefined || this.#endsList(page));
    lanes?.read(page);
    adaptive?.pageRead(page.items.length);
    return page;
  }

  /** Whether an empty page leads where the end of a list leads: to the next one. */
  #endsList(page: Page<Item>): boolean {
    const { strategy } = this.walk;
    if (strategy.afterEnd === undefined) return false;
    try {
      return sameJson(strategy.afterEnd(page as unknown as Answer<Item, P>), page.next);
    } catch {
      return false;
    }
  }

  #emit(page: Page<Item>): void {
    const { strategy, log } = this.walk;
    const first = page.index === 0 && page.next === undefined && !this.#ended;
    const doubt = first ? strategy.doubt?.(page as unknown as Answer<Item, P>) : undefined;
    if (doubt !== undefined) log.notice(`The walk ended at its first page: ${doubt}.`);
    log.page(page, this.walk.memory.reader.received());
    this.#subscriber?.next(page);
    this.#subscriber?.complete();
  }

  #fail(error: PagewiseError): void {
    this.#settled = true;
    this.#deadline?.unsubscribe();
    if (!this.#subscriber) {
      this.#outcome = { error };
      return;
    }
    try {
      if (this.#step.then ? this.#endsAt(error) : this.#insteadOf(error)) return;
    } catch (thrown) {
      error = asCallbackError('events', thrown); // Thrown by a listener: a notice is an event.
    }
    const { request, owner, strategy } = this.walk;
    const sent = this.#sentValues();
    this.#subscriber.error(
      locate(withoutSent(error, sent), {
        pageIndex: this.index,
        attempts: this.attempts,
        request: redactRequest(this.#request ?? request, request),
        detail: detailOf(error, sent),
        resume: strategy.stateful
          ? undefined
          : tokenAt({ ...pointOf(this.#step), ...(this.#trail && tokenTrail(this.#trail)) }, owner),
      }),
    );
  }

  /** Treats an error as the end of the list, or requests another page instead. @returns whether either was possible */
  #insteadOf(error: PagewiseError): boolean {
    return error instanceof PositionExpiredError ? this.#startOver() : this.#endsAt(error) || this.#shrink(error);
  }

  /**
   * Treats an error as the end if this page was to confirm that an empty page was the end, or if what was delivered and
   * what was skipped make up the announced total.
   * @returns whether it is the end
   */
  #endsAt(error: PagewiseError): boolean {
    const { status, response } = error as { status?: number; response?: PageResponse };
    const confirms = !this.#step.then && this.#trail?.confirms === true;
    const isEnd = confirms ? status === 400 || isPastEnd(status) : isPastEnd(status) && this.#isCounted();
    if (status === undefined || !isEnd) return false;
    this.#ended = true;
    this.#receive(response ?? { status, url: '', headers: { get: () => null }, body: undefined });
    return true;
  }

  /**
   * Whether the delivered items and the pages that were skipped reach an exact total. Only walks with skipped pages
   * request pages past their total, and only a page after the last one with items can be past it.
   */
  #isCounted(): boolean {
    const { index, itemsBefore, gaps = [] } = this.#step;
    const { total = Infinity, lastPage } = this.#trail ?? {};
    const skipped = gaps.reduce((sum, { position }) => sum + (sizeOf(position) ?? 0), 0);
    const isAhead = index > (lastPage?.index ?? index);
    return this.walk.strategy.guess !== undefined && isAhead && itemsBefore + skipped >= total;
  }

  /** Requests the same page at half its size, if it is too heavy. @returns whether it did */
  #shrink(error: PagewiseError): boolean {
    const smaller = this.walk.adaptive?.smaller(this.#step, error);
    if (smaller === undefined) return false;
    this.walk.log.notice(
      `Page ${this.index + 1} is too heavy (${error.message}): it is requested again with \`size: ${sizeOf(smaller.position)}\`.`,
    );
    this.#instead(smaller);
    return true;
  }

  /** Requests the first page instead of this one, whose position has expired. @returns whether it did */
  #startOver(): boolean {
    const first = this.walk.memory.startOver(this.#step);
    if (first === undefined) return false;
    this.walk.log.notice(
      `The position of page ${this.index + 1} has expired: the walk starts over at the first page, so items are delivered again; \`distinctItems()\` omits repeats.`,
    );
    this.#instead(first);
    return true;
  }

  #instead(step: Step<P>): void {
    if (this.#subscriber) this.#subscriber.add(runPage(this.walk, step, this.#subscriber));
  }
}

const sentBefore = 'the policy sends the request again, but the server keeps the position, so a page could be lost';

/** Runs the page that the walk arrives at: one that is already in progress, or a new one. */
export function runPage<Item, P extends Position>(
  walk: Walk<Item, P>,
  asked: Step<P>,
  subscriber: Subscriber<Page<Item>>,
): Unsubscribable | undefined {
  // A gap is requested as it was skipped: another size would leave items out, or repeat some.
  const step = (asked.then ? undefined : walk.adaptive?.grown(asked)) ?? asked;
  const run = walk.lanes?.take(step) ?? new PageRun(walk, step);
  return run.arrive(step, subscriber);
}
