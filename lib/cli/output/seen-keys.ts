import { readFile } from 'node:fs/promises';
import { ResumeError, WriteError } from '../../errors.js';
import { openFile } from '../../node/sinks/file.js';
import { parsePath, readPath } from '../../reading/path.js';

/** Tells items that have come before by what stands at a path of theirs. */
export interface SeenKeys {
  /** Those whose key has not come before, and those without one, which nothing can be told of. */
  fresh(items: readonly unknown[]): readonly unknown[];
  readonly repeated: number;
  readonly distinct: number;
  readonly withoutKey: number;
  /** Keeps the keys for the next run. @returns how long their file is now */
  save(): Promise<number | undefined>;
  close(): Promise<void>;
}

/**
 * @param file where they are kept, a line each, beside a checkpoint; what is behind `bytes` was never committed
 * @throws ResumeError where the file is shorter than that
 */
export async function openSeenKeys(key: string, file: string | undefined, bytes: number): Promise<SeenKeys> {
  const path = parsePath('--distinct', key);
  const kept = file === undefined ? undefined : await openFile(file);
  const keys = new Set<string>();
  if (file !== undefined && kept) {
    if (kept.bytes < bytes) {
      await kept.close();
      throw new ResumeError(`${file} was cut or is gone`);
    }
    await kept.truncate(bytes);
    for (const line of (await readFile(file, 'utf8')).split('\n')) if (line !== '') keys.add(line);
  }
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
    async save() {
      if (!kept || file === undefined) return undefined;
      try {
        if (added.length > 0) await kept.write(Buffer.from(added.map((text) => `${text}\n`).join('')));
        await kept.sync();
      } catch (cause) {
        throw new WriteError(file, cause);
      }
      added = [];
      return kept.bytes;
    },
    close: async () => kept?.close(),
  };
}
