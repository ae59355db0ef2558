import { PaginationLoopError } from '../errors.js';
import type { Position } from '../page.js';

const remembered = 1000;

/**
 * Finds positions that come again (E9). The last 1,000 are compared before anything is sent; longer cycles are found
 * by Brent's algorithm within about three times their length, so memory stays constant however long the walk.
 * @returns a function to be told of each position before its request is sent; it throws PaginationLoopError
 */
export function loopGuard(): (position: Position, index: number) => void {
  // Two maps of up to 1,000 take turns: to forget one position for each that is remembered costs five times as much.
  let recent = new Map<number | string, number>();
  let older: ReadonlyMap<number | string, number> = new Map();
  let tortoise: number | string | undefined;
  let tortoiseIndex = 0;
  let lap = 1;
  let steps = 0;

  return (position, index) => {
    const key = keyOf(position);
    const before = recent.get(key) ?? older.get(key) ?? (key === tortoise ? tortoiseIndex : undefined);
    if (before !== undefined)
      throw new PaginationLoopError(
        `its position is that of page ${String(before + 1)} again, so the walk would never end; nothing was sent. ` +
          "The API repeats a token, or the strategy reads one that does not move; where that is how the API ends, cursor has onSameToken: 'stop'",
      );
    if (recent.size === remembered) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, index);
    if (++steps === lap) {
      tortoise = key;
      tortoiseIndex = index;
      lap *= 2;
      steps = 0;
    }
  };
}

// Texts are written anew, too: a token that is a slice of its body would keep the whole of that.
const keyOf = (position: Position): number | string =>
  typeof position === 'number' ? position : JSON.stringify(position);
