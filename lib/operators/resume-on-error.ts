import { asapScheduler, from, Observable, type ObservableInput, take } from 'rxjs';
import {
  CallbackError,
  ConfigError,
  CrossOriginError,
  EmptyPagesError,
  isPagewiseError,
  type PagewiseError,
  PaginationLoopError,
  RedirectError,
} from '../errors.js';
import type { Page } from '../page.js';
import type { Resumable } from '../resume-token.js';
import { subscribeWithin } from '../subscribing.js';
import { checkFunction, checkNumber, checkOptions } from '../values/options.js';

export interface ResumeOnErrorOptions {
  /** How many times in a row to resume; each page that arrives resets the count. `Infinity` never gives up. */
  readonly times: number;
  /**
   * What to wait for before resuming; receives the error and the number of errors in a row, from 1. The walk resumes
   * when the result emits. If the result completes without emitting, the stream fails with the error. @default no wait
   */
  readonly delay?: ((error: PagewiseError, count: number) => ObservableInput<unknown>) | undefined;
}

/**
 * Resumes at the page that failed, while RxJS's own `retry` would start over at the first page. Each item is emitted
 * once.
 *
 *     paginate(request, strategy).pipe(resumeOnError({ times: 3, delay: () => timer(60_000) }), items())
 *
 * It must be the first operator in `pipe`: after any other, the stream is no longer the pages of `paginate`. Each
 * resumption is a separate walk with its own end event, and `until` starts counting anew. Errors that resuming can't
 * fix are passed on immediately: errors thrown by your own functions, pages on other origins, walks that would never
 * end, and an abort.
 * @throws ConfigError for options that can't work, and if it is applied to anything but the pages of `paginate`
 */
export function resumeOnError(
  options: ResumeOnErrorOptions,
): <Item>(source: Observable<Page<Item>>) => Observable<Page<Item>> {
  checkOptions('resumeOnError', options, ['times', 'delay']);
  const { times, delay } = options;
  checkNumber('resumeOnError', 'times', times, 1, true);
  checkFunction('resumeOnError', 'delay', delay);

  const wait = (error: PagewiseError, count: number): Observable<unknown> => {
    try {
      return from(delay?.(error, count) ?? [true]).pipe(take(1));
    } catch (thrown) {
      throw new CallbackError('resumeOnError.delay', thrown);
    }
  };

  return <Item>(source: Observable<Page<Item>>): Observable<Page<Item>> => {
    if (!isResumable<Item>(source))
      throw new ConfigError(
        'resumeOnError: must come first in pipe, since only the pages of paginate can be resumed; use paginate(…).pipe(resumeOnError(…), items())',
      );
    const pages = source; // Keeps the narrowed type.
    return new Observable((subscriber) => {
      let count = 0;

      const follow = (part: Observable<Page<Item>>): void => {
        subscribeWithin(subscriber, part, {
          next: (page) => {
            count = 0;
            subscriber.next(page);
          },
          complete: () => {
            subscriber.complete();
          },
          error: (error: unknown) => {
            try {
              recover(error);
            } catch (thrown) {
              subscriber.error(thrown);
            }
          },
        });
      };

      function recover(error: unknown): void {
        if (!isWorthResuming(error) || error.resume === undefined || count >= times) throw error;
        const { resume } = error;
        let resumed = false;
        subscribeWithin(subscriber, wait(error, ++count), {
          next: () => {
            resumed = true;
            // Scheduled: a walk that fails synchronously would overflow the stack.
            subscriber.add(asapScheduler.schedule(() => { follow(pages['pagewise.continueFrom'](resume)); })); // prettier-ignore
          },
          error: (thrown: unknown) => {
            subscriber.error(new CallbackError('resumeOnError.delay', thrown));
          },
          complete: () => {
            if (!resumed) subscriber.error(error);
          },
        });
      }
      follow(pages);
    });
  };
}

const notResumable = [CallbackError, CrossOriginError, RedirectError, PaginationLoopError, EmptyPagesError];

const isWorthResuming = (error: unknown): error is PagewiseError =>
  isPagewiseError(error) && !notResumable.some((kind) => error instanceof kind);

const isResumable = <Item>(source: object): source is Observable<Page<Item>> & Resumable<Page<Item>> =>
  'pagewise.continueFrom' in source;
