import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../checkpoint.js';
import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import { leaseFile } from './file-lease.js';
import { readText, removeLeftovers, replaceFile } from './files.js';

/**
 * A store of checkpoints in a folder, with one file per key that only its owner can read. It creates the folder if
 * needed. A text is written to a temporary file, flushed to the disk, and then renamed, so that a crash at any moment
 * leaves either the old text or the new one. The next run removes temporary files of killed runs.
 *
 *     checkpoint(fileStore('.jobs'), 'orders')   ▸   .jobs/orders.json
 *
 * A run holds the lease of its checkpoint, `.jobs/orders.json.lock`. On Linux the lease of a run that crashed on this
 * machine is taken over immediately, elsewhere after its time.
 *
 * @throws ConfigError if the folder is not a path
 */
export function fileStore(
  folder: string,
): CheckpointStore & Required<Pick<CheckpointStore, 'lease'>> & { delete(key: string): Promise<void> } {
  if (typeof folder !== 'string' || folder === '')
    throw new ConfigError(`fileStore: the folder must be a path, not ${describe(folder)}`);
  const pathOf = (key: string) => join(folder, `${encodeURIComponent(key)}.json`);
  const begun = new Set<string>();
  return {
    get: (key: string) => readText(pathOf(key)),
    async set(key: string, text: string) {
      await mkdir(folder, { recursive: true });
      if (!begun.has(key)) await removeLeftovers(pathOf(key));
      begun.add(key);
      await replaceFile(pathOf(key), text);
    },
    async lease(key: string, holder: string, ms: number) {
      await mkdir(folder, { recursive: true });
      begun.add(key); // Removes what killed runs have left.
      return leaseFile(pathOf(key), holder, ms);
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}
