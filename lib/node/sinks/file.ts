import { constants } from 'node:fs';
import { type FileHandle, open, rm, stat as statOf } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { followLinks, isPipe, syncFolder } from '../files.js';

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
  /** @param unused whether nothing was to be written after all: an empty file that was created for it is removed */
  close(unused?: boolean): Promise<void>;
}

export interface OpenOptions {
  /** The permissions of a file that is created. @default 0o666 */
  readonly mode?: number | undefined;
  /** Ends every wait for the reader of a pipe. Whatever waits then throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called once if the path is a pipe that nothing reads, before the wait for its reader. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Opens a file without changing it, or creates it. A pipe is opened when it has a reader.
 *
 * Nothing here blocks a thread of Node: a process with a blocked thread can't exit.
 */
export async function openFile(path: string, options: OpenOptions = {}): Promise<WritableFile> {
  const { signal } = options;
  const { handle, created } = await openToWrite(path, options);
  const stat = await handle.stat();
  const regular = stat.isFile();
  let bytes = stat.size;
  let named = bytes > 0;
  const whole = resolve(path);
  /** What has the file's name now. */
  const there = () => statOf(whole, { bigint: true }).catch(() => undefined);
  // Some network file systems have no stable inodes.
  const { ino } = await handle.stat({ bigint: true });
  const comparable = (await there())?.ino === ino;
  return {
    regular,
    get bytes() {
      return bytes;
    },
    async write(data) {
      let wait = 1;
      for (let offset = 0; offset < data.length;) {
        try {
          const { bytesWritten } = await handle.write(data, offset, data.length - offset, null);
          offset += bytesWritten;
          bytes += bytesWritten;
          wait = 1;
        } catch (error) {
          if (codeOf(error) !== 'EAGAIN') throw error;
          await pause(wait, signal); // The pipe is full.
          wait = Math.min(2 * wait, longestWait);
        }
      }
    },
    async truncate(to) {
      if (regular) await handle.truncate(to);
      bytes = to;
    },
    async check() {
      if (!regular) return;
      const { nlink, size } = await handle.stat();
      const now = await there();
      if (nlink === 0 || now === undefined || (comparable && now.ino !== ino))
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
    async close(unused = false) {
      await handle.close();
      if (!unused || !created) return;
      // Somebody else may have replaced it, or written to it.
      const now = await there();
      if (now?.ino === ino && now.size === 0n) await rm(followLinks(whole), { force: true });
    },
  };
}

async function openToWrite(path: string, { mode = 0o666, signal, onWait }: OpenOptions) {
  // For writing only: a process that also opens a pipe for reading is its own reader, and never gets EPIPE.
  // In append mode: if something has cut the file, a write at a fixed position would leave zeros before it.
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;
  let error: unknown;
  const opened = async (at = path, more = 0): Promise<FileHandle | undefined> => {
    try {
      return await open(at, flags | more, mode);
    } catch (cause) {
      error = cause;
      return undefined;
    }
  };
  let handle = await opened();
  let created = false;
  if (!handle && codeOf(error) === 'ENOENT') {
    // Exclusively, so that of two sinks only one has created it. Through links, which would count as existing.
    handle = await opened(followLinks(path), constants.O_CREAT | constants.O_EXCL);
    created = handle !== undefined;
    if (codeOf(error) === 'EEXIST') handle ??= await opened();
  }
  for (let waits = 0; !handle; waits++) {
    // The code of a pipe without a reader, and also of sockets and devices, which are not waited for.
    if (codeOf(error) !== 'ENXIO' || !isPipe(path)) throw error;
    if (waits === 0) onWait?.();
    await pause(longestWait, signal);
    handle = await opened();
  }
  return { handle, created };
}

export const waitsForReader = (path: string): string => `${path} is a pipe that nothing reads; waiting for its reader.`;

/** Milliseconds between two looks at a pipe. */
const longestWait = 50;

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** @throws the reason of the signal */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  signal?.throwIfAborted();
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
