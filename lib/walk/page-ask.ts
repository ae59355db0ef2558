import { Observable, type Observer, type Subscription, type TeardownLogic } from 'rxjs';
import { applyPolicy, brandAttemptError, LazyAttempt, type PolicyScope } from '../attempt.js';
import { directAttempts } from '../direct.js';
import type { PageTimeoutError, PagewiseError } from '../errors.js';
import type { Position } from '../page.js';
import type { PagePolicy, PageRequest, PageResponse } from '../request.js';
import type { Step } from '../resume-token.js';
import type { Check } from '../strategy.js';
import { judge } from './judge.js';
import { pageDeadline, type PageDeadline } from './page-deadline.js';
import { type AttemptOwner, type AttemptSender, SentAttempt } from './sent-attempt.js';

/** How pages are asked for, whatever is in them. */
export interface Asking extends AttemptSender {
  readonly policy: PagePolicy;
  /** Asked in this order. */
  readonly checks: readonly Check[];
  readonly scope: PolicyScope;
  /** Milliseconds that a page may take, waits included. */
  readonly totalTimeout: number | undefined;
  readonly strategy: { readonly first: Position };
  /** Whether something else than another attempt mends this error. */
  readonly mends?: ((error: PagewiseError, step: Step) => boolean) | undefined;
}

/** Who waits for an answer. */
export interface AnswerObserver extends Observer<PageResponse> {
  /** The page has taken too long, whether its answer is there or not. */
  late(error: PageTimeoutError): void;
}

/** One page's answer: policy(attempt), as often as the policy attempts it. */
export class PageAsk implements AttemptOwner {
  readonly #asking: Asking;
  readonly #step: Step;
  readonly request: PageRequest;
  attempts = 0;
  /** The answer is past the end. */
  ended = false;
  /** Runs out at the page's deadline. */
  timer: Subscription | undefined;

  constructor(asking: Asking, request: PageRequest, step: Step) {
    this.#asking = asking;
    this.request = request;
    this.#step = step;
  }

  /** @param life nothing is left of it when this ends */
  start(observer: AnswerObserver, life: Subscription): TeardownLogic {
    const { policy, scope } = this.#asking;
    const deadline = this.time(observer, life);
    const attempts = deadline ? undefined : directAttempts(policy);
    if (attempts) return attempts((one, oneLife) => this.#attempt(one, oneLife), scope, observer, life);
    const attempt$ = new Observable<PageResponse>((answers) => this.#attempt(answers, answers));
    const answer$ = applyPolicy(policy, deadline?.watch(attempt$) ?? attempt$, deadline?.scope ?? scope);
    // A policy that adds nothing costs nothing.
    return answer$ === attempt$ ? this.#attempt(observer, life) : answer$.subscribe(observer);
  }

  /** The page's time begins, or begins anew. */
  time(observer: AnswerObserver, life: Subscription): PageDeadline | undefined {
    const { scope, totalTimeout } = this.#asking;
    const deadline = pageDeadline(totalTimeout, scope);
    this.timer = deadline?.start((error) => observer.late(error));
    life.add(this.timer);
    return deadline;
  }

  #attempt(observer: Observer<PageResponse>, life: Subscription): TeardownLogic {
    const attempt = new LazyAttempt(this.#step.index, ++this.attempts);
    return new SentAttempt(this.#asking, attempt, this, observer, life).start(this.request);
  }

  accept(response: PageResponse): void {
    const verdict = judge(response, this.#step.position, this.#asking.strategy.first, this.#asking.checks);
    this.ended = verdict === 'end';
    if (typeof verdict === 'object') throw this.failed(verdict);
  }

  /** Errors of attempts carry the brand that lets a policy retry them, but where a smaller page is to be asked for. */
  failed(error: PagewiseError): PagewiseError {
    return this.#asking.mends?.(error, this.#step) === true ? error : brandAttemptError(error);
  }
}
