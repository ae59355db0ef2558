import { open as openToRead } from 'node:fs/promises';
import type { Checkpoint } from '../../checkpoint.js';
import { ConfigError, ResumeError, WriteError } from '../../errors.js';
import type { Json, ResumeToken } from '../../page.js';
import { FileWriter } from './file-writer.js';
import { openFile, type WritableFile } from './file.js';
import type { Format } from './format.js';

/** A file, and what is written into it. The library's sinks and the command each describe theirs. */
export interface FileTarget {
  /** What errors call the sink: `writeNdjson`. */
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  /** Makes the checkpoint's own what another run has to have in common; it is kept with each commit. */
  readonly identity: Readonly<Record<string, Json>>;
  /** Refuses what was committed under another identity. @throws ResumeError */
  checkIdentity(kept: Readonly<Record<string, Json | undefined>>, key: string): void;
  /** @default the file at `path` */
  readonly open?: ((path: string) => Promise<WritableFile>) | undefined;
}

/** Where an earlier run has come to: what the next page is, and how long the file is with those before it. */
export interface CommittedPlace {
  readonly resume: ResumeToken;
  readonly bytes: number;
  readonly state: Json;
  /** How long the file of what was kept beside is. */
  readonly keys: number | undefined;
}

/** What belongs to the pages and is kept in a file of its own: the keys of items that have come. */
export interface KeptBeside {
  /** Settles when all of it is on the disk. @returns how long its file is */
  commit(): Promise<number | undefined>;
}

/** @throws ResumeError for what another sink has committed; what loading throws */
export async function committedPlace(target: FileTarget, checkpoint: Checkpoint): Promise<CommittedPlace | undefined> {
  const place = await checkpoint.load();
  if (!place) return undefined;
  const { key } = checkpoint;
  const at = (place.at ?? {}) as Readonly<Record<string, Json | undefined>>;
  const { bytes, state, keys } = at;
  target.checkIdentity(at, key);
  if (!Number.isSafeInteger(bytes) || state === undefined) throw notMadeBy(target, key);
  return { resume: place.resume, bytes: bytes as number, state, keys: keys as number | undefined };
}

export const notMadeBy = ({ name, path }: Pick<FileTarget, 'name' | 'path'>, key: string): ResumeError =>
  new ResumeError(
    'sink',
    `${name}: the checkpoint ${JSON.stringify(key)} was not made by ${name}, and does not say how far ${path} is; use another key, or delete it to start over`,
    { checkpoint: key },
  );

/**
 * A file that takes pages and commits them: what is in it is flushed to the disk, and its length goes into the checkpoint
 * together with the token of the next page. What a run has written and not committed, the next one cuts off.
 */
export class CommittedFile {
  readonly #target: FileTarget;
  readonly #writer: FileWriter;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #beside: KeptBeside | undefined;

  private constructor(
    target: FileTarget,
    writer: FileWriter,
    checkpoint: Checkpoint | undefined,
    beside: KeptBeside | undefined,
  ) {
    this.#target = target;
    this.#writer = writer;
    this.#checkpoint = checkpoint;
    this.#beside = beside;
  }

  /**
   * Opens the file; nothing in it changes before the first page is written.
   * @param from where to continue: at a place, or at the file's end; else the file is written anew
   * @throws WriteError if it can't be opened; ResumeError if it is shorter than it was; ConfigError if nothing can be appended
   */
  static async open(
    target: FileTarget,
    from: CommittedPlace | 'end' | undefined,
    checkpoint?: Checkpoint,
    beside?: KeptBeside,
  ): Promise<CommittedFile> {
    const { name, path, format, open = openFile } = target;
    const appended = from === 'end' && (target.open !== undefined || (await hasRows(name, path)));
    const rows = await format.open(appended ? format.append() : from === 'end' ? undefined : from?.state);
    const file = await open(path).catch((cause: unknown) => {
      throw new WriteError(path, cause);
    });
    const kept = from === 'end' ? file.bytes : (from?.bytes ?? 0);
    // Of a pipe or a device nothing can be taken back, and nothing is there to be compared.
    if (file.regular && file.bytes < kept) {
      await file.close();
      throw new ResumeError(
        'file',
        `${name}: the checkpoint is at byte ${String(kept)} of ${path}, which has ${String(file.bytes)}: it was replaced or cut; to start over, delete the checkpoint`,
        { checkpoint: checkpoint?.key },
      );
    }
    return new CommittedFile(target, new FileWriter(path, file, rows, kept), checkpoint, beside);
  }

  /** How long it is. */
  get bytes(): number {
    return this.#writer.bytes;
  }

  /** Whether nothing of a page that failed is out: what was written of it could be taken back. */
  get whole(): boolean {
    return this.#writer.whole;
  }

  /** Writes the rows of a page; none of them if that fails. */
  writePage(rows: readonly unknown[]): Promise<void> {
    return this.#writer.writePage(rows);
  }

  /** Keeps, with a checkpoint, that the pages up to now are written. @param resume continues after them */
  async commit(resume: ResumeToken): Promise<void> {
    if (!this.#checkpoint) return;
    await this.#writer.sync();
    const keys = await this.#beside?.commit();
    const { kept: bytes, state } = this.#writer;
    const at = { ...this.#target.identity, bytes, state, ...(keys === undefined ? {} : { keys }) };
    await this.#checkpoint.save({ resume, at });
  }

  /** Writes what comes after the last row, also if there was none. */
  finish(): Promise<void> {
    return this.#writer.finish();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}

/** Whether there is something to go on behind. @throws ConfigError where its last row has no end */
async function hasRows(name: string, path: string): Promise<boolean> {
  const last = await endOf(path);
  if (last !== undefined && last !== '\n' && !path.endsWith('.gz'))
    throw new ConfigError(
      `${name}: ${path} does not end with the end of a line, so its last row may be half written; cut that off or end the line, then append`,
    );
  return last !== undefined;
}

/** The last byte of a file, as a character; `undefined` where there is no file, or nothing in it, or where it is a pipe. */
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
