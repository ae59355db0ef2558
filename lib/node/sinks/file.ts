import { constants } from 'node:fs';
import { open, stat as statOf, type FileHandle } from 'node:fs/promises';

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
  const there = await statOf(path).catch(() => undefined);
  // A pipe that is held open for reading too would never tell that its reader has left.
  const pipe = there !== undefined && !there.isFile();
  const handle: FileHandle = await open(path, pipe ? constants.O_WRONLY : constants.O_RDWR | constants.O_CREAT);
  const stat = await handle.stat();
  const regular = stat.isFile();
  let bytes = stat.size;
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
    sync: () => (regular ? handle.datasync() : Promise.resolve()),
    close: () => handle.close(),
  };
}
