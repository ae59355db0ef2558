import type { Strategy } from '../strategy.js';
import { type Candidate, paramOf, renamed } from './candidates/candidate.js';
import { relate } from './lists.js';
import { strategyOf } from './paging.js';
import { answered, type Ask, nextOf, Refuted, type Seen, toAnswer } from './prove.js';

/**
 * Which of many names for one parameter the API reads. They are sent together, so one request rules all of them out; if
 * the answer is another page, halves of them are sent until one is left.
 * @returns candidates to prove: none if the API ignores all names, a few if it refuses requests with unknown ones
 * @throws PagewiseError of the connection
 */
export async function narrow(
  candidate: Candidate,
  names: readonly string[],
  first: Seen,
  ask: Ask,
): Promise<readonly Candidate[]> {
  const position = positionOf(candidate, first);
  if (position === undefined || names.length === 0) return [];
  const reacts = async (some: readonly string[]): Promise<boolean | 'refused'> => {
    try {
      const { items } = await answered(ask)(together(candidate, some), position);
      return relate(first.items, items) !== 'same';
    } catch (error) {
      if (error instanceof Refuted) return 'refused';
      throw error;
    }
  };
  let left = names;
  const all = await reacts(left);
  if (all === false) return [];
  if (all === 'refused') return left.slice(0, 1).map((name) => renamed(candidate, name));
  for (let size = 3; left.length > 1; size = Math.ceil(left.length / 2)) {
    const half = left.slice(0, Math.min(size, left.length - 1)); // The likeliest names come first.
    left = (await reacts(half)) === false ? left.slice(half.length) : half;
  }
  return left.map((name) => renamed(candidate, name));
}

/** A strategy that sends the value under several names. */
function together(candidate: Candidate, names: readonly string[]): Strategy {
  const strategies = names.map((name) => strategyOf(renamed(candidate, name).paging));
  const [first] = strategies;
  if (!first) throw new Error('no name');
  return {
    ...first,
    place: (request, position) => strategies.reduce((placed, { place }) => place(placed, position), request),
  };
}

/** Where the names are tried: a position that is not that of the first page. */
function positionOf({ paging }: Candidate, first: Seen): unknown {
  const count = first.items.length;
  switch (paramOf(paging.kind)) {
    case 'pageParam':
      return { page: 2 };
    case 'offsetParam':
      return count < 2 ? undefined : { offset: count - 1 };
    case 'cursorParam': {
      const strategy = strategyOf(paging);
      try {
        return nextOf(strategy, toAnswer(strategy, first, undefined));
      } catch (error) {
        if (error instanceof Refuted) return undefined;
        throw error;
      }
    }
  }
}
