import { Observable, type Observer, type Subscription, type Unsubscribable } from 'rxjs';
import type { WaitEvent } from './events.js';
import type { PagePolicy, PageResponse } from './request.js';

/** A wait that a policy announces; the page that it is for adds which one that is. */
export type Wait = Omit<WaitEvent, 'type' | 'pageIndex'>;

/**
 * What a policy can learn about the page that it is applied to. Policies are plain operators that serve outside
 * Pagewise too; there, there is no scope.
 */
export interface Scope {
  /** Announces a wait, for progress and events. Throws what a listener throws. */
  wait(wait: Wait): void;
}

/**
 * Starts work that reports one value, or an error, to `observer`, and stops caring when `life` is closed.
 * @returns what cancels it. The caller adds that to `life`, nobody else: an attempt ends with its own life, and a page
 * with 10,000 failed attempts holds none of them.
 */
export type Start<T> = (observer: Observer<T>, life: Subscription) => Unsubscribable | undefined;

/**
 * Work that gives one value or fails: an attempt, a throttled one, a retried one. An Observable for everybody; whoever
 * knows it starts it directly, without the subscribers that each operator would put in between.
 */
export class Task<T> extends Observable<T> {
  constructor(
    readonly start: Start<T>,
    /** Whose work it is; `undefined` outside Pagewise. */
    readonly scope: Scope | undefined,
  ) {
    super((subscriber) => start(subscriber, subscriber));
  }
}

/** Starts any source: a Task directly, everything else by subscribing to it. */
export const start = <T>(
  source: Observable<T>,
  observer: Observer<T>,
  life: Subscription,
): Unsubscribable | undefined =>
  source instanceof Task ? (source as Task<T>).start(observer, life) : source.subscribe(observer);

let applying: Scope | undefined;

/**
 * Applies a policy to one page's attempts. A user's operator in between (`tap`, `timeout`, `new Observable`) makes a
 * plain Observable, which has no scope: so it is also known while the policy is being applied, and only then.
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

/** For operators: whose attempts `source` makes. To be asked when the operator is applied. */
export const scopeOf = (source: Observable<unknown>): Scope | undefined =>
  source instanceof Task ? source.scope : applying;
