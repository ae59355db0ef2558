import { defaultIfEmpty, defer, EMPTY, expand, from, map, mergeMap, Observable } from 'rxjs';
import { catchError, take, type ObservableInput } from 'rxjs';
import type { PagewiseError } from './errors.js';
import type { Page, Position } from './page.js';
import type { Step } from './resume-token.js';
import type { RunCounts, StopCondition } from './stops/stop-condition.js';
import { asCallbackError } from './walk/judge.js';
import { trampoline } from './walk/trampoline.js';

/** What decides whether and when the walk goes on after a page. */
export interface Expansion<Item, P extends Position> {
  readonly first: Step<P>;
  readonly request: (step: Step<P>) => Observable<Page<Item>>;
  readonly until?: StopCondition<Item> | undefined;
  readonly nextWhen?: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /** Pull consumers: emits when the consumer asks for the page after this one. */
  readonly demand?: ((page: Page<Item>) => Observable<unknown>) | undefined;
  /** Told why the walk is about to complete. */
  readonly onEnd: (reason: 'last-page' | 'until' | 'nextWhen') => void;
  /** Adds to an error after which page it happened. */
  readonly failAfter: (page: Page<Item>, error: PagewiseError) => PagewiseError;
}

/**
 * The heart: emits the first page, then expands each page into the next one. It knows neither HTTP nor how an API pages.
 *
 * Each next request is trampolined: the stack stays flat for transports that answer synchronously, and since whoever
 * unsubscribes inside `next` has left by then, `take(3)` sends three requests.
 */
export function expandPages<Item, P extends Position>(walk: Expansion<Item, P>): Observable<Page<Item>> {
  const { request, until, nextWhen, demand } = walk;

  return new Observable((subscriber) => {
    const bounced = trampoline();
    let run: RunCounts = { pages: 0, items: 0 };

    const end = (reason: 'last-page' | 'until' | 'nextWhen'): Observable<never> => {
      walk.onEnd(reason);
      return EMPTY;
    };
    const failed = (page: Page<Item>, callback: string) => (error: unknown) => {
      throw walk.failAfter(page, asCallbackError(callback, error));
    };
    const stops = (page: Page<Item>): boolean => {
      try {
        return until?.(page, run) ?? false;
      } catch (error) {
        return failed(page, 'until')(error);
      }
    };
    const notified = (page: Page<Item>): Observable<boolean> =>
      defer(() => from(nextWhen?.(page) ?? [true])).pipe(
        take(1),
        map(() => true),
        defaultIfEmpty(false), // Completed without emitting: the RxJS convention for "no more".
        catchError(failed(page, 'nextWhen')),
      );
    const demanded = (page: Page<Item>, step: Step<P>): Observable<Page<Item>> =>
      demand ? demand(page).pipe(mergeMap(() => request(step))) : request(step);

    function following(page: Page<Item>): Observable<Page<Item>> {
      if (subscriber.closed) return EMPTY; // It left inside next: no callback is asked any more.
      run = { pages: run.pages + 1, items: run.items + page.items.length };
      if (page.next === undefined) return end('last-page');
      if (stops(page)) return end('until');

      const itemsBefore = page.itemsBefore + page.items.length;
      const step = { position: page.next as P, index: page.index + 1, itemsBefore };
      if (!nextWhen) return bounced(demanded(page, step));
      return bounced(notified(page).pipe(mergeMap((go) => (go ? demanded(page, step) : end('nextWhen')))));
    }

    // Concurrency 1: without it expand subscribes within next, and a synchronous source overflows the stack.
    return request(walk.first).pipe(expand(following, 1)).subscribe(subscriber);
  });
}
