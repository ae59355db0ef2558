import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../files.js';

/** A file that is written at its end and can be cut. */
export interface WritableFile {
  /** The length of the file. */
  readonly bytes: number;
  /** Whether the file can be cut. Pipes and devices can't. */
  readonly regular: boolean;
  write(data: Uint8Array): Promise<void>;
  /** Cuts the file to this length. */
  truncate(bytes: number): Promise<void>;
  /** Settles when what was written survives a power failure. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file without changing it, or creates it. @param mode the rights of a file that is created */
export async function openFile(path: string, mode = 0o666): Promise<WritableFile> {
  // For writing only: a process that also opens a pipe for reading is its own reader, and never gets EPIPE.
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT, mode);
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

/** stdout as a file. A write settles when the text has left this process, so awaiting it applies backpressure. */
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
