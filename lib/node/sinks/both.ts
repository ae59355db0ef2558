import type { CommittedByHand, OpenCheckpoint, Place } from '../../checkpoint.js';
import { CallbackError, ConfigError, ResumeError } from '../../errors.js';
import type { Json, Page, ResumeToken } from '../../page.js';
import { reportUnheard } from '../../subscribing.js';
import { describe } from '../../values/describe.js';
import { checkCalled } from '../../values/options.js';
import { type Sink, type Source, sourceOf, withCheckpoint } from './sink.js';

/**
 * Writes the pages of one walk with two sinks side by side:
 *
 *     await paginate(request, strategy, { checkpoint: checkpoint(fileStore('.jobs'), 'orders') })
 *       .to(both(writeNdjson('orders.ndjson'), writeCsv('orders.csv', { columns: ['id', 'customer.name'] })));
 *
 * A page is requested when both sinks have asked for it, and committed when both have written it. With a checkpoint,
 * every item is in both files exactly once, wherever the process was killed: the file that is ahead is cut to the last
 * page that both have. If a sink fails, the other one ends too, and the error is that of the sink that failed first.
 * For more than two sinks, use `both` within `both`.
 *
 * A table stores its checkpoint itself, so `writeTable` is refused.
 * @returns the results of both
 * @throws ConfigError if one of the two is not a sink; later whatever the sinks and the pages throw
 */
export function both<Item = unknown, First = unknown, Second = unknown>(
  first: Sink<Item, First>,
  second: Sink<Item, Second>,
): Sink<Item, readonly [First, Second]> {
  checkCalled('both', first);
  for (const [which, sink] of Object.entries({ first, second }))
    if (typeof sink !== 'function')
      throw new ConfigError(`both: the ${which} sink must be a sink, such as writeNdjson(…), not ${describe(sink)}`);

  return async (pages) => {
    const source = sourceOf('both', pages);
    return withCheckpoint(source.checkpoint, async () => {
      const checkpoints = source.checkpoint && (await shared(source.checkpoint));
      const { pulls, end, signal, settle } = inStep(source);
      let failure: { readonly error: unknown } | undefined;
      const run = async <Result>(side: 0 | 1, sink: Sink<Item, Result>): Promise<Result | undefined> => {
        try {
          const result = await sink(pagesFor({ ...source, signal }, pulls[side], checkpoints?.[side]));
          await end(stopped(side), { unlessLast: true });
          return result;
        } catch (error) {
          failure ??= { error };
          // Not the error itself: the other sink would replace its resume token with one for its own file.
          await end(new CallbackError('both', error));
          return undefined;
        }
      };
      const results = await Promise.all([run(0, first), run(1, second)]).finally(settle);
      if (failure) throw failure.error;
      return results as [First, Second];
    });
  };
}

type Side = 0 | 1;
type Pull<Item> = (from?: ResumeToken) => AsyncIterableIterator<Page<Item>, undefined>;

const stopped = (side: Side) =>
  new ConfigError(
    `both: the ${side === 0 ? 'first' : 'second'} sink stopped before the last page, so the other one stops too; to stop early, use until`,
  );

/** The pages as one of the sinks receives them. In a plain loop, a page is committed when the next one is requested. */
function pagesFor<Item>(
  { events, signal }: Source<Item>,
  pull: Pull<Item>,
  checkpoint: OpenCheckpoint | undefined,
): AsyncIterable<Page<Item>> & CommittedByHand<Item> {
  const source = { checkpoint, pull, events, signal, shared: true } satisfies Source<Item>;
  return {
    'pagewise.byHand': () => source,
    async *[Symbol.asyncIterator]() {
      for await (const page of pull()) {
        yield page;
        await checkpoint?.save({ resume: page.resume });
      }
    },
  };
}

interface Waiting<Item> {
  resolve(result: IteratorResult<Page<Item>, undefined>): void;
  reject(reason: unknown): void;
}

/** One iterator of the pages for each sink. Both receive a page when both have asked for it. */
function inStep<Item>(source: Source<Item>): {
  readonly pulls: readonly [Pull<Item>, Pull<Item>];
  /**
   * Ends the iterators with an error, unless the pages have ended. Settles when the walk has stopped.
   * @param unlessLast after the last page, the iterators end without the error
   */
  end(error: unknown, options?: { readonly unlessLast?: boolean }): Promise<void>;
  /** Aborts what a sink waits for, if the walk is aborted or the other sink fails. */
  readonly signal: AbortSignal;
  /** Stops listening to the walk's own signal. */
  settle(): void;
} {
  const stop = new AbortController();
  const waiting: readonly [Waiting<Item>[], Waiting<Item>[]] = [[], []];
  let pages: AsyncIterator<Page<Item>> | undefined;
  let start: ResumeToken | undefined;
  let asking = false;
  let lastPage = false;
  let over: ((sink: Waiting<Item>) => void) | undefined;

  async function advance(): Promise<void> {
    asking = true;
    try {
      while (!over && waiting.every(({ length }) => length > 0)) {
        pages ??= source.pull(start)[Symbol.asyncIterator]();
        const result = await pages.next();
        if (result.done) {
          complete();
          break;
        }
        lastPage = result.value.next === undefined;
        if (!over) for (const queue of waiting) queue.shift()?.resolve(result);
      }
    } catch (error) {
      fail(error);
    }
    asking = false;
  }

  function finish(how: (sink: Waiting<Item>) => void): void {
    over ??= how;
    for (const sink of waiting.flatMap((queue) => queue.splice(0))) over(sink);
  }

  const complete = () => finish(({ resolve }) => resolve({ done: true, value: undefined }));
  const fail = (error: unknown) => {
    finish(({ reject }) => reject(error));
    stop.abort(error);
  };
  const onAbort = () => fail(source.signal?.reason);
  if (source.signal?.aborted) onAbort();
  source.signal?.addEventListener('abort', onAbort);

  const pullFor = (queue: Waiting<Item>[]): Pull<Item> => (from) => {
    start ??= from; // Both sinks continue at the same page.
    return {
      next: () =>
        new Promise((resolve, reject) => {
          const sink: Waiting<Item> = { resolve, reject };
          if (over) {
            over(sink);
            return;
          }
          queue.push(sink);
          if (!asking) void advance();
        }),
      return: () => Promise.resolve({ done: true, value: undefined }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }; // prettier-ignore
  return {
    signal: stop.signal,
    settle: () => source.signal?.removeEventListener('abort', onAbort),
    pulls: [pullFor(waiting[0]), pullFor(waiting[1])],
    async end(error, { unlessLast = false } = {}) {
      if (over) return;
      if (unlessLast && lastPage) complete();
      else fail(error);
      const left = pages?.return?.();
      if (asking) left?.catch(reportUnheard);
      else await left;
    },
  };
}

interface Saved {
  readonly text: string;
  readonly at: Json | undefined;
}

/**
 * A checkpoint for each of the two sinks, kept in one. What is stored is always a page that both have saved.
 * @throws ResumeError for a checkpoint that another sink has made; whatever loading throws
 */
async function shared(checkpoint: OpenCheckpoint): Promise<readonly [OpenCheckpoint, OpenCheckpoint]> {
  const place = await checkpoint.load();
  const parts: (Json | undefined)[] = place ? [...partsOf(place, checkpoint.key)] : [undefined, undefined];
  let stored = place && JSON.stringify(place.resume);
  /** What each sink has saved but the checkpoint does not hold yet, oldest first. */
  const ahead: readonly [Saved[], Saved[]] = [[], []];
  let storing: Promise<void> = Promise.resolve();

  /** One after the other: a store may finish a later call first. */
  function store(resume: ResumeToken): Promise<void> {
    const at = parts.map((part) => part ?? null);
    const result = storing.then(() => checkpoint.save({ resume, at }));
    storing = result.catch(() => undefined);
    return result;
  }

  const viewOf = (side: Side): OpenCheckpoint => ({
    key: checkpoint.key,
    check: () => checkpoint.check(),
    close: () => Promise.resolve(), // By both, when the two sinks have ended.
    load: () => Promise.resolve(place && { resume: place.resume, at: parts[side] }),
    async save({ resume, at }) {
      const [own, other] = side === 0 ? ahead : [ahead[1], ahead[0]];
      const text = JSON.stringify(resume);
      if (text !== stored) {
        const again = own.findIndex((saved) => saved.text === text);
        own.splice(again < 0 ? own.length : again, 1, { text, at });
        const matching = other.findIndex((saved) => saved.text === text);
        if (matching < 0) return;
        parts[1 - side] = other[matching]?.at;
        other.splice(0, matching + 1);
        own.splice(0, own.findIndex((saved) => saved.text === text) + 1);
        stored = text;
      }
      parts[side] = at;
      await store(resume);
    },
  });
  return [viewOf(0), viewOf(1)];
}

function partsOf({ at }: Place, key: string): readonly (Json | undefined)[] {
  if (Array.isArray(at) && at.length === 2) return (at as readonly Json[]).map((part) => part ?? undefined);
  throw new ResumeError(
    'sink',
    `both: the checkpoint ${JSON.stringify(key)} was not made by both(), so it does not hold the ends of two outputs; use another key, or delete the checkpoint to start over`,
    { checkpoint: key },
  );
}
