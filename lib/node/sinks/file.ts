import { constants } from 'node:fs';
import { open, stat as statOf } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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
  /** Settles if the file still has its name, and the length that was written. @throws Error if it was deleted or cut */
  check(): Promise<void>;
  /** Settles when what was written survives a power failure. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file without changing it, or creates it. @param mode the rights of a file that is created */
export async function openFile(path: string, mode = 0o666): Promise<WritableFile> {
  // For writing only: a process that also opens a pipe for reading is its own reader, and never gets EPIPE.
  // At the end, wherever that is: if something has cut the file, a write at a position would leave zeros before it.
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, mode);
  const stat = await handle.stat();
  const regular = stat.isFile();
  let bytes = stat.size;
  let named = bytes > 0;
  const whole = resolve(path);
  const inode = () => statOf(whole, { bigint: true }).then(({ ino }) => ino, () => undefined); // prettier-ignore
  // Some file systems of networks have no inodes that stay the same.
  const { ino } = await handle.stat({ bigint: true });
  const comparable = (await inode()) === ino;
  return {
    regular,
    get bytes() {
      return bytes;
    },
    async write(data) {
      for (let offset = 0; offset < data.length;) {
        const { bytesWritten } = await handle.write(data, offset, data.length - offset, null);
        offset += bytesWritten;
        bytes += bytesWritten;
      }
    },
    async truncate(to) {
      if (regular) await handle.truncate(to);
      bytes = to;
    },
    async check() {
      if (!regular) return;
      const { nlink, size } = await handle.stat();
      const now = await inode();
      if (nlink === 0 || now === undefined || (comparable && now !== ino))
        throw new Error('it was deleted, moved or replaced while it was being written; start over');
      if (size !== bytes)
        throw new Error(
          `it has ${String(size)} bytes instead of ${String(bytes)}: it was cut, or something else has written to it; start over`,
        );
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
    check: () => Promise.resolve(),
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
}
