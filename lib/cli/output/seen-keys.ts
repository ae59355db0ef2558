import { chmod, readFile } from 'node:fs/promises';
import { WriteError } from '../../errors.js';
import type { Companion } from '../../node/sinks/committed-file.js';
import { openFile } from '../../node/sinks/file.js';
import { stringifyExactJson } from '../../reading/exact-json.js';
import { parsePath, readPath } from '../../reading/path.js';
import { UsageError } from '../flags/arguments.js';
import { startOver } from './job-output.js';

/** Detects repeated items by their key: the value at one of their paths. */
export interface SeenKeys extends Companion {
  /**
   * Up to `limit` items whose key is new, or that have no key and so can't be compared.
   * @returns those items, and how many of `items` it took to find them
   */
  fresh(items: readonly unknown[], limit: number): { readonly fresh: readonly unknown[]; readonly taken: number };
  readonly repeated: number;
  readonly distinct: number;
  readonly withoutKey: number;
  close(): Promise<void>;
}

/**
 * @param checkpoint the file next to which the keys are stored, one per line
 * @param bytes length of the committed keys; the rest of the file was never committed
 * @throws UsageError if the file of keys is shorter than `bytes`
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
    fresh(items, limit) {
      const fresh: unknown[] = [];
      for (const [taken, item] of items.entries()) {
        const value = readPath(item, path);
        const text = value === undefined ? undefined : stringifyExactJson(value);
        if (text !== undefined && keys.has(text)) {
          repeated++;
          continue;
        }
        if (fresh.length >= limit) return { fresh, taken };
        fresh.push(item);
        if (text === undefined) withoutKey++;
        else {
          keys.add(text);
          if (kept) added.push(text);
        }
      }
      return { fresh, taken: items.length };
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
  // Keys are data of the API. A file of an earlier version may be open to all; one of another owner can't be changed.
  const file = await openFile(name, 0o600);
  await chmod(name, 0o600).catch(() => undefined);
  if (file.bytes < bytes) {
    await file.close();
    throw new UsageError(
      `--distinct ${key}: the file of earlier keys, ${name}, was cut or deleted; ${startOver(checkpoint)}`,
    );
  }
  await file.truncate(bytes);
  for (const line of (await readFile(name, 'utf8')).split('\n')) if (line !== '') keys.add(line);
  return { name, file };
}
