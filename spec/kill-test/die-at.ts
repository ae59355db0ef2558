import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Where a process kills itself: at one of the changes that it makes to files, counted from its start. */
export interface DieAt {
  readonly change: number;
  /** Half: the first half of the data is written. */
  readonly when: 'before' | 'half' | 'after';
}

type Change = (this: unknown, ...args: never[]) => unknown;

/** A process writes this to stderr before it dies, so that the test knows what was hit. */
const die = (name: string, when: string): never => {
  fs.writeSync(2, `died ${when} ${name}\n`);
  process.kill(process.pid, 'SIGKILL');
  for (;;); // Until the signal arrives.
};

/**
 * Makes this process kill itself there.
 * @returns to be called where else it may die: each call counts as a change
 */
export async function dieAt({ change, when }: DieAt): Promise<(place: string) => void> {
  let count = 0;
  const isDue = () => ++count === change;
  // A change that has no half is skipped, up to the next write.
  const isDueHalf = (name: string) => ++count >= change && name.startsWith('write');

  const wrap = (owner: object, name: string) => {
    const real = (owner as Record<string, Change>)[name]!;
    const call = (self: unknown, args: unknown[]) => Reflect.apply(real, self, args) as unknown;
    (owner as Record<string, unknown>)[name] = async function (this: unknown, ...args: unknown[]) {
      if (!(when === 'half' ? isDueHalf(name) : isDue())) return call(this, args);
      if (when === 'before') die(name, when);
      await call(this, when === 'half' ? firstHalf(args) : args);
      return die(name, when === 'half' ? 'in the middle of' : 'after');
    };
  };

  const handle = await fsPromises.open(process.execPath);
  const prototype = Object.getPrototypeOf(handle) as object;
  await handle.close();
  for (const name of ['write', 'writeFile', 'truncate', 'datasync', 'sync']) wrap(prototype, name);
  wrap(fsPromises, 'rename');
  syncBuiltinESMExports();
  return (place) => {
    if (isDue()) die(place, 'at');
  };
}

/** The arguments of write(data, offset, length, position) and writeFile(text) that write the first half. */
function firstHalf([data, offset, length, position]: unknown[]): unknown[] {
  if (typeof data === 'string') return [data.slice(0, data.length / 2)];
  return [data, offset, Math.ceil((length as number) / 2), position];
}
