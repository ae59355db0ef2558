import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../checkpoint.js';
import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import { syncFolder } from './sync-folder.js';

/**
 * A store of checkpoints in a folder, which is made where there is none: a file for each key, readable by its owner only.
 * A text is written beside the file, flushed to the disk, and then takes its place, so that a crash at any moment leaves
 * the old one or the new one.
 *
 *     checkpoint(fileStore('.jobs'), 'orders')   ▸   .jobs/orders.json
 *
 * @throws ConfigError where it is no path
 */
export function fileStore(folder: string): CheckpointStore & { delete(key: string): Promise<void> } {
  if (typeof folder !== 'string' || folder === '')
    throw new ConfigError(`fileStore: the folder must be a path, not ${describe(folder)}`);
  const pathOf = (key: string) => join(folder, `${encodeURIComponent(key)}.json`);
  return {
    get: (key: string) => readText(pathOf(key)),
    async set(key: string, text: string) {
      await mkdir(folder, { recursive: true });
      await replaceFile(pathOf(key), text, folder);
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}

/** @internal What a file holds; `undefined` where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @internal Puts a file in the place of another, whole or not at all. */
export async function replaceFile(path: string, text: string, folder: string): Promise<void> {
  const beside = `${path}.${String(process.pid)}.tmp`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(folder);
}
