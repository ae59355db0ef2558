import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from './usage-error.js';

/** Refuses a file that can't be written to, without touching it. @throws UsageError */
export function checkWritable(flag: string, path: string): void {
  try {
    if (existsSync(path) && statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(`${flag} ${path}: can't open it for writing (${code})`);
  }
}
