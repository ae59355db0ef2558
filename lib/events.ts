import type { PagewiseError } from './errors.js';
import type { RedactedRequest } from './values/redact.js';

/** An attempt is sent. `attempt` above 1 is a retry. */
export interface RequestEvent {
  readonly type: 'request';
  readonly pageIndex: number;
  readonly attempt: number;
}

/** An attempt is over: answered, or failed. One that is given up before that has no such event. */
export interface ResponseEvent {
  readonly type: 'response';
  readonly pageIndex: number;
  readonly attempt: number;
  /** What was sent, as errors show it: no body, no query values, no secret headers. */
  readonly request: RedactedRequest;
  /** Milliseconds from sending it to the last byte of the answer, or to its failure. */
  readonly ms: number;
  /** The answer's; `undefined` where there is none. */
  readonly status: number | undefined;
  /** Length of the answer's body, decompressed; `undefined` where there is no answer, or its transport does not say. */
  readonly bytes: number | undefined;
  /** Why the attempt is no page, where it is none. */
  readonly error?: unknown;
}

/** A policy holds a request back for `ms` milliseconds. */
export interface WaitEvent {
  readonly type: 'wait';
  readonly reason: 'retry' | 'throttle';
  readonly ms: number;
  /** Whether the server has asked for a wait before a retry, or says that it is a rate limit. */
  readonly throttled?: boolean;
  /** What failed, where the wait is for a retry. */
  readonly error?: unknown;
}

/** A page is about to be emitted. */
export interface PageEvent {
  readonly type: 'page';
  readonly pageIndex: number;
  readonly items: number;
  /** How many items the API says there are in all, where its strategy reads that. */
  readonly total: number | undefined;
}

/** A page is left out, since it keeps failing and `skipFailedPages` allows that. */
export interface GapEvent {
  readonly type: 'gap';
  readonly pageIndex: number;
  /** Why; its `resume` asks for that page again. */
  readonly error: PagewiseError;
}

/** Something that a person should hear about, and that changes nothing. */
export interface NoticeEvent {
  readonly type: 'notice';
  readonly message: string;
}

/**
 * The walk is over.
 * - `last-page`: the API said so; `total` and `items` differ where rows were inserted or deleted meanwhile, or where
 *   the total counts something else
 * - `until`, `nextWhen`: stopped early by that option; `error`: failed; `unsubscribed`: the subscriber left
 */
export interface EndEvent {
  readonly type: 'end';
  readonly reason: 'last-page' | 'until' | 'nextWhen' | 'error' | 'unsubscribed';
  /** Pages and items that this run emitted. */
  readonly pages: number;
  readonly items: number;
  /** The last total that the API announced, and how many items the whole walk has had, earlier runs included. */
  readonly total: number | undefined;
  readonly received: number;
  /** The pages that this run has left out; absent where there are none. */
  readonly gaps?: readonly GapEvent[] | undefined;
  readonly error?: PagewiseError | undefined;
}

export type WalkEvent = RequestEvent | ResponseEvent | WaitEvent | PageEvent | GapEvent | NoticeEvent | EndEvent;

/** Anything that can be told: a `Subject`, or `{ next(event) { … } }`. What it throws fails the stream. */
export interface EventListener {
  next(event: WalkEvent): void;
}

/**
 * One listener out of several, which are told in this order. Where some of them throw, the others are told all the same;
 * then the first error is thrown, which fails the stream.
 *
 *     paginate(request, strategy, { events: tellAll(progress, publishEvents()) })
 */
export const tellAll = (...listeners: readonly EventListener[]): EventListener => ({
  next(event) {
    const thrown: unknown[] = [];
    for (const listener of listeners) {
      try {
        listener.next(event);
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  },
});
