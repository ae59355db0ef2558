import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { TransportError, type WalkEvent } from 'pagewise';
import { map, of, Subject, switchMap, takeWhile, timer, type Observable } from 'rxjs';
import { offline } from './trouble';

/** Why a list waits, and for how long. */
export interface Wait {
  readonly title: string;
  readonly help: string;
  /** `undefined` if nobody knows. */
  readonly seconds?: number;
}

/** Shows what a list waits for: pass `events` to the list's options. */
export function injectWait(): { readonly events: Subject<WalkEvent>; readonly wait: Signal<Wait | undefined> } {
  const events = new Subject<WalkEvent>();
  return { events, wait: toSignal(events.pipe(switchMap(waitOf))) };
}

/** The request that follows a wait ends it. */
function waitOf(event: WalkEvent): Observable<Wait | undefined> {
  if (event.type !== 'wait') return of(undefined);
  const { error, ms, throttled = false } = event;
  if (error instanceof TransportError && error.offline) return of({ title: offline[0], help: offline[1] });
  return throttled ? countDown(ms) : of(undefined);
}

/** 5, 4, 3, 2, 1. */
const countDown = (ms: number): Observable<Wait> =>
  timer(0, 1000).pipe(
    map((passed) => Math.ceil(ms / 1000) - passed),
    takeWhile((seconds) => seconds > 0),
    map((seconds) => ({ title: 'The server asks for a pause.', help: 'The list continues by itself.', seconds })),
  );
