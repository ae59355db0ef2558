import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../files.js';

/** A file that is written at its end, and whose end can be taken back. */
export interface WritableFile {
  /** Where the end is. */
  readonly bytes: number;
  /** Whether what is written can be taken back: not in pipes and devices. */
  readonly regular: boolean;
  write(data: Uint8Array): Promise<void>;
  /** Forgets what is behind. */
  truncate(bytes: number): Promise<void>;
  /** Settles when what is written survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens it as it is, or makes it. */
export async function openFile(path: string): Promise<WritableFile> {
  // Not to be read: who opens a pipe for both is its own reader, and never hears that the other one has left.
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT);
  const stat = await handle.stat();
  const regular = stat.isFile();
  let bytes = stat.size;
  let named = bytes > 0;
  return {
    regular,
    get bytes() {
      return bytes;
    },
    async write(data) {
      for (let offset = 0; offset < data.length;) {
        const { bytesWritten } = await handle.write(data, offset, data.length - offset, regular ? bytes : null);
        offset += bytesWritten;
        bytes += bytesWritten;
      }
    },
    async truncate(to) {
      if (regular) await handle.truncate(to);
      bytes = to;
    },
    async sync() {
      if (!regular) return;
      await handle.datasync();
      if (!named) await syncFolder(dirname(path));
      named = true;
    },
    close: () => handle.close(),
  };
}

/** stdout as a file. A write settles when the text has left this process, so that waiting for it is backpressure. */
export function openStdout(): Promise<WritableFile> {
  let bytes = 0;
  return Promise.resolve({
    regular: false,
    get bytes() {
      return bytes;
    },
    write: (data) =>
      new Promise((resolve, reject) => {
        process.stdout.write(data, (error) => {
          if (error) reject(error);
          else {
            bytes += data.length;
            resolve();
          }
        });
      }),
    truncate(to) {
      bytes = to;
      return Promise.resolve();
    },
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
}
