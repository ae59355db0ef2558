import { EmptyPagesError, PaginationLoopError } from '../errors.js';
import type { Page, Position } from '../page.js';
import type { PageResponse } from '../request.js';
import { doneToken, tokenAt, type Step, type TokenOwner } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { asCallbackError } from './judge.js';
import { repeatGuard } from './repeat-guard.js';

/** Makes pages of answers, and remembers what the guards of one walk need: empty pages in a row, the last items. */
export interface PageReader<Item, P extends Position> {
  /** @param ended whether the answer was judged to be past the end: an empty last page @throws PagewiseError */
  read(step: Step<P>, response: PageResponse, ended: boolean): Page<Item>;
  /** @returns names, when it is asked, the items of the last page that was read up to now: for tokens */
  mark(): () => string | undefined;
}

/** @param lastBefore what an earlier run has named the items of its last page */
export function pageReader<Item, P extends Position>(
  strategy: Strategy<Item, P>,
  owner: TokenOwner,
  lastBefore: string | undefined,
): PageReader<Item, P> {
  const { maxEmptyPages = 1000, onRepeat = 'error' } = strategy;
  const guard = repeatGuard(lastBefore);
  let emptyPages = 0;

  function isRepeated(items: readonly Item[]): boolean {
    if (onRepeat === 'allow' || !guard.repeats(items)) return false;
    if (onRepeat === 'stop') return true;
    throw new PaginationLoopError(
      'its items are those of the page before it: the API does not read the parameter that asks for the next page (look ' +
        'at its name and its place), or it answers with the same page again, past its end or under a new token. If that ' +
        "is how it ends, give the strategy onRepeat: 'stop'; if equal pages are honest, 'allow'",
    );
  }

  return {
    mark: () => (onRepeat === 'allow' ? () => undefined : guard.mark()),
    read({ index, position, itemsBefore }, response, ended) {
      const { body } = response;
      const found = ended ? [] : callback('strategy.items', () => strategy.items(body, response));
      const over = ended || isRepeated(found);
      const items = over ? [] : found;
      const answer = { index, position, itemsBefore, items, body, response };
      const next = over ? undefined : callback('strategy.next', () => strategy.next(answer));
      const total = over ? undefined : callback('strategy.total', () => strategy.total?.(answer));
      emptyPages = items.length === 0 ? emptyPages + 1 : 0;
      if (next !== undefined && emptyPages > maxEmptyPages) throw new EmptyPagesError(emptyPages);
      guard.accept(items);
      const last = onRepeat === 'allow' ? undefined : guard.mark();

      let token: Page['resume'] | undefined;
      const makeToken = () => {
        const received = itemsBefore + items.length;
        if (next === undefined) return doneToken(index + 1, received, owner);
        return tokenAt({ position: next, index: index + 1, itemsBefore: received, last: last?.() }, owner);
      };
      return {
        ...answer,
        total,
        next,
        // Made when it is asked for: naming a page's items costs more than all the rest.
        get resume() {
          return (token ??= makeToken());
        },
      };
    },
  };
}

function callback<T>(name: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw asCallbackError(name, error);
  }
}
