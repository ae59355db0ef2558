import { EMPTY, expand, mergeMap, Observable, type Subscriber, type TeardownLogic } from 'rxjs';
import type { Page, Position } from './page.js';
import type { Step } from './resume-token.js';
import type { StopCondition } from './stops/stop-condition.js';
import { holdBack, type Holds } from './walk/hold-back.js';
import { asCallbackError } from './walk/judge.js';
import { trampoline } from './walk/trampoline.js';

/** Asks for one page, and tells the subscriber of it: what `new Observable` takes, with a step before it. */
export type RequestPage<Item, P extends Position> = (
  step: Step<P>,
  subscriber: Subscriber<Page<Item>>,
) => TeardownLogic;

/** @returns whether the next page is wanted now; where it is not, `go` is called when it is */
export type Wanted = (go: () => void) => boolean;

/** What decides whether and when the walk goes on after a page. */
export interface Expansion<Item, P extends Position> extends Holds<Item> {
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
