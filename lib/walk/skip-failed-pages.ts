import { asapScheduler, Observable } from 'rxjs';
import {
  asCallbackError,
  AttemptTimeoutError,
  continueAt,
  isPagewiseError,
  locate,
  PageTimeoutError,
  type PagewiseError,
  ParseError,
  ResponseTooLargeError,
  TransportError,
} from '../errors.js';
import type { WalkEvent } from '../events.js';
import { isAttemptError, isRetryable } from '../failure.js';
import type { Answer, Page, Position, ResumeToken } from '../page.js';
import type { Step } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import type { RequestPage } from './expand-pages.js';

/**
 * Goes on after a page that keeps failing, where the strategy guesses the next one to be. Never after the first page of
 * all: nothing is known to work yet, so a wrong URL or key would be asked for again and again and look like an API
 * without items.
 *
 * A gap counts as a page, and as no items: how many it held is not known, and a guess could end a walk early.
 */
export function skipFailedPages<Item, P extends Position>(
  request: RequestPage<Item, P>,
  strategy: Strategy<Item, P>,
  max: number,
  report: (event: WalkEvent) => void,
): RequestPage<Item, P> {
  let gaps = 0;
  /** At the first of the pages that have failed one after the other, up to now. */
  let resume: ResumeToken | undefined;
  let seen: Page<Item> | undefined;

  /** Where to go on after a page that has failed with this. @throws the error, where the walk fails with it */
  function stepAfter(step: Step<P>, error: unknown): Step<P> {
    if (!isPagewiseError(error)) throw error;
    const next = step.index > 0 && isSkippable(error) ? guess(step, error) : undefined;
    if (next === undefined) {
      // Pages that failed right before this one are not given up for good: the same trouble may be behind them.
      if (resume) continueAt(error, resume);
      throw error;
    }
    gaps++;
    resume ??= error.resume;
    try {
      report({ type: 'gap', pageIndex: step.index, error });
    } catch (thrown) {
      throw relocated(asCallbackError('events', thrown), error);
    }
    return next;
  }

  function guess(step: Step<P>, error: PagewiseError): Step<P> | undefined {
    if (gaps === max) {
      const pages = gaps === 1 ? '1 page is' : `${String(gaps)} pages are`;
      const message = `Page ${String(step.index + 1)} fails too, and ${pages} left out already, as many as may be.`;
      try {
        report({ type: 'notice', message });
      } catch (thrown) {
        throw relocated(asCallbackError('events', thrown), error);
      }
      return undefined;
    }
    try {
      const position = strategy.guess?.(step.position, seen as Answer<Item, P> | undefined);
      return position === undefined ? undefined : { ...step, position, index: step.index + 1 };
    } catch (thrown) {
      throw asCallbackError('strategy.guess', thrown);
    }
  }

  return (first, subscriber) => {
    const ask = (step: Step<P>): void => {
      subscriber.add(
        new Observable<Page<Item>>((page$) => request(step, page$)).subscribe({
          next: (page) => {
            seen = page;
            resume = undefined;
            subscriber.next(page);
          },
          complete: () => {
            subscriber.complete();
          },
          error: (error: unknown) => {
            try {
              const next = stepAfter(step, error);
              // Scheduled: a transport that fails at once would overflow the stack.
              subscriber.add(asapScheduler.schedule(() => { ask(next); })); // prettier-ignore
            } catch (failure) {
              subscriber.error(failure);
            }
          },
        }),
      );
    };
    ask(first);
  };
}

/** What a listener threw when it heard of a failed page: it happened there, and resumes there. */
function relocated(thrown: PagewiseError, { pageIndex, attempts, request, resume }: PagewiseError): PagewiseError {
  if (pageIndex === undefined || attempts === undefined || request === undefined || resume === undefined) return thrown;
  return locate(thrown, { pageIndex, attempts, request, resume });
}

/** Refused is who asks, or how often; the next page would be refused too. */
const aboutTheCaller = new Set([401, 403, 407, 429]);

/**
 * Whether it may be the page that is at fault: an answer's status or verdict, a network failure, a timeout, a body that
 * can't be read. Never configuration, security, or what a function of the caller's throws; nor what says that nothing
 * is to be asked now: a rate limit, a used up budget, a broken circuit.
 */
function isSkippable(error: unknown): boolean {
  if (error instanceof PageTimeoutError)
    return error.waitingFor !== 'the throttle' && (error.cause === undefined || isSkippable(error.cause));
  if (!isPagewiseError(error) || !isAttemptError(error)) return false;
  if (error instanceof TransportError) return isRetryable(error);
  if (error instanceof AttemptTimeoutError || error instanceof ParseError || error instanceof ResponseTooLargeError)
    return true;
  const { status, response, throttled } = error as {
    status?: number;
    response?: { readonly status: number };
    throttled?: boolean;
  };
  const found = status ?? response?.status; // An answer's, a verdict's, or what a gRPC code means.
  return found !== undefined && throttled !== true && !aboutTheCaller.has(found);
}
