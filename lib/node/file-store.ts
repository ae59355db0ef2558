import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../checkpoint.js';
import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import { readText, removeLeftovers, replaceFile } from './files.js';

/**
 * A store of checkpoints in a folder, with one file per key that only its owner can read. It creates the folder if
 * needed. A text is written to a temporary file, flushed to the disk, and then renamed, so that a crash at any moment
 * leaves either the old text or the new one. The next run removes temporary files of killed runs.
 *
 *     checkpoint(fileStore('.jobs'), 'orders')   ▸   .jobs/orders.json
 *
 * @throws ConfigError if the folder is not a path
 */
export function fileStore(folder: string): CheckpointStore & { delete(key: string): Promise<void> } {
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
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}
