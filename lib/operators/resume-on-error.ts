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
import { checkFunction, checkNumber, checkOptions } from '../values/options.js';

export interface ResumeOnErrorOptions {
  /** How many times in a row; the count starts anew when a page has come. `Infinity` never gives up. */
  readonly times: number;
  /**
   * What is waited for before going on: told the error and how many times in a row this makes. Goes on when it emits;
   * where it completes without emitting, the error is passed on. @default nothing
   */
  readonly delay?: ((error: PagewiseError, count: number) => ObservableInput<unknown>) | undefined;
}

/**
 * Goes on at the page that failed, where rxjs's own `retry` would start over at the first one: each item comes once.
 *
 *     paginate(request, strategy).pipe(resumeOnError({ times: 3, delay: () => timer(60_000) }), items())
 *
 * The first in `pipe`, since what comes after it are no longer the pages of `paginate`. Each part is a walk of its own: with
 * its own end event, and `until` counts anew. Passed on at once is what going on can't mend: what a function of the
 * caller's threw, pages at other origins, walks that would never end, and an abort.
 * @throws ConfigError for options that can't work, and where it is applied to something else than pages
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
        'resumeOnError: it must come first, as in paginate(…).pipe(resumeOnError(…), items()): only the pages of paginate know how to continue',
      );
    const pages = source; // As narrowed.
    return new Observable((subscriber) => {
      let count = 0;

      const follow = (part: Observable<Page<Item>>): void => {
        subscriber.add(
          part.subscribe({
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
          }),
        );
      };

      function recover(error: unknown): void {
        if (!mayPass(error) || error.resume === undefined || count >= times) throw error;
        const { resume } = error;
        let going = false;
        subscriber.add(
          wait(error, ++count).subscribe({
            next: () => {
              going = true;
              // Scheduled: a walk that fails at once would overflow the stack.
              subscriber.add(asapScheduler.schedule(() => { follow(pages['pagewise.continueFrom'](resume)); })); // prettier-ignore
            },
            error: (thrown: unknown) => {
              subscriber.error(new CallbackError('resumeOnError.delay', thrown));
            },
            complete: () => {
              if (!going) subscriber.error(error);
            },
          }),
        );
      }
      follow(pages);
    });
  };
}

const hopeless = [CallbackError, CrossOriginError, RedirectError, PaginationLoopError, EmptyPagesError];

const mayPass = (error: unknown): error is PagewiseError =>
  isPagewiseError(error) && !hopeless.some((kind) => error instanceof kind);

const isResumable = <Item>(source: object): source is Observable<Page<Item>> & Resumable<Page<Item>> =>
  'pagewise.continueFrom' in source;
