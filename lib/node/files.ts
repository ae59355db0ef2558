import { open, readFile, rename } from 'node:fs/promises';

/** Replaces a file, completely or not at all. */
export async function replaceFile(path: string, text: string, folder: string): Promise<void> {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(folder);
}

/** Settles when the names in a folder survive a power failure, if the system supports that. */
export async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r').catch(() => undefined);
  try {
    await opened?.sync();
  } catch {
    // Windows and some file systems don't support it.
  } finally {
    await opened?.close();
  }
}

/** The text of a file; `undefined` if there is no file. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
