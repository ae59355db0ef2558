import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { Random } from './random.js';

/** A change of an output between two runs, by something else. */
export interface Tampering {
  readonly what: 'deleted' | 'cut' | 'replaced' | 'grown';
  /** Whether the file is what the change has made of it. */
  isUntouched(): boolean;
  /** Takes the change back. */
  undo(): void;
}

/** Changes a file at random. @returns `undefined` if there is nothing to change */
export function tamper(path: string, random: Random): Tampering | undefined {
  const before = read(path);
  if (before === undefined || before.length === 0) return undefined;
  const what = random.pick(['deleted', 'cut', 'replaced', 'grown'] as const);
  if (what === 'deleted') rmSync(path);
  if (what === 'cut') truncateSync(path, random.whole(before.length));
  if (what === 'replaced') writeFileSync(path, Buffer.alloc(before.length, 'other text, '));
  if (what === 'grown') appendFileSync(path, 'z'.repeat(1 + random.whole(9000)));
  const after = read(path);
  return {
    what,
    isUntouched() {
      const now = read(path);
      return now === undefined ? after === undefined : after?.equals(now) === true;
    },
    undo: () => writeFileSync(path, before),
  };
}

const read = (path: string): Buffer | undefined => (existsSync(path) ? readFileSync(path) : undefined);
