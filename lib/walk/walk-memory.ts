import { PaginationLoopError } from '../errors.js';
import type { Position } from '../page.js';
import type { PageRequest } from '../request.js';
import type { Step, TokenOwner } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { asCallbackError } from './judge.js';
import { loopGuard } from './loop-guard.js';
import { pageReader, type PageReader } from './read-page.js';
import { sameRequest } from './same-request.js';

/** What is known of a walk before it begins. */
export interface WalkBeginning<Item, P extends Position> {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly owner: TokenOwner;
  /** Where the walk begins: what an earlier run has left to guard against. */
  readonly first: Step<P> | undefined;
}

/** Remembers, for one walk, what the guards against endless walks need, and whether it has started over. */
export interface WalkMemory<Item, P extends Position> {
  /** The request of a page. @throws PagewiseError where the walk would never end */
  place(step: Step<P>): PageRequest;
  readonly reader: PageReader<Item, P>;
  /** The first page in the place of one whose position has expired, with nothing remembered; once. */
  startOver(step: Step<P>): Step<P> | undefined;
}

export function walkMemory<Item, P extends Position>(walk: WalkBeginning<Item, P>): WalkMemory<Item, P> {
  const { strategy, owner } = walk;
  let guard = loopGuard();
  let reader = pageReader(strategy, owner, walk.first?.last);
  let last: PageRequest | undefined;
  let restarted = strategy.onExpired !== 'restart';

  return {
    place({ position, index }) {
      guard(position, index);
      let request: PageRequest;
      try {
        request = strategy.place(walk.request, position);
      } catch (error) {
        throw asCallbackError('strategy.place', error);
      }
      // Where equal pages are honest, so are equal requests: what comes next is the server's state (a scroll).
      if (last !== undefined && strategy.onRepeat !== 'allow' && sameRequest(request, last))
        throw new PaginationLoopError(
          'its request is the one just sent, so the same page would come for ever; nothing was sent. ' +
            "Look at the strategy's place: does it write the position?",
        );
      return (last = request);
    },
    get reader() {
      return reader;
    },
    startOver({ index }) {
      if (restarted) return undefined;
      restarted = true;
      guard = loopGuard();
      reader = pageReader(strategy, owner, undefined);
      last = undefined;
      return { position: strategy.first, index, itemsBefore: 0 };
    },
  };
}
