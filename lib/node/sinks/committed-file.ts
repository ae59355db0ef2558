import { open as openToRead } from 'node:fs/promises';
import type { Checkpoint } from '../../checkpoint.js';
import { ConfigError, ResumeError, WriteError } from '../../errors.js';
import type { Json, ResumeToken } from '../../page.js';
import { FileWriter } from './file-writer.js';
import { openFile, type WritableFile } from './file.js';
import type { Format } from './format.js';

/** A file and its format. Each sink of the library describes its file this way, and so does the command. */
export interface FileTarget {
  /** What errors call the sink: `writeNdjson`. */
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  /** What runs that share the checkpoint must have in common. It is stored with each commit. */
  readonly identity: Readonly<Record<string, Json>>;
  /** Refuses a commit of another identity. @throws ResumeError */
  checkIdentity(kept: Readonly<Record<string, Json | undefined>>, key: string): void;
  /** @default the file at `path` */
  readonly open?: ((path: string) => Promise<WritableFile>) | undefined;
}

/** The progress of an earlier run: the next page, and the length of the file with all pages before it. */
export interface Commit {
  readonly resume: ResumeToken;
  readonly bytes: number;
  readonly state: Json;
  /** The length of the companion file, if there is one. */
  readonly keys: number | undefined;
}

/** A companion file that is committed with the pages: the keys of the items so far. */
export interface Companion {
  /** Settles when everything is on the disk. @returns the length of the file */
  commit(): Promise<number | undefined>;
}

/** @throws ResumeError for a commit of another sink; whatever loading throws */
export async function loadCommit(target: FileTarget, checkpoint: Checkpoint): Promise<Commit | undefined> {
  const progress = await checkpoint.load();
  if (!progress) return undefined;
  const { key } = checkpoint;
  const at = (progress.at ?? {}) as Readonly<Record<string, Json | undefined>>;
  const { bytes, state, keys } = at;
  target.checkIdentity(at, key);
  if (!Number.isSafeInteger(bytes) || state === undefined) throw notMadeBy(target, key);
  return { resume: progress.resume, bytes: bytes as number, state, keys: keys as number | undefined };
}

export const notMadeBy = ({ name, path }: Pick<FileTarget, 'name' | 'path'>, key: string): ResumeError =>
  new ResumeError(
    'sink',
    `${name}: the checkpoint ${JSON.stringify(key)} was not made by ${name}, so it does not hold the length of ${path}; use another key, or delete the checkpoint to start over`,
    { checkpoint: key },
  );

/**
 * A file that takes pages and commits them. A commit flushes the file to the disk, and stores its length in the
 * checkpoint, together with the token of the next page. The next run cuts off whatever was written but not committed.
 */
export class CommittedFile {
  readonly #target: FileTarget;
  readonly #writer: FileWriter;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #companion: Companion | undefined;

  private constructor(
    target: FileTarget,
    writer: FileWriter,
    checkpoint: Checkpoint | undefined,
    companion: Companion | undefined,
  ) {
    this.#target = target;
    this.#writer = writer;
    this.#checkpoint = checkpoint;
    this.#companion = companion;
  }

  /**
   * Opens the file; nothing in it changes before the first page is written.
   * @param from where to continue: at a commit, or at the file's end; without it, the file is overwritten
   * @throws WriteError if the file can't be opened; ResumeError if it is shorter than the commit; ConfigError if the
   *   format can't append
   */
  static async open(
    target: FileTarget,
    from: Commit | 'end' | undefined,
    checkpoint?: Checkpoint,
    companion?: Companion,
  ): Promise<CommittedFile> {
    const { name, path, format, open = openFile } = target;
    const appended = from === 'end' && (target.open !== undefined || (await hasRows(name, path)));
    const rows = await format.open(appended ? format.append() : from === 'end' ? undefined : from?.state);
    const file = await open(path).catch((cause: unknown) => {
      throw new WriteError(path, cause);
    });
    const kept = from === 'end' ? file.bytes : (from?.bytes ?? 0);
    // What a pipe or a device received can't be taken back, and there is no length to compare.
    if (file.regular && file.bytes < kept) {
      await file.close();
      throw new ResumeError(
        'file',
        `${name}: the checkpoint is at byte ${String(kept)} of ${path}, but the file has only ${String(file.bytes)} bytes, so it was replaced or cut; to start over, delete the checkpoint`,
        { checkpoint: checkpoint?.key },
      );
    }
    return new CommittedFile(target, new FileWriter(path, file, rows, kept), checkpoint, companion);
  }

  /** The length of the file. */
  get bytes(): number {
    return this.#writer.bytes;
  }

  /** Whether the file holds complete pages only: no part of a failed page is left in it. */
  get whole(): boolean {
    return this.#writer.whole;
  }

  /** Writes the rows of a page; none of them if that fails. */
  writePage(rows: readonly unknown[]): Promise<void> {
    return this.#writer.writePage(rows);
  }

  /** Commits the pages so far, if there is a checkpoint. @param resume continues after these pages */
  async commit(resume: ResumeToken): Promise<void> {
    if (!this.#checkpoint) return;
    await this.#writer.sync();
    const keys = await this.#companion?.commit();
    const { kept: bytes, state } = this.#writer;
    const at = { ...this.#target.identity, bytes, state, ...(keys === undefined ? {} : { keys }) };
    await this.#checkpoint.save({ resume, at });
  }

  /** Writes what follows the last row, even if there are no rows. */
  finish(): Promise<void> {
    return this.#writer.finish();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}

/** Whether the file has rows to append to. @throws ConfigError if its last row is incomplete */
async function hasRows(name: string, path: string): Promise<boolean> {
  const last = await endOf(path);
  if (last !== undefined && last !== '\n' && !path.endsWith('.gz'))
    throw new ConfigError(
      `${name}: ${path} does not end with a line break, so its last row may be incomplete; remove that row or add the line break, then append`,
    );
  return last !== undefined;
}

/** The last byte of a file, as a character; `undefined` if there is no file, or if it is empty or a pipe. */
async function endOf(path: string): Promise<string | undefined> {
  try {
    const file = await openToRead(path, 'r');
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size === 0) return undefined;
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, stat.size - 1);
      return buffer.toString('latin1');
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined;
    throw new WriteError(path, cause);
  }
}
