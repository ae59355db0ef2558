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

/** Asks for one page, and reports it to the subscriber: what `new Observable` takes, with a step before it. */
export type RequestPage<Item, P extends Position> = (
  step: Step<P>,
  subscriber: Subscriber<Page<Item>>,
) => TeardownLogic;

/** @returns whether the next page is wanted now; if not, `go` is called when it is */
export type Wanted = (go: () => void) => boolean;

/** Why a walk completes. */
export type Completion = 'last-page' | 'until' | 'nextWhen';

/** What decides whether and when the walk continues after a page. */
interface Expansion<Item, P extends Position> {
  readonly first: Step<P>;
  readonly request: RequestPage<Item, P>;
  readonly until?: StopCondition<Item> | undefined;
  readonly nextWhen?: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /** Pull consumers: holds the next page back until it is asked for, after `nextWhen`. */
  readonly wanted?: Wanted | undefined;
  /** Called when the walk is about to complete. */
  readonly onEnd: (reason: Completion) => void;
  /** Adds to an error after which page it happened. */
  readonly failAfter: (page: Page<Item>, error: PagewiseError) => PagewiseError;
}

/**
 * The heart: emits the first page, then expands each page into the next one. It knows neither HTTP nor how an API pages.
 *
 * Each next request is trampolined: the stack stays flat for transports that answer synchronously, and since whoever
 * unsubscribes inside `next` has done so by then, `take(3)` sends three requests.
 */
export function expandPages<Item, P extends Position>(walk: Expansion<Item, P>): Observable<Page<Item>> {
  const { request, until, nextWhen, wanted } = walk;

  return new Observable((subscriber) => {
    const run = { pages: 0, items: 0 };
    // Pages come one at a time: `step` is the one that is asked for, and these Observables serve all of them.
    let step = walk.first;
    let last: Page<Item>;
    const page$ = new Observable<Page<Item>>((one) => request(step, one));
    // Whoever asks later has a stack of their own.
    const asked = (now$: Observable<Page<Item>>) =>
      wanted
        ? new Observable<Page<Item>>((one) => {
            if (wanted(() => page$.subscribe(one))) now$.subscribe(one);
          })
        : now$;
    const held$ = asked(nextWhen ? page$ : trampoline(page$));
    const next$ = nextWhen
      ? trampoline(holdBack(nextWhen).pipe(mergeMap((go) => (go ? held$ : end('nextWhen')))))
      : held$;

    /** Emits whether there is to be a next page, when it may be asked for. */
    function holdBack(until: (page: Page<Item>) => ObservableInput<unknown>): Observable<boolean> {
      return defer(() => from(until(last))).pipe(
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
      if (subscriber.closed) return EMPTY; // Unsubscribed inside next: no callback is asked any more.
      run.pages++;
      run.items += page.items.length;
      if (page.next === undefined) return end('last-page');
      if (stops(page)) return end('until');

      const itemsBefore = page.itemsBefore + page.items.length;
      step = { position: page.next as P, index: page.index + 1, itemsBefore };
      if (nextWhen) last = page; // Else it is let go.
      return next$;
    }

    // Concurrency 1: without it expand subscribes within next, and a synchronous source overflows the stack.
    return page$.pipe(expand(following, 1)).subscribe(subscriber);
  });
}

const now = /* @__PURE__ */ Promise.resolve();

/**
 * The same source, subscribed to in a microtask of its own. That keeps the stack flat if it answers synchronously, and
 * an unsubscription meanwhile is respected: then the source is not subscribed to at all.
 *
 * `asapScheduler` does the same at several times the cost of a page, and is virtual within `TestScheduler.run`, as walks
 * must be there. So it is used until a promise has been heard, which never happens in virtual time.
 */
function trampoline<T>(source: Observable<T>): Observable<T> {
  let heard = false;
  return new Observable((subscriber) => {
    const go = () => {
      if (!subscriber.closed) source.subscribe(subscriber);
    };
    if (heard) {
      void now.then(go);
      return undefined;
    }
    void now.then(() => (heard = true));
    return asapScheduler.schedule(go);
  });
}
