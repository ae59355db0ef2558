import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { WalkEvent } from 'pagewise';
import { map, of, Subject, switchMap, takeWhile, timer } from 'rxjs';

/**
 * What a rate limited API makes a list wait, counted down: give `events` to the list's options. `seconds` is 0 where
 * nothing is waited for.
 */
export function injectWait(): { readonly events: Subject<WalkEvent>; readonly seconds: Signal<number> } {
  const events = new Subject<WalkEvent>();
  const seconds$ = events.pipe(
    switchMap((event) => (event.type === 'wait' && event.throttled ? countDown(event.ms) : of(0))),
  );
  return { events, seconds: toSignal(seconds$, { initialValue: 0 }) };
}

/** 5, 4, 3, 2, 1; what comes after is told by the request that is sent then. */
const countDown = (ms: number) =>
  timer(0, 1000).pipe(
    map((passed) => Math.ceil(ms / 1000) - passed),
    takeWhile((left) => left > 0),
  );
