import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';

/** What the last run has stored about its file. */
export interface LastState {
  /** The end of the last complete page. */
  readonly bytes: number;
  /** The fingerprint of the bytes before that; checkpoints of earlier versions have none. */
  readonly fingerprint: string | undefined;
  /** The length of the file, if the run ended normally. */
  readonly closed: number | undefined;
  readonly done: boolean;
}

/** How a file differs from what the last run left. */
export interface FileChange {
  readonly kind: 'shorter' | 'edited' | 'longer';
  /** The length of the file now; `undefined` if it is gone. */
  readonly found: number | undefined;
}

/** How many bytes before the end of the last complete page have a fingerprint. */
const tailLength = 4096;

/** The last bytes after some were appended. */
export const tailAfter = (tail: Buffer, bytes: Buffer): Buffer =>
  bytes.length < tailLength ? Buffer.concat([tail, bytes]).subarray(-tailLength) : bytes.subarray(-tailLength);

/** The fingerprint of the last bytes before the end of a page. */
export const fingerprintOf = (tail: Uint8Array): string =>
  createHash('sha256').update(tail).digest('base64url').slice(0, 22);

/** Compares a file with what the last run left. Only regular files can be compared. */
export async function changeOf(path: string, last: LastState): Promise<FileChange | undefined> {
  const { bytes, fingerprint, closed, done } = last;
  const found = await lengthOf(path);
  if (found === 'no file') return undefined;
  if (found === undefined ? done || bytes > 0 : found < (done ? (closed ?? bytes) : bytes))
    return { kind: 'shorter', found };
  if (fingerprint !== undefined && fingerprintOf(await readTail(path, bytes)) !== fingerprint)
    return { kind: 'edited', found };
  // If the run did not end normally, the rest was left by a killed run and is cut off.
  return closed !== undefined && (found ?? 0) > closed ? { kind: 'longer', found } : undefined;
}

/** The bytes of a file before a position, up to `tailLength`. */
export async function readTail(path: string, end: number): Promise<Buffer> {
  if (end === 0) return Buffer.alloc(0);
  const file = await open(path, 'r');
  try {
    const tail = Buffer.alloc(Math.min(end, tailLength));
    for (let at = 0; at < tail.length;) {
      const { bytesRead } = await file.read(tail, at, tail.length - at, end - tail.length + at);
      if (bytesRead === 0) return tail.subarray(0, at);
      at += bytesRead;
    }
    return tail;
  } finally {
    await file.close();
  }
}

/** `undefined` if nothing is there; `no file` for a pipe or a device. */
async function lengthOf(path: string): Promise<number | 'no file' | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : 'no file';
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
