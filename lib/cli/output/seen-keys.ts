import { readFile } from 'node:fs/promises';
import { WriteError } from '../../errors.js';
import type { KeptBeside } from '../../node/sinks/committed-file.js';
import { openFile } from '../../node/sinks/file.js';
import { parsePath, readPath } from '../../reading/path.js';
import { UsageError } from '../flags/arguments.js';
import { startOver } from './job-output.js';

/** Tells items that have come before by what stands at a path of theirs. */
export interface SeenKeys extends KeptBeside {
  /** Those whose key has not come before, and those without one, which nothing can be told of. */
  fresh(items: readonly unknown[]): readonly unknown[];
  readonly repeated: number;
  readonly distinct: number;
  readonly withoutKey: number;
  close(): Promise<void>;
}

/**
 * @param checkpoint beside which the keys are kept, a line each; what is behind `bytes` was never committed
 * @throws UsageError where they are less than that
 */
export async function openSeenKeys(key: string, checkpoint: string | undefined, bytes: number): Promise<SeenKeys> {
  const path = parsePath(undefined, 'distinct', key);
  const keys = new Set<string>();
  const kept = checkpoint === undefined ? undefined : await openKept(key, checkpoint, bytes, keys);
  let added: string[] = [];
  let repeated = 0;
  let withoutKey = 0;
  return {
    get repeated() {
      return repeated;
    },
    get distinct() {
      return keys.size + withoutKey;
    },
    get withoutKey() {
      return withoutKey;
    },
    fresh(items) {
      return items.filter((item) => {
        const value = readPath(item, path);
        if (value === undefined) {
          withoutKey++;
          return true;
        }
        const text = JSON.stringify(value);
        if (keys.has(text)) {
          repeated++;
          return false;
        }
        keys.add(text);
        if (kept) added.push(text);
        return true;
      });
    },
    async commit() {
      if (!kept) return undefined;
      try {
        if (added.length > 0) await kept.file.write(Buffer.from(added.map((text) => `${text}\n`).join('')));
        await kept.file.sync();
      } catch (cause) {
        throw new WriteError(kept.name, cause);
      }
      added = [];
      return kept.file.bytes;
    },
    close: async () => kept?.file.close(),
  };
}

async function openKept(key: string, checkpoint: string, bytes: number, keys: Set<string>) {
  const name = `${checkpoint}.keys`;
  const file = await openFile(name);
  if (file.bytes < bytes) {
    await file.close();
    throw new UsageError(
      `--distinct ${key}: the keys that came before, ${name}, were cut or are gone; ${startOver(checkpoint)}`,
    );
  }
  await file.truncate(bytes);
  for (const line of (await readFile(name, 'utf8')).split('\n')) if (line !== '') keys.add(line);
  return { name, file };
}
