import { Observable, type Observer, type Subscriber, type Subscription, type TeardownLogic } from 'rxjs';
import { applyPolicy, brandAttemptError, LazyAttempt, type PolicyScope } from '../attempt.js';
import { PositionExpiredError, type PagewiseError } from '../errors.js';
import type { Answer, Page, Position } from '../page.js';
import type { PagePolicy, PageRequest, PageResponse } from '../request.js';
import { tokenAt, type Step } from '../resume-token.js';
import type { Check } from '../strategy.js';
import { redactRequest } from '../values/redact.js';
import { asCallbackError, judge } from './judge.js';
import { pageDeadline } from './page-deadline.js';
import { nameItems, type PageMark } from './repeat-guard.js';
import { SentAttempt, type AttemptOwner, type AttemptSender } from './sent-attempt.js';
import type { Validate } from './validate-page.js';
import type { WalkBeginning, WalkMemory } from './walk-memory.js';

/** Everything that the pages of a walk have in common. */
export interface PageWalk<Item, P extends Position> extends AttemptSender, WalkBeginning<Item, P> {
  readonly memory: WalkMemory<Item, P>;
  readonly policy: PagePolicy;
  /** Asked in this order. */
  readonly checks: readonly Check[];
  /** `undefined`: no schema. */
  readonly validate: Validate | undefined;
  readonly scope: PolicyScope;
  /** Milliseconds that a page may take, waits included. */
  readonly totalTimeout: number | undefined;
  /** Tells a person something. */
  readonly notice: (message: string) => void;
}

/**
 * One page under way: place, policy(attempt), items, next. It observes what the policy makes of its attempts; an object
 * and not a chain of operators, each of which would cost a page more than all that it does itself.
 */
export class PageRun<Item, P extends Position> implements Observer<PageResponse>, AttemptOwner {
  readonly #walk: PageWalk<Item, P>;
  readonly #step: Step<P>;
  readonly #subscriber: Subscriber<Page<Item>>;
  /** What tells the page before this one: as of now, since a schema can fail this page after it has been read. */
  readonly #before: PageMark;
  #request: PageRequest;
  #timer: Subscription | undefined;
  #attempts = 0;
  /** The answer is past the end. */
  #ended = false;
  #settled = false;

  constructor(walk: PageWalk<Item, P>, step: Step<P>, subscriber: Subscriber<Page<Item>>) {
    this.#walk = walk;
    this.#step = step;
    this.#subscriber = subscriber;
    this.#before = walk.memory.reader.mark();
    this.#request = walk.request;
  }

  start(): TeardownLogic {
    const { memory, policy, scope, totalTimeout } = this.#walk;
    const deadline = pageDeadline(totalTimeout, scope);
    this.#timer = deadline?.start((error) => this.#fail(error));
    this.#subscriber.add(this.#timer);
    try {
      this.#request = memory.place(this.#step);
      const attempt$ = new Observable<PageResponse>((answers) => this.#attempt(answers, answers));
      const answer$ = applyPolicy(policy, deadline?.watch(attempt$) ?? attempt$, deadline?.scope ?? scope);
      // A policy that adds nothing costs nothing.
      return answer$ === attempt$ ? this.#attempt(this, this.#subscriber) : answer$.subscribe(this);
    } catch (error) {
      this.error(error);
      return undefined;
    }
  }

  #attempt(observer: Observer<PageResponse>, life: Subscription): TeardownLogic {
    const attempt = new LazyAttempt(this.#step.index, ++this.#attempts);
    return new SentAttempt(this.#walk, attempt, this, observer, life).start(this.#request);
  }

  accept(response: PageResponse): void {
    const verdict = judge(response, this.#step.position, this.#walk.strategy.first, this.#walk.checks);
    this.#ended = verdict === 'end';
    if (typeof verdict === 'object') throw brandAttemptError(verdict);
  }

  next(response: PageResponse): void {
    if (this.#settled) return;
    this.#settled = true;
    const { validate } = this.#walk;
    try {
      if (validate === undefined) this.#deliver(this.#read(response));
      else
        validate(
          () => this.#read(response),
          response,
          this.#ended,
          (page) => this.#deliver(page),
          (error) => this.#fail(error),
        );
    } catch (error) {
      this.#fail(asCallbackError('strategy', error));
    }
  }

  error(error: unknown): void {
    if (!this.#settled) this.#fail(asCallbackError('policy', error));
  }

  complete(): void {
    if (!this.#settled) this.error(new Error('it completed without an answer'));
  }

  #read(response: PageResponse): Page<Item> {
    return this.#walk.memory.reader.read(this.#step, response, this.#ended);
  }

  #deliver(page: Page<Item>): void {
    const { strategy, notice } = this.#walk;
    const first = page.index === 0 && page.next === undefined && !this.#ended;
    const doubt = first ? strategy.doubt?.(page as unknown as Answer<Item, P>) : undefined;
    if (doubt !== undefined) notice(`The walk ended at its first page: ${doubt}. If there is more, look at next.`);
    this.#subscriber.next(page);
    this.#subscriber.complete();
  }

  #fail(error: PagewiseError): void {
    this.#settled = true;
    this.#timer?.unsubscribe();
    try {
      if (error instanceof PositionExpiredError && this.#startOver()) return;
    } catch (thrown) {
      error = asCallbackError('events', thrown); // The listener's: the notice is an event.
    }
    const { request, owner } = this.#walk;
    this.#subscriber.error(
      error.locate({
        pageIndex: this.#step.index,
        attempts: this.#attempts,
        request: redactRequest(this.#request, request),
        resume: tokenAt({ ...this.#step, last: nameItems(this.#before) }, owner),
      }),
    );
  }

  /** The first page again, in the place of this one, whose position has expired. @returns whether that may be */
  #startOver(): boolean {
    const first = this.#walk.memory.startOver(this.#step);
    if (first === undefined) return false;
    this.#walk.notice(
      `The position of page ${String(this.#step.index + 1)} has expired: the walk starts over at the first page, so items come again.`,
    );
    this.#subscriber.add(new PageRun(this.#walk, first, this.#subscriber).start());
    return true;
  }
}
