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
import type { PagewiseError } from '../errors.js';
import type { Page, Position } from '../page.js';
import type { Step } from '../resume-token.js';
import type { StopCondition } from '../stops.js';
import { asCallbackError } from './judge.js';

/** Asks for one page, and tells the subscriber of it: what `new Observable` takes, with a step before it. */
export type RequestPage<Item, P extends Position> = (
  step: Step<P>,
  subscriber: Subscriber<Page<Item>>,
) => TeardownLogic;

/** @returns whether the next page is wanted now; where it is not, `go` is called when it is */
export type Wanted = (go: () => void) => boolean;

/** What decides whether and when the walk goes on after a page. */
interface Expansion<Item, P extends Position> extends Holds<Item> {
  readonly first: Step<P>;
  readonly request: RequestPage<Item, P>;
  readonly until?: StopCondition<Item> | undefined;
  /** Pull consumers: holds the next page back until it is asked for, after `nextWhen`. */
  readonly wanted?: Wanted | undefined;
  /** Told why the walk is about to complete. */
  readonly onEnd: (reason: 'last-page' | 'until' | 'nextWhen') => void;
}

/**
 * The heart: emits the first page, then expands each page into the next one. It knows neither HTTP nor how an API pages.
 *
 * Each next request is trampolined: the stack stays flat for transports that answer synchronously, and since whoever
 * unsubscribes inside `next` has left by then, `take(3)` sends three requests.
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
    const go$ = holdBack(walk, () => last);
    const held$ = asked(go$ ? page$ : trampoline(page$));
    const next$ = go$ ? trampoline(go$.pipe(mergeMap((go) => (go ? held$ : end('nextWhen'))))) : held$;

    function end(reason: 'last-page' | 'until' | 'nextWhen'): Observable<never> {
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
      if (subscriber.closed) return EMPTY; // It left inside next: no callback is asked any more.
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

/** What holds the request for the next page back. */
interface Holds<Item> {
  readonly nextWhen?: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /** Adds to an error after which page it happened. */
  readonly failAfter: (page: Page<Item>, error: PagewiseError) => PagewiseError;
}

/**
 * @param last the page after which the next one is held back
 * @returns emits whether there is to be a next page, when it may be asked for; `undefined` where nothing holds it back
 */
function holdBack<Item>(holds: Holds<Item>, last: () => Page<Item>): Observable<boolean> | undefined {
  const { nextWhen, failAfter } = holds;
  if (!nextWhen) return undefined;
  return defer(() => from(nextWhen(last()))).pipe(
    take(1),
    map(() => true),
    defaultIfEmpty(false), // Completed without emitting: the RxJS convention for "no more".
    catchError((error: unknown) => {
      throw failAfter(last(), asCallbackError('nextWhen', error));
    }),
  );
}

const now = Promise.resolve();

/**
 * The same source, subscribed to in a microtask of its own. That keeps the stack flat where it answers synchronously, and
 * whoever leaves meanwhile is heard: it is not subscribed to at all.
 *
 * `asapScheduler` does the same at several times the cost of a page, and is virtual within `TestScheduler.run`, as walks
 * must be there. So it has the word until a promise has been heard, which never happens in virtual time.
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
