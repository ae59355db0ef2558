import { from, Observable, type Subscriber } from 'rxjs';
import { brandAttemptError, type LazyAttempt } from '../attempt.js';
import { isPagewiseError, TransportError } from '../errors.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';

/** How attempts are sent, whatever the page. */
export interface AttemptSender {
  readonly transport: Transport;
  /** Makes the request that is really sent for an attempt: the origin rule, rotating headers. */
  readonly prepare: (request: PageRequest) => PageRequest | Observable<PageRequest>;
  /** Called before each attempt is sent. */
  readonly onAttempt: (pageIndex: number, attempt: number) => void;
  /** Why attempts are given up, where there is a reason. */
  readonly abortReason: () => unknown;
}

/** Sends one attempt; its errors carry the brand that lets a policy retry them. */
export function sendAttempt(
  sender: AttemptSender,
  request: PageRequest,
  attempt: LazyAttempt,
  subscriber: Subscriber<PageResponse>,
  /** Throws where the answer is no page. */
  accept: (response: PageResponse) => void,
): () => void {
  let settled = false;
  const failed = (error: unknown) => {
    settled = true;
    subscriber.error(brandAttemptError(isPagewiseError(error) ? error : new TransportError(error)));
  };
  const send = (prepared: PageRequest) => {
    if (subscriber.closed) return;
    try {
      sender.onAttempt(attempt.pageIndex, attempt.attempt);
    } catch (error) {
      subscriber.error(error); // Without the brand: a listener that throws is not retried.
      return;
    }
    try {
      subscriber.add(
        from(sender.transport(prepared, attempt)).subscribe({
          next(response) {
            if (settled) return;
            // Settled before next: take(1) tears us down inside it, and the answer is already here.
            settled = true;
            try {
              accept(response);
            } catch (error) {
              subscriber.error(error);
              return;
            }
            subscriber.next(response);
            subscriber.complete();
          },
          error: failed,
          complete() {
            if (!settled) failed(new Error('the transport completed without an answer'));
          },
        }),
      );
    } catch (error) {
      failed(error);
    }
  };
  try {
    const prepared = sender.prepare(request);
    if (prepared instanceof Observable)
      subscriber.add(prepared.subscribe({ next: send, error: (error: unknown) => subscriber.error(error) }));
    else send(prepared);
  } catch (error) {
    subscriber.error(error);
  }
  return () => {
    if (!settled) attempt.abort(sender.abortReason());
  };
}
