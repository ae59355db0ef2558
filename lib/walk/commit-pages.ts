import type { Checkpoint } from '../checkpoint.js';
import type { Page } from '../page.js';

/**
 * The same pages, each committed before the next one is asked for. One that the consumer left at, by `break` or an
 * error, is not: it comes again.
 */
export function commitPages<Item>(
  pages: AsyncIterableIterator<Page<Item>, undefined>,
  checkpoint: Checkpoint,
): AsyncIterableIterator<Page<Item>, undefined> {
  let handed: Page<Item> | undefined;
  let left = false;
  let asked: Promise<unknown> = Promise.resolve();

  async function next(): Promise<IteratorResult<Page<Item>, undefined>> {
    if (handed && !left) {
      const { resume } = handed;
      handed = undefined;
      try {
        await checkpoint.save({ resume });
      } catch (error) {
        void pages.return?.();
        throw error;
      }
    }
    const result = await pages.next();
    if (!result.done) handed = result.value;
    return result;
  }
  return {
    next() {
      const result = asked.then(next);
      asked = result.catch(() => undefined);
      return result;
    },
    return() {
      left = true;
      return pages.return?.() ?? Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
