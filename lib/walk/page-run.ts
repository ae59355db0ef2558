import type { Subscriber, TeardownLogic } from 'rxjs';
import { type PagewiseError, PositionExpiredError } from '../errors.js';
import type { Answer, Page, Position } from '../page.js';
import type { PageResponse } from '../request.js';
import { type Step, tokenAt } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { redactRequest } from '../values/redact.js';
import { type AdaptiveSize, sizeOf } from './adaptive-size.js';
import type { WalkBeginning, WalkMemory } from './guards.js';
import { asCallbackError } from './judge.js';
import type { Lanes } from './lanes.js';
import { type AnswerObserver, type Asking, PageAsk } from './page-ask.js';
import { nameItems, type PageMark } from './read-page.js';
import type { Validate } from './validate-page.js';

/** Everything that the pages of a walk have in common. */
export interface PageWalk<Item, P extends Position> extends Asking, WalkBeginning<Item, P> {
  readonly strategy: Strategy<Item, P>;
  readonly memory: WalkMemory<Item, P>;
  /** `undefined`: one page after the other. */
  readonly lanes: Lanes<Item, P> | undefined;
  /** `undefined`: sizes stay. */
  readonly adaptive: AdaptiveSize<P> | undefined;
  /** `undefined`: no schema. */
  readonly validate: Validate | undefined;
}

/**
 * One page under way: place, policy(attempt), items, next. It observes what the policy makes of its attempts; an object
 * and not a chain of operators, each of which would cost a page more than all that it does itself.
 */
export class PageRun<Item, P extends Position> implements AnswerObserver {
  readonly #walk: PageWalk<Item, P>;
  readonly #step: Step<P>;
  readonly #subscriber: Subscriber<Page<Item>>;
  /** What tells the page before this one: as of now, since a schema can fail this page after it has been read. */
  readonly #before: PageMark;
  #ask: PageAsk | undefined;
  #settled = false;

  constructor(walk: PageWalk<Item, P>, step: Step<P>, subscriber: Subscriber<Page<Item>>) {
    this.#walk = walk;
    this.#step = walk.adaptive?.grown(step) ?? step;
    this.#subscriber = subscriber;
    this.#before = walk.memory.reader.mark();
  }

  start(): TeardownLogic {
    const { memory, lanes } = this.#walk;
    try {
      const request = memory.place(this.#step);
      const lane = lanes?.take(this.#step, request);
      this.#ask = lane?.ask ?? new PageAsk(this.#walk, request, this.#step);
      return lane?.observe(this) ?? this.#ask.start(this, this.#subscriber);
    } catch (error) {
      this.error(error);
      return undefined;
    }
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
          this.#ask?.ended === true,
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

  late(error: PagewiseError): void {
    this.#fail(error);
  }

  complete(): void {
    if (!this.#settled) this.error(new Error('it completed without an answer'));
  }

  #read(response: PageResponse): Page<Item> {
    const { memory, lanes, adaptive } = this.#walk;
    const page = memory.reader.read(this.#step, response, this.#ask?.ended === true);
    lanes?.read(page);
    adaptive?.pageRead();
    return page;
  }

  #deliver(page: Page<Item>): void {
    const { strategy, notice } = this.#walk;
    const first = page.index === 0 && page.next === undefined && this.#ask?.ended !== true;
    const doubt = first ? strategy.doubt?.(page as unknown as Answer<Item, P>) : undefined;
    if (doubt !== undefined) notice(`The walk ended at its first page: ${doubt}. If there is more, look at next.`);
    this.#subscriber.next(page);
    this.#subscriber.complete();
  }

  #fail(error: PagewiseError): void {
    this.#settled = true;
    this.#ask?.timer?.unsubscribe();
    try {
      if (error instanceof PositionExpiredError ? this.#startOver() : this.#shrink(error)) return;
    } catch (thrown) {
      error = asCallbackError('events', thrown); // The listener's: the notice is an event.
    }
    const { request, owner } = this.#walk;
    this.#subscriber.error(
      error.locate({
        pageIndex: this.#step.index,
        attempts: this.#ask?.attempts ?? 0,
        request: redactRequest(this.#ask?.request ?? request, request),
        resume: tokenAt({ ...this.#step, last: nameItems(this.#before) }, owner),
      }),
    );
  }

  /** The same page in half its size, where it is too heavy. @returns whether that may be */
  #shrink(error: PagewiseError): boolean {
    const smaller = this.#walk.adaptive?.smaller(this.#step, error);
    if (smaller === undefined) return false;
    this.#walk.notice(
      `Page ${String(this.#step.index + 1)} is too heavy (${error.message}): it is asked for again with a size of ${String(sizeOf(smaller.position))}.`,
    );
    this.#subscriber.add(new PageRun(this.#walk, smaller, this.#subscriber).start());
    return true;
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
