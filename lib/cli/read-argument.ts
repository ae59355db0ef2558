import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/** The text of FILE in `@FILE`, or of stdin in `@-`. @throws UsageError where it can't be read */
export function readArgumentFile(flag: string, argument: string): string {
  const path = argument.slice(1);
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(`${flag} ${argument}: can't read ${path === '-' ? 'stdin' : `the file ${path}`} (${code})`);
  }
}
