import { open, rename } from 'node:fs/promises';

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

/** So that the new name survives a power cut; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r').catch(() => undefined);
  try {
    await opened?.sync();
  } catch {
    // Windows and some file systems refuse it.
  } finally {
    await opened?.close();
  }
}
