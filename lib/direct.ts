import type { Observer, Subscription, TeardownLogic, Unsubscribable } from 'rxjs';
import type { PolicyScope } from './attempt.js';
import type { PagePolicy, PageRequest, PageResponse, Transport } from './request.js';

// Between the walk and our own transports and policies there need be no Observable: to make one for each page, with the
// subscribers on both of its sides, costs a page more than what they do. Whoever else calls them gets Observables.

/** Tells an observer the outcome of one attempt, while `life` lasts. */
export type StartAttempt<T> = (observer: Observer<T>, life: Subscription) => TeardownLogic;

/** @returns gives the attempt up */
type Send = (request: PageRequest, observer: Observer<PageResponse>) => Unsubscribable;

type Attempts = <T>(
  attempt: StartAttempt<T>,
  scope: PolicyScope,
  observer: Observer<T>,
  life: Subscription,
) => TeardownLogic;

const sends = Symbol('sends');
const attempts = Symbol('attempts');

// Not enumerable: whoever wraps a transport and copies what else it has must not have it left out.
const give = <Of extends object>(of: Of, name: symbol, value: unknown): Of =>
  Object.defineProperty(of, name, { value });

export const sendsDirectly = (transport: Transport, send: Send): Transport => give(transport, sends, send);
export const attemptsDirectly = <P extends object>(policy: P, start: Attempts): P => give(policy, attempts, start);

/** How a transport sends for an observer; `undefined`: it has to be called. */
export const directSend = (transport: Transport) => (transport as { readonly [sends]?: Send })[sends];
/** How a policy attempts for an observer; `undefined`: it has to be applied. */
export const directAttempts = (policy: PagePolicy) => (policy as { readonly [attempts]?: Attempts })[attempts];
