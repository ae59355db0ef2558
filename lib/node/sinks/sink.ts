import type { CommittedByHand, OpenCheckpoint } from '../../checkpoint.js';
import { CallbackError, ConfigError } from '../../errors.js';
import type { EventListener } from '../../events.js';
import type { Page, ResumeToken } from '../../page.js';
import { describe } from '../../values/describe.js';
import { invalid } from '../../values/options.js';

/** Writes pages somewhere: `pages.to(sink)`, or `sink(pages)`. It requests a page when the one before is written. */
export type Sink<Item, Result = Written> = (pages: AsyncIterable<Page<Item>>) => Promise<Result>;

/** What a sink wrote in this run. */
export interface Written {
  readonly pages: number;
  /** Items of these pages. */
  readonly items: number;
}

/** The rows to write for a page. */
export type Rows<Item> = (page: Page<Item>) => readonly unknown[];

/** Where pages come from, and the checkpoint of the walk. */
export interface Source<Item> {
  readonly checkpoint: OpenCheckpoint | undefined;
  pull(from?: ResumeToken): AsyncIterable<Page<Item>>;
  /** The listener of the walk. */
  readonly events: EventListener | undefined;
  /** Aborts the walk, and what its sinks wait for. */
  readonly signal: AbortSignal | undefined;
  /** Whether the walk asks only for what is new. */
  readonly syncs?: boolean;
  /** Whether another sink receives the same pages. */
  readonly shared?: true;
}

/** The source of a sink's pages. The sink commits pages of `paginate` itself; other iterables have no checkpoint. */
export function sourceOf<Item>(sink: string, pages: AsyncIterable<Page<Item>>): Source<Item> {
  if (typeof pages === 'object' && pages !== null && 'pagewise.byHand' in pages)
    return (pages as unknown as CommittedByHand<Item>)['pagewise.byHand']();
  if (typeof (pages as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] !== 'function')
    throw invalid(sink, 'pages', pages, 'the result of paginate or another async iterable of pages');
  return {
    checkpoint: undefined,
    events: undefined,
    signal: undefined,
    pull(from) {
      if (from)
        throw new ConfigError(
          `${sink}: only the result of paginate can be resumed; pass that, or delete the checkpoint to start over`,
        );
      return pages;
    },
  };
}

/** @throws CallbackError with what the function throws; ConfigError if it returns anything but an array */
export function rowsOf<Item>(sink: string, rows: Rows<Item> | undefined, page: Page<Item>): readonly unknown[] {
  if (!rows) return page.items;
  let made: unknown;
  try {
    made = rows(page);
  } catch (cause) {
    throw new CallbackError(`${sink}.rows`, cause);
  }
  if (!Array.isArray(made)) throw new ConfigError(`${sink}: rows must return an array, not ${describe(made)}`);
  return made;
}

/** Sends a notice to the listener. @throws CallbackError with what the listener throws */
export function report(events: EventListener | undefined, message: string): void {
  try {
    events?.next({ type: 'notice', message });
  } catch (cause) {
    throw new CallbackError('events', cause);
  }
}

/** Closes the checkpoint when a sink has ended its work. */
export async function withCheckpoint<Result>(
  checkpoint: OpenCheckpoint | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } finally {
    await checkpoint?.close();
  }
}
