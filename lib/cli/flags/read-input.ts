import { closeSync, constants, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { isatty, ReadStream } from 'node:tty';

/**
 * The bytes of a file that a flag names; `-` is stdin. A pipe or a terminal is read when it has something to read: a read
 * that blocks the process, or a thread of it, would keep it from exiting, signal or not.
 * @throws whatever opening or reading throws; the reason of the signal
 */
export async function readInput(path: string, signal: AbortSignal): Promise<Buffer> {
  const stream = path === '-' ? process.stdin : await opened(path);
  if (!stream) return readFile(path, { signal });
  if (stream.readableEnded) return Buffer.alloc(0); // stdin, once more.
  return buffer(addAbortSignal(signal, stream));
}

/** `undefined` for files, which are always ready. */
async function opened(path: string): Promise<Readable | undefined> {
  const found = await stat(path);
  // Only Linux tells a pipe whose writer has yet to come from one that is at its end.
  const isPipe = found.isFIFO() && process.platform === 'linux';
  if (!isPipe && !found.isCharacterDevice()) return undefined;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (isPipe) return new Socket({ fd, writable: false });
  if (isatty(fd)) return new ReadStream(fd);
  closeSync(fd);
  return undefined;
}
