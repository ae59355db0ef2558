import { Observable, type Observer, type Subscription, type Unsubscribable } from 'rxjs';
import type { WaitEvent } from './events.js';
import type { PagePolicy, PageResponse } from './request.js';
import { subscribeWithin } from './subscribing.js';

/** A wait that a policy announces. The page adds its own index. */
export type Wait = Omit<WaitEvent, 'type' | 'pageIndex'>;

/**
 * What a policy knows about the page that it is applied to. Policies are plain operators that also work outside
 * Pagewise, where there is no scope.
 */
export interface Scope {
  /** Announces a wait, for progress and events. Throws what a listener throws. */
  wait(wait: Wait): void;
  /** How many attempts at the page have been sent. */
  readonly sent: number;
  /** Reports a message for a person, once per walk. */
  notice(message: string): void;
  /** Whether an operator that retries, or one that throttles, has already been applied. */
  retries?: boolean;
  throttles?: boolean;
}

/**
 * Starts work that reports one value or an error to `observer`, and nothing once `life`, the subscription it belongs
 * to, is closed.
 * @returns the teardown. Only the caller adds it to `life`: each attempt has a life of its own, so a page with 10,000
 * failed attempts holds none of their teardowns.
 */
export type Start<T> = (observer: Observer<T>, life: Subscription) => Unsubscribable | undefined;

/**
 * Work that yields one value or fails: an attempt, plain, throttled or retried. It is an Observable like any other.
 * Code that knows Task starts it directly, without the subscribers that each operator would add.
 */
export class Task<T> extends Observable<T> {
  constructor(
    readonly start: Start<T>,
    /** The page that the work is for; `undefined` outside Pagewise. */
    readonly scope: Scope | undefined,
  ) {
    super((subscriber) => start(subscriber, subscriber));
  }
}

/** Starts any source: a Task directly, anything else by subscribing to it within `life`. */
export const start = <T>(
  source: Observable<T>,
  observer: Observer<T>,
  life: Subscription,
): Unsubscribable | undefined =>
  source instanceof Task ? (source as Task<T>).start(observer, life) : subscribeWithin(life, source, observer);

let applying: Scope | undefined;

/**
 * Applies a policy to one page's attempts. A user's operator in between (`tap`, `timeout`, `new Observable`) makes a
 * plain Observable without a scope. That is why `scopeOf` also finds the scope while a policy is being applied, and
 * only then.
 */
export function applyPolicy(policy: PagePolicy, attempts: Task<PageResponse>): Observable<PageResponse> {
  const outer = applying;
  applying = attempts.scope;
  try {
    return policy(attempts);
  } finally {
    applying = outer;
  }
}

/** For operators: the scope of `source`. Call it when the operator is applied. */
export const scopeOf = (source: Observable<unknown>): Scope | undefined =>
  source instanceof Task ? source.scope : applying;
