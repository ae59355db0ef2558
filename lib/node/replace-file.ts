import { open, rename } from 'node:fs/promises';
import { syncFolder } from './sync-folder.js';

/** Puts a file in the place of another, whole or not at all. */
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
