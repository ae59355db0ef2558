import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { WalkEvent } from 'pagewise';
import { map, of, Subject, switchMap, takeWhile, timer } from 'rxjs';

/**
 * Counts down the waits of a rate limited list: pass `events` to the list's options. `seconds` is 0 if the list does not
 * wait.
 */
export function injectWait(): { readonly events: Subject<WalkEvent>; readonly seconds: Signal<number> } {
  const events = new Subject<WalkEvent>();
  const seconds$ = events.pipe(
    switchMap((event) => (event.type === 'wait' && event.throttled ? countDown(event.ms) : of(0))),
  );
  return { events, seconds: toSignal(seconds$, { initialValue: 0 }) };
}

/** 5, 4, 3, 2, 1; the request that follows resets it to 0. */
const countDown = (ms: number) =>
  timer(0, 1000).pipe(
    map((passed) => Math.ceil(ms / 1000) - passed),
    takeWhile((left) => left > 0),
  );
