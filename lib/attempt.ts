import type { Observable } from 'rxjs';
import type { WaitEvent } from './events.js';
import type { Attempt, PagePolicy, PageResponse } from './request.js';

/**
 * What a policy can learn about the page that it is applied to. Policies are plain operators that serve outside
 * Pagewise too; there, there is no scope.
 */
export interface PolicyScope {
  /** Announces a wait, for progress and events. */
  report(event: WaitEvent): void;
}

let scope: PolicyScope | undefined;

/** Applies a policy to one page's request, within a scope that its operators find by `policyScope()` when applied. */
export function applyPolicy(
  policy: PagePolicy,
  source: Observable<PageResponse>,
  within: PolicyScope,
): Observable<PageResponse> {
  const outer = scope;
  scope = within;
  try {
    return policy(source);
  } finally {
    scope = outer;
  }
}

/** The scope of the page that a policy is being applied to; `undefined` outside Pagewise. */
export const policyScope = (): PolicyScope | undefined => scope;

// Errors of the heart's own attempts. Only these are ever retried within Pagewise, so what a user's operator or
// callback throws, whatever it looks like, is not.
const ofAttempts = new WeakSet();

export function brandAttemptError<E extends object>(error: E): E {
  ofAttempts.add(error);
  return error;
}

export const isAttemptError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && ofAttempts.has(error);

/** An attempt whose AbortController is made only for transports that look at the signal. */
export class LazyAttempt implements Attempt {
  #controller: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;

  constructor(
    readonly pageIndex: number,
    readonly attempt: number,
  ) {}

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  abort(reason?: unknown): void {
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }
}
