import {
  asapScheduler,
  catchError,
  defaultIfEmpty,
  defer,
  EMPTY,
  expand,
  from,
  map,
  mergeMap,
  Observable,
  type ObservableInput,
  type Subscriber,
  take,
  type TeardownLogic,
} from 'rxjs';
import { asCallbackError, type PagewiseError } from '../errors.js';
import type { Page, Position } from '../page.js';
import type { Step } from '../resume-token.js';
import type { StopCondition } from '../stops.js';

/** Requests one page and reports it to the subscriber: the function that `new Observable` takes, plus the step. */
export type RequestPage<Item, P extends Position> = (
  step: Step<P>,
  subscriber: Subscriber<Page<Item>>,
) => TeardownLogic;

/** Asks a pull consumer. @returns whether it wants the next page now; if not, it calls `go` when it does */
export type Demand = (go: () => void) => boolean;

/** Why a walk completes. */
export type Completion = 'last-page' | 'until' | 'nextWhen';

/** What decides whether and when the walk continues after a page. */
interface Expansion<Item, P extends Position> {
  readonly first: Step<P>;
  readonly request: RequestPage<Item, P>;
  /** The step after the page that arrived last; `undefined` after the last one. */
  readonly following: () => Step<P> | undefined;
  readonly until?: StopCondition<Item> | undefined;
  readonly nextWhen?: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /** For pull consumers: after `nextWhen`, holds the next page back until they ask for it. */
  readonly demand?: Demand | undefined;
  /** Called when the walk is about to complete. */
  readonly onEnd: (reason: Completion) => void;
  /** Locates an error at the page after which it happened. */
  readonly failAfter: (page: Page<Item>, error: PagewiseError) => PagewiseError;
}

/**
 * The core: emits the first page, then expands each page into the next one. It knows neither HTTP nor how an API pages.
 *
 * Each next request is trampolined. The stack stays flat if a transport answers synchronously. A consumer that
 * unsubscribes inside `next` has done so before the next request, so `take(3)` sends three requests.
 */
export function expandPages<Item, P extends Position>(walk: Expansion<Item, P>): Observable<Page<Item>> {
  const { request, until, nextWhen, demand } = walk;

  return new Observable((subscriber) => {
    const run = { pages: 0, items: 0 };
    // Pages come one at a time: `step` is the current step, and the same Observables serve every page.
    let step = walk.first;
    let last: Page<Item>;
    const page$ = new Observable<Page<Item>>((one) => request(step, one));
    // A request that waits for demand starts on its own stack, so it needs no trampoline.
    const asked = (now$: Observable<Page<Item>>) =>
      demand
        ? new Observable<Page<Item>>((one) => {
            if (demand(() => page$.subscribe(one))) now$.subscribe(one);
          })
        : now$;
    const held$ = asked(nextWhen ? page$ : trampoline(page$));
    const next$ = nextWhen
      ? trampoline(holdBack(nextWhen).pipe(mergeMap((go) => (go ? held$ : end('nextWhen')))))
      : held$;

    /** Emits whether there is a next page, as soon as it may be requested. */
    function holdBack(notifier: (page: Page<Item>) => ObservableInput<unknown>): Observable<boolean> {
      return defer(() => from(notifier(last))).pipe(
        take(1),
        map(() => true),
        defaultIfEmpty(false), // Completed without emitting: the RxJS convention for "no more".
        catchError((error: unknown) => {
          throw walk.failAfter(last, asCallbackError('nextWhen', error));
        }),
      );
    }
    function end(reason: Completion): Observable<never> {
      walk.onEnd(reason);
      return EMPTY;
    }
    function stops(page: Page<Item>): boolean {
      try {
        return until?.(page, { ...run }) ?? false;
      } catch (error) {
        throw walk.failAfter(page, asCallbackError('until', error));
      }
    }
    function following(page: Page<Item>): Observable<Page<Item>> {
      if (subscriber.closed) return EMPTY; // Unsubscribed inside next: no more callbacks are called.
      run.pages++;
      run.items += page.items.length;
      const after = walk.following();
      if (after === undefined) return end('last-page');
      if (stops(page)) return end('until');

      step = after;
      if (nextWhen) last = page; // Otherwise the page can be garbage-collected.
      return next$;
    }

    // Concurrency 1: without it expand subscribes within next, and a synchronous source overflows the stack.
    return page$.pipe(expand(following, 1)).subscribe(subscriber);
  });
}

const now = /* @__PURE__ */ Promise.resolve();

/**
 * The same source, subscribed to in a microtask of its own. That keeps the stack flat if the source answers
 * synchronously. If the subscriber unsubscribes in the meantime, the source is not subscribed to at all.
 *
 * `asapScheduler` does the same at several times the cost of a page, but it follows the virtual time of
 * `TestScheduler.run`, as walks must. So it is used until a promise has settled, which never happens in virtual time.
 */
function trampoline<T>(source: Observable<T>): Observable<T> {
  let settled = false;
  return new Observable((subscriber) => {
    const go = () => {
      if (!subscriber.closed) source.subscribe(subscriber);
    };
    if (settled) {
      void now.then(go);
      return undefined;
    }
    void now.then(() => (settled = true));
    return asapScheduler.schedule(go);
  });
}
