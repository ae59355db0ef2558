import { open } from 'node:fs/promises';
import { WriteError } from '../../errors.js';

/** The last byte of a file, as a character; `undefined` where there is no file, or nothing in it, or where it is a pipe. */
export async function endOf(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size === 0) return undefined;
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, stat.size - 1);
      return buffer.toString('latin1');
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined;
    throw new WriteError(path, cause);
  }
}
