import { asapScheduler, Observable } from 'rxjs';
import {
  asCallbackError,
  AttemptTimeoutError,
  call,
  continueAt,
  isPagewiseError,
  locate,
  type PageContext,
  PageTimeoutError,
  type PagewiseError,
  ParseError,
  ResponseTooLargeError,
  TransportError,
} from '../errors.js';
import { isAttemptError, isPastEnd, isRetryable } from '../failure.js';
import type { Answer, Page, Position, ResumeToken } from '../page.js';
import { countIn, type Point, pointPast, type Step, stepAt } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { subscribeWithin } from '../subscribing.js';
import { sizeOf } from './adaptive-size.js';
import type { RequestPage } from './expand-pages.js';
import type { WalkLog } from './walk-log.js';

/**
 * Skips up to `max` pages per run that keep failing, if the strategy can guess the position of the next one. Never
 * skips the first page of a walk: nothing is known to work yet, so a wrong URL or key would be requested again and
 * again, and would look like an API without items.
 *
 * A gap counts as a page without items: how many it held is not known, and a guess could end a walk early.
 */
export function skipFailedPages<Item, P extends Position>(
  request: RequestPage<Item, P>,
  strategy: Strategy<Item, P>,
  max: number,
  begin: Point<P>,
  log: WalkLog,
): RequestPage<Item, P> {
  let gaps = 0;
  /** Continues at the first page of the current series of failed pages. */
  let resume: ResumeToken | undefined;
  /** Whether the page before was skipped for a reason other than being past the end. */
  let isAfterGap = false;
  /** A page that was refused after a skipped one: a gap, or past the end if the page after it is refused too. */
  let refused: { readonly step: Step<P>; readonly error: PagewiseError } | undefined;
  let seen = lastSeen<Item>(begin);

  /**
   * Where to continue after a page that failed with `error`; `undefined` at the end.
   * @throws the error, if the walk fails with it
   */
  function stepAfter(asked: Step<P>, error: unknown): Step<P> | undefined {
    if (!isPagewiseError(error)) throw error;
    // The page that failed may have another size than was asked for (adaptiveSize). If it is smaller, it becomes the
    // gap. If it is larger, the gap keeps the size asked for: the server may cap the larger one, and the gap would then
    // cover fewer items than were skipped.
    const failed = asked.then ? undefined : (error.resume?.position as P | undefined);
    const isSmaller = failed !== undefined && (sizeOf(failed) ?? 0) < (sizeOf(asked.position) ?? 0);
    const step = isSmaller ? { ...asked, position: failed } : asked;
    // The last page of a finished walk, with which whenDone: 'continue' begins, is not skipped either: it need not be
    // full, so the position of the next page is not known.
    const isFirst = step.index === 0 || (!step.then && step.index === begin.lastPage?.index);
    const skippable = !isFirst && isSkippable(error);
    const isRefused = skippable && !step.then && isPastEnd(statusOf(error));
    if (refused && isRefused) {
      const message = `Page ${refused.step.index + 1} and the page after it are refused (${statusOf(error)}), and the page before them was skipped: the walk ends there. A resumed run begins at the skipped page.`;
      reporting(error, () => log.notice(message));
      return undefined;
    }
    if (!step.then) settleRefused();
    // The position after a gap of an earlier run is known, and that run counted the gap.
    const next = skippable && !step.then ? guess(step) : undefined;
    if (isRefused && isAfterGap && next !== undefined) {
      refused = { step, error };
    } else if (next === undefined && !(skippable && step.then)) {
      fail(error);
    } else {
      if (!step.then) isAfterGap = !isRefused;
      skip(step, error);
    }
    return stepAt(pointPast(cut(step, next), next), step.untried ?? 0);
  }

  /** @throws PagewiseError if the limit is reached */
  function skip(step: Step<P>, error: PagewiseError): void {
    if (!step.then && gaps === max) {
      const pages = gaps === 1 ? '1 page is' : `${gaps} pages are`;
      const message = `Page ${step.index + 1} fails too, and ${pages} already skipped, which is the limit; raise \`skipFailedPages\`.`;
      reporting(error, () => log.notice(message));
      fail(error);
    }
    if (!step.then) gaps++;
    resume ??= error.resume;
    reporting(error, () => log.report({ type: 'gap', pageIndex: step.index, error }));
  }

  /** The refused page is a gap after all: the page after it arrived, or failed for another reason. */
  function settleRefused(): void {
    const gap = refused;
    refused = undefined;
    if (gap) skip(gap.step, gap.error);
  }

  /** Fails at the first page of this series of failures: the same problem may have caused all of them. */
  function fail(error: PagewiseError): never {
    if (resume) continueAt(error, resume);
    throw error;
  }

  /** The skipped page, cut so that it does not overlap the page after it. */
  function cut(step: Step<P>, next: P | undefined): Step<P> {
    const position = next && call('strategy.upTo', () => strategy.upTo?.(step.position, next));
    const isLess = position === undefined || (sizeOf(position) ?? 0) < (step.delivered ?? 0);
    return isLess ? step : { ...step, position };
  }

  const guess = (step: Step<P>): P | undefined =>
    call('strategy.guess', () => strategy.guess?.(step.position, seen as Answer<Item, P> | undefined));

  return (first, subscriber) => {
    const ask = (step: Step<P>): void => {
      subscribeWithin(subscriber, new Observable<Page<Item>>((page$) => request(step, page$)), {
        next: (page) => {
          try {
            if (!step.then) settleRefused();
          } catch (failure) {
            subscriber.error(failure);
            return;
          }
          // A page of which only the rest is delivered is longer than it looks.
          if (!step.then) seen = step.delivered === undefined ? page : lastSeen(page.resume);
          resume = undefined;
          if (!step.then) isAfterGap = false;
          subscriber.next(page);
        },
        complete: () => {
          subscriber.complete();
        },
        error: (error: unknown) => {
          try {
            const next = stepAfter(step, error);
            if (next === undefined) {
              subscriber.complete();
              return;
            }
            // Scheduled: a transport that fails synchronously would overflow the stack.
            subscriber.add(asapScheduler.schedule(() => { ask(next); })); // prettier-ignore
          } catch (failure) {
            subscriber.error(failure);
          }
        },
      });
    };
    ask(first);
  };
}

/** The page before a resumed run, as far as its token tells: if the server caps sizes, a guess needs its item count. */
function lastSeen<Item>({ last }: Pick<Point, 'last'>): Page<Item> | undefined {
  const length = countIn(last);
  return length === 0 ? undefined : ({ items: { length } } as Page<Item>);
}

/** Reports a failed page. @throws what the listener throws, located at that page */
function reporting({ pageIndex, attempts, request, resume }: PagewiseError, report: () => void): void {
  try {
    report();
  } catch (thrown) {
    const error = asCallbackError('events', thrown);
    throw resume === undefined ? error : locate(error, { pageIndex, attempts, request, resume } as PageContext);
  }
}

const statusOf = (error: PagewiseError): number | undefined => (error as { readonly status?: number }).status;

/** These statuses reject the caller or the request rate: the next page would be rejected too. */
const aboutTheCaller = new Set([401, 403, 407, 429]);

/**
 * Whether the page itself may be at fault: an answer's status or verdict, a network failure, a timeout, an unreadable
 * body. Never configuration, security, or what a caller's function throws. Nor errors that forbid any request now: a
 * rate limit, a used-up budget, a broken circuit.
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
  const found = status ?? response?.status; // The status of an answer or of a verdict, or the equivalent of a gRPC code.
  return found !== undefined && throttled !== true && !aboutTheCaller.has(found);
}
