import { accessSync, constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './usage-error.js';

/** Where items go. */
export interface Output {
  /** Settles when the text has left this process, so that waiting for it is backpressure. @throws WriteError */
  write(text: string): Promise<void>;
  /** What is written so far stays. */
  keep(): Promise<void>;
  /** Takes back what was written since, in a file; says whether it is gone. */
  undo(): Promise<boolean>;
  /** @throws WriteError */
  close(): Promise<void>;
}

/** Items could not be written; `cause` says why. */
export class WriteError extends Error {
  /** Whether the reader of a pipe has left, as `head` does. */
  readonly readerLeft: boolean;

  constructor(to: string, cause: unknown) {
    const { code, message } = cause as { code?: string; message: string };
    super(`can't write to ${to}: ${message}`, { cause });
    this.readerLeft = code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED';
  }
}

/** Refuses a file that can't be written to, without touching it. @throws UsageError */
export function checkOutput(path: string | undefined): void {
  if (path === undefined || path === '-') return;
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(`-o ${path}: can't open it for writing (${code})`);
  }
}

/** stdout, or a file; appends to it where that is asked for. @throws UsageError where it can't be opened */
export const openOutput = async (path: string | undefined, append: boolean): Promise<Output> =>
  path === undefined || path === '-' ? stdout : openFile(path, append);

const stdout: Output = {
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => {
        if (error) reject(new WriteError('stdout', error));
        else resolve();
      });
    }),
  keep: () => Promise.resolve(),
  undo: () => Promise.resolve(false),
  close: () => Promise.resolve(),
};

async function openFile(path: string, append: boolean): Promise<Output> {
  const file = await open(path, append ? 'a' : 'w').catch((error: unknown) => {
    throw new UsageError(`-o ${path}: can't open it for writing (${(error as { code?: string }).code ?? ''})`);
  });
  const failed = (error: unknown): never => {
    throw new WriteError(path, error);
  };
  let kept = (await file.stat()).size;
  return {
    write: (text) => file.appendFile(text).catch(failed),
    async keep() {
      kept = (await file.stat()).size;
    },
    undo: () =>
      file.truncate(kept).then(
        () => true,
        () => false, // A pipe or a device.
      ),
    close: () => file.close().catch(failed),
  };
}
