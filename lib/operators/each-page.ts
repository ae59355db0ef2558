import { from, Observable, Subscription, type ObservableInput } from 'rxjs';
import { ConfigError } from '../errors.js';
import { byHand, type Checkpoint, type CommittedByHand } from '../checkpoint.js';
import type { Page } from '../page.js';
import { describe } from '../values/describe.js';
import { checkOptions, checkWhole } from '../values/options.js';

export interface EachPageOptions {
  /** Pages that `project` works on at once; above 1 their results come in the order in which they are ready. @default 1 */
  readonly concurrency?: number | undefined;
  /** Pages that are fetched ahead and wait for `project`. @default 0 */
  readonly prefetch?: number | undefined;
}

/**
 * Works on each page, as `concatMap` and `mergeMap` do, but with backpressure: the next page is requested when there is
 * room for it, so that never more than `concurrency + prefetch` pages are in memory, however slow `project` is.
 *
 *     eachPage(paginate(request, strategy), (page) => save(page.items), { prefetch: 1 }).subscribe(…)
 *
 * Emits what `project` emits. With a checkpoint, a page is committed when what `project` has made of it and of the pages
 * before it has completed. A page that can't be had fails the stream when all the pages before it are done.
 * @param pages what `paginate` gives, or any async iterable of pages; not `pages.pipe(…)`, which can't be asked for one
 * @throws ConfigError for arguments that can't work
 */
export function eachPage<Item, Result>(
  pages: AsyncIterable<Page<Item>>,
  project: (page: Page<Item>) => ObservableInput<Result>,
  options: EachPageOptions = {},
): Observable<Result> {
  if (typeof (pages as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] !== 'function')
    throw new ConfigError(
      `eachPage: pages must be what paginate gives, or another async iterable of pages, not ${describe(pages)}; what pipe gives can't be asked for one page`,
    );
  if (typeof project !== 'function')
    throw new ConfigError(`eachPage: project must be a function, not ${describe(project)}`);
  checkOptions('eachPage', options, ['concurrency', 'prefetch'] satisfies (keyof EachPageOptions)[]);
  const { concurrency = 1, prefetch = 0 } = options;
  checkWhole('eachPage', 'concurrency', concurrency, 1);
  checkWhole('eachPage', 'prefetch', prefetch, 0);

  return new Observable((subscriber) => {
    const own = isCommittedByHand<Item>(pages) ? pages[byHand]() : undefined;
    const iterator = own ? own.pull() : pages[Symbol.asyncIterator]();
    const commits = own?.checkpoint && commitInOrder(own.checkpoint);
    const waiting: Page<Item>[] = [];
    let active = 0;
    let pulling = false;
    /** Set when there are no more pages; an error waits for the pages before it. */
    let over: { readonly error?: unknown } | undefined;

    function pull(): void {
      if (pulling || over || active + waiting.length >= concurrency + prefetch) return;
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
      while (!subscriber.closed && active < concurrency) {
        const page = waiting.shift();
        if (!page) break;
        work(page);
      }
      if (subscriber.closed) return;
      if (over && active === 0 && waiting.length === 0) {
        const { error } = over;
        const end = 'error' in over ? () => subscriber.error(error) : () => subscriber.complete();
        if (commits) commits.written().then(end, fail);
        else end();
      } else pull();
    }

    function work(page: Page<Item>): void {
      active++;
      const committed = commits?.begin(page);
      let result$: Observable<Result>;
      try {
        result$ = from(project(page));
      } catch (error) {
        subscriber.error(error);
        return;
      }
      const working = new Subscription();
      subscriber.add(working);
      const done = () => {
        active--;
        subscriber.remove(working);
        committed?.().catch(fail);
        // In a turn of its own, so that a project which completes at once does not recurse.
        queueMicrotask(advance);
      };
      working.add(
        result$.subscribe({
          next: (result) => subscriber.next(result),
          error: (error: unknown) => subscriber.error(error),
          complete: done,
        }),
      );
    }

    const fail = (error: unknown) => subscriber.error(error);
    subscriber.add(() => void iterator.return?.());
    pull();
  });
}

const isCommittedByHand = <Item>(pages: object): pages is CommittedByHand<Item> => byHand in pages;

/** Commits pages in the order of the walk, whichever of them is done first. */
function commitInOrder(checkpoint: Checkpoint) {
  const open: { readonly page: Page; done: boolean }[] = [];
  let written: Promise<void> = Promise.resolve();
  return {
    /** @returns to be called when the page is done */
    begin(page: Page): () => Promise<void> {
      const one = { page, done: false };
      open.push(one);
      return () => {
        one.done = true;
        let last: Page | undefined;
        while (open[0]?.done) last = open.shift()?.page;
        if (last) {
          const { resume } = last;
          written = written.then(() => checkpoint.save({ resume }));
        }
        return written;
      };
    },
    written: () => written,
  };
}
