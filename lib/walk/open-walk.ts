import { Observable } from 'rxjs';
import type { PagewiseError } from '../errors.js';
import type { EventListener } from '../events.js';
import type { Page, Position } from '../page.js';
import type { Step } from '../resume-token.js';
import { holdProcess, walkLog } from './walk-log.js';

/**
 * A walk whose place has to be looked up: `locate` tells the step to begin at, or `undefined` where the walk had reached
 * its end. Until then an abort or the subscriber's leaving ends it as it does later.
 */
export const openWalk = <Item, P extends Position>(
  locate: () => PromiseLike<Step<P> | undefined>,
  { signal, events }: { readonly signal: AbortSignal | undefined; readonly events: EventListener | undefined },
  begin: (first: Step<P> | undefined) => Observable<Page<Item>>,
): Observable<Page<Item>> =>
  new Observable((subscriber) => {
    const fail = (error: unknown) => {
      try {
        walkLog(events, 0, {}).end('error', error as PagewiseError);
      } finally {
        subscriber.error(error);
      }
    };
    const onAbort = () => {
      fail(signal?.reason);
    };
    if (signal?.aborted) {
      onAbort();
      return;
    }
    const hold = holdProcess();
    const located = () => {
      signal?.removeEventListener('abort', onAbort);
      hold.release();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    subscriber.add(located);
    locate().then(
      (first) => {
        if (subscriber.closed) return;
        located();
        begin(first).subscribe(subscriber);
      },
      (error: unknown) => {
        if (!subscriber.closed) fail(error);
      },
    );
  });
