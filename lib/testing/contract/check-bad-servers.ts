import { defer, of } from 'rxjs';
import { isPagewiseError } from '../../errors.js';
import type { Page, Position } from '../../page.js';
import type { PageResponse, Transport } from '../../request.js';
import { expectSame } from './expect-same.js';
import { failure, mostPages, type Trial } from './trial.js';

/** A server that never leaves a page: its token repeats, or its page number is clamped. */
export async function checkRepeatedPage<Item, P extends Position>(trial: Trial<Item, P>): Promise<void> {
  const { again, pages } = await trial.whole();
  const stuck = pages.find(({ next, items }) => next !== undefined && items.length > 0);
  if (stuck === undefined) throw failure('no page but the last one has items, so there is none that could come again');
  const strategy = trial.make();
  if (strategy.onRepeat === 'allow') return; // Equal pages are honest there, however many.
  const { items, error, pages: found } = await trial.walk(strategy, firstThen(again, stuck.index, stuck.response));
  const what = `page ${stuck.index + 1} came again and again`;
  if (found.length >= mostPages) throw failure(`${what}, and it has not ended after ${mostPages} pages`);
  if (error && !(isPagewiseError(error) && ['PaginationLoopError', 'EmptyPagesError'].includes(error.name)))
    throw failure(`${what}, and it failed for another reason: ${error.message}`, error);
  const before = pages.slice(0, stuck.index + 1).flatMap((page: Page<Item>) => page.items);
  expectSame(`${what}, and its items`, items, before);
}

/** A server that answers in the middle of a walk with something else. */
export async function checkForeignAnswer<Item, P extends Position>(trial: Trial<Item, P>): Promise<void> {
  if (trial.api.missingItems === 'empty') return;
  const { again } = await trial.whole();
  for (const body of [{ unexpected: 'answer' }, null]) {
    const foreign: PageResponse = { status: 200, url: '', headers: { get: () => null }, body };
    const { error, pages } = await trial.walk(trial.make(), firstThen(again, 1, foreign));
    if (error === undefined)
      throw failure(
        `page 2 was ${JSON.stringify(body)}, and the walk completed after ${pages.length} pages as if that were one; ` +
          "throw where items are missing, or give the contract missingItems: 'empty' if that is meant",
      );
  }
}

/** The pages up to an index as they are, then always the same answer. */
const firstThen =
  (again: Transport, index: number, response: PageResponse): Transport =>
  (request, attempt) =>
    defer(() => (attempt.pageIndex < index ? again(request, attempt) : of(response)));
