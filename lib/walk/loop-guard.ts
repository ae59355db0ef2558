import { PaginationLoopError } from '../errors.js';
import type { Position } from '../page.js';

const remembered = 1000;

/**
 * Finds positions that come again (E9). The last 1,000 are compared before anything is sent; longer cycles are found
 * by Brent's algorithm within about three times their length, so memory stays constant however long the walk.
 * @returns a function to be told of each position before its request is sent; it throws PaginationLoopError
 */
export function loopGuard(): (position: Position, index: number) => void {
  const seen = new Map<string, number>();
  let tortoise = '';
  let tortoiseIndex = 0;
  let lap = 1;
  let steps = 0;

  return (position, index) => {
    const key = JSON.stringify(position);
    const before = seen.get(key) ?? (key === tortoise ? tortoiseIndex : undefined);
    if (before !== undefined)
      throw new PaginationLoopError(
        `its position is that of page ${String(before + 1)} again, so the walk would never end; nothing was sent. ` +
          "The API repeats a token, or the strategy reads one that does not move; where that is how the API ends, cursor has onSameToken: 'stop'",
      );
    seen.set(key, index);
    // A Map keeps the order of insertion: its first key is the oldest.
    if (seen.size > remembered) seen.delete(seen.keys().next().value ?? '');
    if (++steps === lap) {
      tortoise = key;
      tortoiseIndex = index;
      lap *= 2;
      steps = 0;
    }
  };
}
