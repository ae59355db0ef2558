import { open } from 'node:fs/promises';

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
