import { Observable, type ObservableInput, tap } from 'rxjs';
import type { PagewiseError } from '../errors.js';
import type { EndEvent, EventListener } from '../events.js';
import type { Page, Position } from '../page.js';
import type { Step } from '../resume-token.js';
import type { StopCondition } from '../stops.js';
import { redactRequest } from '../values/redact.js';
import { expandPages, type Wanted } from './expand-pages.js';
import { pageRequester, type PageSource } from './request-page.js';
import { skipFailedPages, type SkipPlan } from './skip-failed-pages.js';
import { holdProcess, type ProcessHold, walkLog } from './walk-log.js';

/** Everything that `paginate` has worked out; one of these serves any number of walks. */
export interface WalkPlan<Item, P extends Position> extends Omit<
  PageSource<Item, P>,
  'scope' | 'notice' | 'onAttempt' | 'onAnswer' | 'abortReason'
> {
  /** `undefined`: a finished walk was resumed, and completes at once. */
  readonly first: Step<P> | undefined;
  readonly until: StopCondition<Item> | undefined;
  readonly nextWhen: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /** Which pages may be left out; `undefined`: none. */
  readonly skip: SkipPlan | undefined;
  readonly signal: AbortSignal | undefined;
  readonly events: EventListener | undefined;
}

/** Pull consumers: whether they want the next page. Until they do, the process is theirs to hold. */
export type Demand = (hold: ProcessHold) => Wanted;

/** One walk for each subscription: the recursion, and around it abort, events and the hold on the process. */
export function startWalk<Item, P extends Position>(plan: WalkPlan<Item, P>, demand?: Demand): Observable<Page<Item>> {
  return new Observable((subscriber) => {
    const { first, signal } = plan;
    const log = walkLog(plan.events, first?.itemsBefore ?? 0, plan.request);
    if (signal?.aborted) {
      subscriber.error(signal.reason);
      return;
    }
    if (first === undefined) {
      log.end('last-page');
      subscriber.complete();
      return;
    }

    const hold = holdProcess();
    const onAbort = () => {
      try {
        log.end('error');
      } finally {
        subscriber.error(signal?.reason);
      }
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    subscriber.add(() => {
      signal?.removeEventListener('abort', onAbort);
      hold.release();
    });

    const requestPage = pageRequester(
      {
        ...plan,
        scope: { report: log.report },
        notice: (message) => {
          log.report({ type: 'notice', message });
        },
        onAttempt: log.request,
        onAnswer: log.answer,
        abortReason: () => (signal?.aborted ? (signal.reason as unknown) : undefined),
      },
      subscriber,
    );
    const request = plan.skip ? skipFailedPages(requestPage, plan.strategy, plan.skip, log.report) : requestPage;
    const failAfter = (page: Page<Item>, error: PagewiseError) =>
      error.locate({ pageIndex: page.index, attempts: 1, request: redactRequest(plan.request), resume: page.resume });
    let reason: EndEvent['reason'] = 'last-page';
    expandPages({
      first,
      request,
      until: plan.until,
      nextWhen: plan.nextWhen,
      wanted: demand?.(hold),
      onEnd: (why) => (reason = why),
      failAfter,
    })
      .pipe(
        tap({
          next: (page) => {
            log.page(page);
          },
          complete: () => {
            log.end(reason);
          },
          error: (error: unknown) => {
            log.end('error', error as PagewiseError);
          },
          unsubscribe: () => {
            log.end('unsubscribed');
          },
        }),
      )
      .subscribe(subscriber);
  });
}
