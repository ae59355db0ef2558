import type { Checkpoint, CommittedByHand } from '../../checkpoint.js';
import { CallbackError, ConfigError } from '../../errors.js';
import type { Page, ResumeToken } from '../../page.js';
import { describe } from '../../values/describe.js';

/** Takes pages to where they stay: `pages.to(sink)`, or `sink(pages)`. It asks for a page when it has written the last. */
export type Sink<Item, Result = Written> = (pages: AsyncIterable<Page<Item>>) => Promise<Result>;

/** What a sink has written in this run. */
export interface Written {
  readonly pages: number;
  /** Items of these pages. */
  readonly items: number;
}

/** What is written of a page. */
export type Rows<Item> = (page: Page<Item>) => readonly unknown[];

/** Where pages come from, and where their place is kept. */
export interface Source<Item> {
  readonly checkpoint: Checkpoint | undefined;
  pull(from?: ResumeToken): AsyncIterable<Page<Item>>;
}

/** Pages that a sink commits itself. Those of other async iterables have no checkpoint. */
export function sourceOf<Item>(sink: string, pages: AsyncIterable<Page<Item>>): Source<Item> {
  if (typeof pages === 'object' && pages !== null && 'pagewise.byHand' in pages)
    return (pages as unknown as CommittedByHand<Item>)['pagewise.byHand']();
  if (typeof (pages as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] !== 'function')
    throw new ConfigError(
      `${sink}: pages must be what paginate gives, or another async iterable of pages, not ${describe(pages)}`,
    );
  return {
    checkpoint: undefined,
    pull(from) {
      if (from) throw new ConfigError(`${sink}: only what paginate gives can go on where it was`);
      return pages;
    },
  };
}

/** @throws CallbackError with what the function throws, ConfigError where it gives no array */
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
