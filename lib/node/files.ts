import { open, readFile, rename } from 'node:fs/promises';

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

/** Settles when the names in a folder survive a power cut, where the system can do that. */
export async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r').catch(() => undefined);
  try {
    await opened?.sync();
  } catch {
    // Windows and some file systems refuse it.
  } finally {
    await opened?.close();
  }
}

/** What a file holds; `undefined` where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
