import { Observable, type Subscriber, type UnsubscriptionError } from 'rxjs';
import type { OpenCheckpoint } from '../checkpoint.js';
import type { Page, Position } from '../page.js';
import { reportUnheard } from '../subscribing.js';
import type { Demand } from './expand-pages.js';

interface Waiting<Item> {
  resolve(result: IteratorResult<Page<Item>>): void;
  reject(reason: unknown): void;
}

/**
 * Pages on demand. The walk starts with the first `next()`. Each further page is requested when the consumer asks for
 * it, or up to `prefetch` pages earlier.
 */
export function pullPages<Item>(
  start: (demand: Demand) => Observable<Page<Item>>,
  prefetch: number,
): PageIterator<Item> {
  const ready: Page<Item>[] = [];
  const waiting: Waiting<Item>[] = [];
  let asked = 0;
  let received = 0;
  /** Set before the walk starts: the consumer may end it while it starts. */
  let walk: Subscriber<Page<Item>> | undefined;
  /** Resumes a walk that waits for demand. */
  let resumeWalk: (() => void) | undefined;
  let over = false;
  let failure: { error: unknown } | undefined;

  const wanted = () => received < asked + prefetch;
  const demand: Demand = (go) => {
    if (wanted()) return true;
    resumeWalk = () => {
      resumeWalk = undefined;
      go();
    };
    return false;
  };
  const done = { done: true, value: undefined } as const;

  function finish(error?: { error: unknown }): void {
    over = true;
    failure = error;
    const [first, ...rest] = waiting.splice(0);
    if (failure && first) {
      first.reject(failure.error);
      failure = undefined; // An error is reported once.
    } else first?.resolve(done);
    for (const later of rest) later.resolve(done);
  }

  return closing({
    next() {
      asked++;
      const page = ready.shift();
      if (page === undefined && over) {
        const failed = failure;
        failure = undefined;

        return failed ? Promise.reject(failed.error) : Promise.resolve(done);
      }
      const result: Promise<IteratorResult<Page<Item>, undefined>> = page
        ? Promise.resolve({ done: false, value: page })
        : new Promise((resolve, reject) => waiting.push({ resolve: resolve as Waiting<Item>['resolve'], reject }));
      if (walk) {
        if (wanted()) resumeWalk?.();
      } else
        new Observable<Page<Item>>((subscriber) => start(demand).subscribe((walk = subscriber))).subscribe({
          next(value) {
            received++;
            const first = waiting.shift();
            if (first) first.resolve({ done: false, value });
            else ready.push(value);
          },
          error: (error: unknown) => {
            finish({ error });
          },
          complete: () => {
            finish();
          },
        });
      return result;
    },
    return(value) {
      ready.length = 0;
      try {
        walk?.unsubscribe();
      } catch (error) {
        finish();
        // RxJS collects the errors that teardowns throw; here only the event listener can throw one.
        return Promise.reject((error as UnsubscriptionError).errors[0]);
      }
      finish();
      return ended(value);
    },
  });
}

declare global {
  // Of ES2026: `await using` ends the walk. Empty where TypeScript's libraries lack it.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface AsyncDisposable {}
}

// Not AsyncIterableIterator<…, undefined>: TypeScript before 5.6, as in Angular 17 and 18, treats that as any.
interface Closable<Item, P extends Position> extends Required<AsyncIterator<Page<Item, P>, undefined>> {
  [Symbol.asyncIterator](): PageIterator<Item, P>;
}

export type PageIterator<Item, P extends Position = Position> = Closable<Item, P> & AsyncDisposable;

/** Adds the other ends of an iterator to `return`. */
function closing<Item>(
  iterator: Required<Pick<AsyncIterator<Page<Item>, undefined>, 'next' | 'return'>>,
): PageIterator<Item> {
  const dispose = (Symbol as { readonly asyncDispose?: symbol }).asyncDispose;
  const all = {
    ...iterator,
    async throw(error: unknown): Promise<never> {
      await iterator.return().catch(reportUnheard); // The caller gets its own error back.
      throw error;
    },
    [Symbol.asyncIterator]: () => all,
    ...(dispose && { [dispose]: () => iterator.return().then(() => undefined) }),
  };
  return all as unknown as PageIterator<Item>;
}

/** The result of an iterator's `return`: the value that it was passed, as with generators. */
const ended = (value: PromiseLike<undefined> | undefined): Promise<IteratorReturnResult<undefined>> =>
  Promise.resolve(value).then((given) => ({ done: true, value: given }));

/**
 * The same pages, each committed before the next one is requested. The page at which the consumer stops, by `break` or
 * an error, is not committed: the next run delivers it again. The checkpoint is closed with the pages.
 */
export function commitPages<Item>(pages: PageIterator<Item>, checkpoint: OpenCheckpoint): PageIterator<Item> {
  let handed: Page<Item> | undefined;
  let stopped = false;
  let asked: Promise<unknown> = Promise.resolve();

  /** Not if the consumer has stopped: its close waits for the last next. */
  const close = () => (stopped ? undefined : checkpoint.close());

  async function next(): Promise<IteratorResult<Page<Item>, undefined>> {
    if (handed && !stopped) {
      const { resume } = handed;
      handed = undefined;
      try {
        await checkpoint.save({ resume });
      } catch (error) {
        pages.return().catch(reportUnheard);
        await close();
        throw error;
      }
    }
    let result: IteratorResult<Page<Item>, undefined> | undefined;
    try {
      result = await pages.next();
    } finally {
      if (result?.done !== false) await close();
    }
    if (!result.done) handed = result.value;
    return result;
  }
  return closing({
    next() {
      const result = asked.then(next);
      asked = result.catch(() => undefined);
      return result;
    },
    return(value) {
      stopped = true;
      const ended = pages.return(value);
      ended.catch(() => undefined); // The caller gets it below.
      return checkpoint.close(asked).then(() => ended); // A page may still be being stored.
    },
  });
}
