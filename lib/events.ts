import type { PagewiseError } from './errors.js';
import type { PageRequest, PageResponse } from './request.js';
import type { RedactedRequest } from './values/redact.js';

/** An attempt is sent. `attempt` above 1 is a retry. */
export interface RequestEvent {
  readonly type: 'request';
  readonly pageIndex: number;
  readonly attempt: number;
}

/** An attempt is over: answered or failed. An attempt that is cancelled before that has no such event. */
export interface ResponseEvent {
  readonly type: 'response';
  readonly pageIndex: number;
  readonly attempt: number;
  /** What was sent, redacted as in errors: no body, no query values, no secret headers. */
  readonly request: RedactedRequest;
  /** Milliseconds from sending the request to the last byte of the answer, or to the failure. */
  readonly ms: number;
  /**
   * Milliseconds from sending the request to the head of the answer, redirects included; `undefined` if none arrived or
   * the transport does not report it.
   */
  readonly headMs: number | undefined;
  /** HTTP status of the answer; `undefined` if there is none. */
  readonly status: number | undefined;
  /**
   * Length of the answer's body, decompressed; `undefined` if there is no answer or the transport does not report it.
   */
  readonly bytes: number | undefined;
  /** Why the attempt did not yield a page, if it did not. */
  readonly error?: unknown;
}

/** A policy holds a request back for `ms` milliseconds. */
export interface WaitEvent {
  readonly type: 'wait';
  /** The page that waits. */
  readonly pageIndex: number;
  readonly reason: 'retry' | 'throttle';
  /** Whole milliseconds, rounded up. */
  readonly ms: number;
  /** Whether the server asked for a wait before this retry, or reported a rate limit. */
  readonly throttled?: boolean;
  /**
   * The error of the failed attempt, if the wait is for a retry. If it is a TransportError that is `offline`, `ms` begin
   * when the browser is online again.
   */
  readonly error?: unknown;
}

/** A page is about to be emitted. */
export interface PageEvent {
  readonly type: 'page';
  readonly pageIndex: number;
  readonly items: number;
  /** The total number of items that the API announces, if the strategy reads it. */
  readonly total: number | undefined;
}

/** A page is skipped because it keeps failing and `skipFailedPages` allows that. */
export interface GapEvent {
  readonly type: 'gap';
  readonly pageIndex: number;
  /** Why the page failed; its `resume` requests that page again. */
  readonly error: PagewiseError;
}

/** A message for a person. It has no effect on the walk. */
export interface NoticeEvent {
  readonly type: 'notice';
  readonly message: string;
}

/**
 * The walk is over.
 * - `last-page`: the API said that this was the last page. If `received` is less than `total`, items are missing: rows
 *   were deleted during the walk, pages were skipped, or the total counts something else or is an estimate
 * - `until`, `nextWhen`: stopped early by that option; `error`: failed; `unsubscribed`: the subscriber unsubscribed
 */
export interface EndEvent {
  readonly type: 'end';
  readonly reason: 'last-page' | 'until' | 'nextWhen' | 'error' | 'unsubscribed';
  /** Pages and items that this run emitted. */
  readonly pages: number;
  readonly items: number;
  /** The last total that the API announced, and the number of items of the whole walk, earlier runs included. */
  readonly total: number | undefined;
  readonly received: number;
  /** Whether that total is exact, according to the strategy; absent if none was announced. */
  readonly totalIs?: 'exact' | 'estimate' | undefined;
  /** The pages that this run skipped; absent if there are none. */
  readonly gaps?: readonly GapEvent[] | undefined;
  /**
   * Indexes of the pages that are missing: those of `gaps`, and those that earlier runs skipped and that have not
   * arrived since; absent if there are none.
   */
  readonly missing?: readonly number[] | undefined;
  readonly error?: PagewiseError | undefined;
}

export type WalkEvent = RequestEvent | ResponseEvent | WaitEvent | PageEvent | GapEvent | NoticeEvent | EndEvent;

/** @internal What an event is about: of a response the request as it was sent, its template, and the answer; of a page its items. */
export interface Behind {
  readonly request?: PageRequest;
  readonly template?: PageRequest;
  readonly response?: PageResponse | undefined;
  readonly items?: readonly unknown[];
}

/**
 * @internal For recorders, while they are told of an event. Events themselves are printed, cloned and sent to other threads, so they hold no secrets, no
 * bodies and no functions.
 */
export const behind = /* @__PURE__ */ new WeakMap<WalkEvent, Behind | undefined>();

/**
 * Anything that receives events: a `Subject`, or `{ next(event) { … } }`. If it throws, the stream fails; after the
 * end, the error goes to RxJS's `config.onUnhandledError` or the console.
 */
export interface EventListener {
  next(event: WalkEvent): void;
}

/**
 * Combines several listeners into one that calls them in this order. If some of them throw, the others are still
 * called. Then the first error is thrown, which fails the stream.
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
