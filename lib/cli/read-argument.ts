import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/** The text of FILE in `@FILE`, or of stdin in `@-`. @throws UsageError where it can't be read */
export function readArgumentFile(flag: string, argument: string): string {
  const path = argument.slice(1);
  const shown = path === '-' ? 'stdin' : `the file ${path}`;
  let bytes: Buffer;
  try {
    bytes = readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(`${flag} ${argument}: can't read ${shown} (${code})`);
  }
  // Other bytes would be sent as something else.
  if (!isUtf8(bytes))
    throw new UsageError(`${flag} ${argument}: ${shown} is no text in UTF-8, and nothing else can be sent`);
  return bytes.toString('utf8');
}
