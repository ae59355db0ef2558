import { EmptyPagesError, PaginationLoopError } from '../errors.js';
import type { Page, Position } from '../page.js';
import type { PageResponse } from '../request.js';
import type { Step, TokenOwner } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { asCallbackError } from './judge.js';
import { withToken } from './lazy-token.js';
import { repeatGuard, type PageMark } from './repeat-guard.js';

/** Makes pages of answers, and remembers what the guards of one walk need: empty pages in a row, the last items. */
export interface PageReader<Item, P extends Position> {
  /** @param ended whether the answer was judged to be past the end: an empty last page @throws PagewiseError */
  read(step: Step<P>, response: PageResponse, ended: boolean): Page<Item>;
  /** What tells the last page that was read up to now, for tokens. */
  mark(): PageMark;
}

/** @param lastBefore what an earlier run has named the items of its last page */
export function pageReader<Item, P extends Position>(
  strategy: Strategy<Item, P>,
  owner: TokenOwner,
  lastBefore: string | undefined,
): PageReader<Item, P> {
  const { maxEmptyPages = 1000, onRepeat = 'error' } = strategy;
  const guard = onRepeat === 'allow' ? undefined : repeatGuard(lastBefore);
  let emptyPages = 0;

  function isRepeated(items: readonly Item[]): boolean {
    if (!guard?.repeats(items)) return false;
    if (onRepeat === 'stop') return true;
    throw new PaginationLoopError(
      'its items are those of the page before it: the API does not read the parameter that asks for the next page (look ' +
        'at its name and its place), or it answers with the same page again, past its end or under a new token. If that ' +
        "is how it ends, give the strategy onRepeat: 'stop'; if equal pages are honest, 'allow'",
    );
  }

  return {
    mark: () => guard?.mark(),
    read({ index, position, itemsBefore }, response, ended) {
      const { body } = response;
      let items: readonly Item[] = [];
      let next: P | undefined;
      let total: number | undefined;
      let asked = 'items';
      try {
        const found = ended ? items : strategy.items(body, response);
        if (!ended && !isRepeated(found)) {
          items = found;
          const answer = { index, position, itemsBefore, items, body, response };
          asked = 'next';
          next = strategy.next(answer);
          asked = 'total';
          total = strategy.total?.(answer);
        }
      } catch (error) {
        throw asCallbackError(`strategy.${asked}`, error);
      }
      emptyPages = items.length === 0 ? emptyPages + 1 : 0;
      if (next !== undefined && emptyPages > maxEmptyPages) throw new EmptyPagesError(emptyPages);
      guard?.accept(items);
      return withToken({ index, position, itemsBefore, items, body, response, total, next }, owner, guard?.mark());
    },
  };
}
