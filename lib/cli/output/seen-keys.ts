import { chmod, readFile } from 'node:fs/promises';
import { WriteError } from '../../errors.js';
import { type Commit, type Companion, textOf } from '../../node/sinks/committed-file.js';
import { openFile, type WritableFile } from '../../node/sinks/file.js';
import { changeOf, fingerprintOf, readTail, tailAfter } from '../../node/sinks/unchanged-file.js';
import { stringifyExactJson } from '../../reading/exact-json.js';
import { parsePath, readPath } from '../../reading/path.js';
import { UsageError } from '../flags/arguments.js';
import { codeOf, startOver } from './job-output.js';

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
  /** Whether the file of keys was deleted, replaced or cut while it was being written. */
  readonly lost: boolean;
  close(): Promise<void>;
}

/**
 * @param checkpoint the file next to which the keys are stored, one per line
 * @param commit of an earlier run; keys after that were never committed
 * @throws UsageError if the file of keys can't be opened, or is not what the last run left
 */
export async function openSeenKeys(
  key: string,
  checkpoint: string | undefined,
  commit: Commit | undefined,
): Promise<SeenKeys> {
  const path = parsePath(undefined, 'distinct', key);
  const keys = new Set<string>();
  const kept = checkpoint === undefined ? undefined : await openKept(key, checkpoint, commit, keys);
  let added: string[] = [];
  let repeated = 0;
  let withoutKey = 0;
  let lost = false;
  let unused = true;
  return {
    get lost() {
      return lost;
    },
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
      const { file, name } = kept;
      unused = false;
      const bytes = Buffer.from(added.map((text) => `${text}\n`).join(''));
      try {
        await file.write(bytes);
        await file.check().catch((error: unknown) => {
          lost = true;
          throw error;
        });
        await file.sync();
      } catch (cause) {
        throw new WriteError(name, cause);
      }
      added = [];
      kept.tail = tailAfter(kept.tail, bytes);
      return { bytes: file.bytes, fingerprint: fingerprintOf(kept.tail) };
    },
    close: async () => kept?.file.close(unused),
  };
}

export const fileOfKeys = (checkpoint: string): string => `${checkpoint}.keys`;

/** Refuses a file of keys that is not what the last run left: repeated items would be written. @throws UsageError */
export async function checkKeys(key: string, checkpoint: string, commit: Commit): Promise<void> {
  const name = fileOfKeys(checkpoint);
  const { bytes, fingerprint } = commit.keys ?? { bytes: 0, fingerprint: undefined };
  // Keys after the commit are cut off, so a longer file is fine. Without keys, so is a missing file.
  const last = { bytes, fingerprint, closed: undefined, done: false };
  const change = await changeOf(name, last).catch((error: unknown) => {
    throw new UsageError(`--distinct ${key}: can't read the file of earlier keys, ${name} (${codeOf(error)})`);
  });
  if (!change) return;
  const text =
    change.kind === 'shorter' ? `the file of earlier keys, ${name}, was cut or deleted` : textOf(change, last, name);
  throw new UsageError(
    `--distinct ${key}: ${text}; ${commit.done ? 'to write everything again, add --when-done restart' : startOver(checkpoint)}`,
  );
}

/** The file of keys; `tail` is its last bytes. */
interface KeptKeys {
  readonly name: string;
  readonly file: WritableFile;
  tail: Buffer;
}

async function openKept(
  key: string,
  checkpoint: string,
  commit: Commit | undefined,
  keys: Set<string>,
): Promise<KeptKeys> {
  const name = fileOfKeys(checkpoint);
  const bytes = commit?.keys?.bytes ?? 0;
  // Again, since detection takes time.
  if (commit) await checkKeys(key, checkpoint, commit);
  try {
    // Keys are API data, so only the owner may read them. A file of an earlier version may be readable by all; chmod
    // fails for other owners.
    const file = await openFile(name, { mode: 0o600 });
    await chmod(name, 0o600).catch(() => undefined);
    await file.truncate(bytes);
    for (const line of (await readFile(name, 'utf8')).split('\n')) if (line !== '') keys.add(line);
    return { name, file, tail: await readTail(name, bytes) };
  } catch (error) {
    throw new UsageError(`--distinct ${key}: can't open the file of earlier keys, ${name} (${codeOf(error)})`);
  }
}
