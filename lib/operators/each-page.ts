import { from, Observable, type ObservableInput } from 'rxjs';
import type { CommittedByHand, OpenCheckpoint } from '../checkpoint.js';
import { asError, ConfigError } from '../errors.js';
import type { Page } from '../page.js';
import { reportUnheard, subscribeWithin } from '../subscribing.js';
import { describe } from '../values/describe.js';
import { checkOptions, checkWhole, inPlaceOf, invalid } from '../values/options.js';

export interface EachPageOptions {
  /** Pages that `project` works on at the same time; above 1, results are emitted as they become ready. @default 1 */
  readonly concurrency?: number | undefined;
  /** Pages that are fetched ahead and wait for `project`. @default 0 */
  readonly prefetch?: number | undefined;
}

/**
 * Runs `project` on each page, like `concatMap` or `mergeMap` but with backpressure: the next page is requested when
 * there is room for it. At most `concurrency + prefetch` pages are in memory, however slow `project` is.
 *
 *     eachPage(paginate(request, strategy), (page) => save(page.items), { prefetch: 1 }).subscribe(…)
 *
 * Emits what `project` emits. With a checkpoint, a page is committed when the results of `project` for it and for all
 * pages before it have completed. Until then it counts towards `concurrency`, so a crash repeats at most `concurrency`
 * pages. A page that fails makes the stream fail after all pages before it are done.
 * @param pages the result of `paginate`, or any async iterable of pages; not `pages.pipe(…)`, which has no backpressure
 * @throws ConfigError for arguments that can't work
 */
export function eachPage<Item, Result>(
  pages: AsyncIterable<Page<Item>>,
  project: (page: Page<Item>) => ObservableInput<Result>,
  options: EachPageOptions = {},
): Observable<Result> {
  if (
    typeof pages === 'function' ||
    (typeof (project as unknown) !== 'function' && inPlaceOf(pages)?.member === 'subscribe')
  )
    throw new ConfigError(
      'eachPage: eachPage is not an operator for pipe, where pages can not wait; write eachPage(pages, (page) => …), and pipe its result',
    );
  if (typeof (pages as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] !== 'function')
    throw new ConfigError(
      `eachPage: pages must be the result of paginate or another async iterable of pages, not ${describe(pages)}; the result of pipe can't be asked for one page at a time`,
    );
  if (typeof project !== 'function') throw invalid('eachPage', 'project', project, 'a function');
  checkOptions('eachPage', options, ['concurrency', 'prefetch'] satisfies (keyof EachPageOptions)[]);
  const { concurrency = 1, prefetch = 0 } = options;
  checkWhole('eachPage', 'concurrency', concurrency, 1);
  checkWhole('eachPage', 'prefetch', prefetch, 0);

  return new Observable((subscriber) => {
    const own = isCommittedByHand<Item>(pages) ? pages['pagewise.byHand']() : undefined;
    const iterator = own ? own.pull() : pages[Symbol.asyncIterator]();
    const commits = own?.checkpoint && commitInOrder(own.checkpoint);
    const waiting: Page<Item>[] = [];
    let active = 0;
    /** Pages in progress, or done but not yet committed. */
    const busy = () => commits?.open() ?? active;
    let pulling = false;
    /** Set when there are no more pages; an error waits for the pages before it. */
    let over: { readonly error?: unknown } | undefined;

    function pull(): void {
      if (pulling || over || busy() + waiting.length >= concurrency + prefetch) return;
      pulling = true;
      iterator.next().then(
        ({ done, value }) => {
          pulling = false;
          if (done === true) over = {};
          else waiting.push(value);
          advance();
        },
        (error: unknown) => {
          pulling = false;
          over = { error };
          advance();
        },
      );
    }

    function advance(): void {
      while (!subscriber.closed && busy() < concurrency) {
        const page = waiting.shift();
        if (!page) break;
        work(page);
      }
      if (subscriber.closed) return;
      if (over && busy() === 0 && waiting.length === 0) end(over);
      else pull();
    }

    function work(page: Page<Item>): void {
      active++;
      const committed = commits?.begin(page);
      let result$: Observable<Result>;
      try {
        result$ = from(project(page));
      } catch (error) {
        subscriber.error(asError('eachPage.project', error));
        return;
      }
      const done = () => {
        active--;
        if (committed) committed().then(advance, fail);
        // In a microtask of its own, so that a project that completes synchronously does not recurse.
        else queueMicrotask(advance);
      };
      subscribeWithin(subscriber, result$, {
        next: (result) => subscriber.next(result),
        error: (error: unknown) => subscriber.error(asError('eachPage.project', error)),
        complete: done,
      });
    }

    /** Another run may begin as soon as this one has ended. */
    function end(how: { readonly error?: unknown }): void {
      const finish = () => {
        if ('error' in how) subscriber.error(how.error);
        else subscriber.complete();
      };
      if (commits) void commits.close().then(finish);
      else finish();
    }

    const fail = (error: unknown) => subscriber.error(error);
    subscriber.add(() => {
      iterator.return?.().catch(reportUnheard);
      void commits?.close();
    });
    pull();
  });
}

const isCommittedByHand = <Item>(pages: object): pages is CommittedByHand<Item> => 'pagewise.byHand' in pages;

/** Commits pages in the order of the walk, whichever is done first. */
function commitInOrder(checkpoint: OpenCheckpoint) {
  const begun: { readonly page: Page; done: boolean }[] = [];
  let open = 0;
  let written: Promise<void> = Promise.resolve();
  return {
    /** Pages that have begun and are not yet committed. */
    open: () => open,
    /** Closes the checkpoint when the last commit is stored. */
    close: () => checkpoint.close(written),
    /** @returns a function to call when the page is done; it settles once all pages that can be are committed */
    begin(page: Page): () => Promise<void> {
      const one = { page, done: false };
      begun.push(one);
      open++;
      return () => {
        one.done = true;
        let count = 0;
        while (begun[count]?.done) count++;
        const last = begun.splice(0, count).at(-1)?.page;
        if (last) {
          const { resume } = last;
          written = written.then(async () => {
            await checkpoint.save({ resume });
            open -= count;
          });
        }
        return written;
      };
    },
  };
}
