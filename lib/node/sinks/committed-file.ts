import type { Place } from '../../checkpoint.js';
import { ConfigError, isPagewiseError, ResumeError, WriteError } from '../../errors.js';
import type { Json, ResumeToken } from '../../page.js';
import { fileId } from '../same-file.js';
import type { EndOfRows } from './end-of-rows.js';
import { FileWriter } from './file-writer.js';
import { openFile, type OpenOptions, type WritableFile } from './file.js';
import type { Format } from './format.js';
import { changeOf, type FileChange, type LastState, readTail } from './unchanged-file.js';

/** A file and its format. Each sink of the library describes its file this way, and so does the command. */
export interface FileTarget {
  /** The sink's name in errors, such as `writeNdjson`. */
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  /** The properties that all runs with one checkpoint must share. They are stored with each commit. */
  readonly identity: Readonly<Record<string, Json>>;
  /** Refuses a commit of another identity. @throws ResumeError */
  checkIdentity(kept: Readonly<Record<string, Json | undefined>>, key: string): void;
  /** The error for a file that is not what the last run left. @default a ResumeError */
  changed?(change: FileChange, last: LastState, key: string): Error;
  /** @default the file at `path` */
  readonly open?: ((path: string, options: OpenOptions) => Promise<WritableFile>) | undefined;
}

/** A checkpoint, or a part of one: of several jobs that write one file, one may not have begun when the file has rows. */
export interface FileCheckpoint {
  readonly key: string;
  load(): Promise<FilePlace | undefined>;
  save(place: FilePlace): Promise<void>;
  /** Settles if no other run has taken the checkpoint over. @throws LeaseError */
  check(): Promise<void>;
}

/** The `resume` of a job that has not begun is `undefined`. */
export type FilePlace = Pick<Place, 'at'> & { readonly resume: ResumeToken | undefined };

/** The progress of an earlier run: the next page, and the length of the file with all pages before it. */
export interface Commit extends LastState {
  readonly resume: ResumeToken | undefined;
  readonly state: Json;
  /** The end of the companion file, if there is one. */
  readonly keys: CompanionEnd | undefined;
}

/** The length of a companion file, and the fingerprint of its last bytes; earlier versions stored the length only. */
export type CompanionEnd = Pick<LastState, 'bytes' | 'fingerprint'>;

/** A companion file that is committed with the pages: the keys of the items so far. */
export interface Companion {
  /** Settles when everything is on the disk. @throws WriteError, also if something else has changed the file */
  commit(): Promise<CompanionEnd | undefined>;
}

/** @throws ResumeError for a commit of another sink, or if the file has changed since; whatever loading throws */
export async function loadCommit(
  target: FileTarget,
  checkpoint: Pick<FileCheckpoint, 'key' | 'load'>,
): Promise<Commit | undefined> {
  const progress = await checkpoint.load();
  if (!progress) return undefined;
  const { key } = checkpoint;
  const at = (progress.at ?? {}) as Readonly<Record<string, Json | undefined>>;
  const { bytes, state, keys, fingerprint, closed } = at;
  target.checkIdentity(at, key);
  const companion = keys === undefined ? undefined : companionEnd(keys);
  if (!isLength(bytes) || state === undefined || (companion && !isLength(companion.bytes)))
    throw notMadeBy(target, key);
  const commit: Commit = {
    resume: progress.resume,
    done: progress.resume?.done === true,
    bytes,
    state,
    keys: companion,
    fingerprint: fingerprint as string | undefined,
    closed: closed as number | undefined,
  };
  if (target.open) return commit;
  const change = await changeOf(target.path, commit).catch((cause: unknown) => {
    throw new WriteError(target.path, cause);
  });
  if (change) throw refused(target, change, commit, key);
  return commit;
}

const isLength = (bytes: unknown): bytes is number => Number.isSafeInteger(bytes) && (bytes as number) >= 0;

const companionEnd = (keys: Json): CompanionEnd =>
  typeof keys === 'number' ? { bytes: keys, fingerprint: undefined } : ({ ...(keys as object) } as CompanionEnd);

function refused(target: FileTarget, change: FileChange, last: LastState, key: string): Error {
  if (target.changed) return target.changed(change, last, key);
  const startOver = `to start over, delete the checkpoint${last.done ? " or set `whenDone: 'restart'`" : ''}`;
  return new ResumeError('file', `${target.name}: ${textOf(change, last, target.path)}; ${startOver}`, {
    checkpoint: key,
  });
}

/** How a file differs from what the checkpoint says. */
export function textOf(
  { kind, found = 0 }: FileChange,
  { bytes, closed = bytes, done }: LastState,
  path: string,
): string {
  switch (kind) {
    case 'shorter':
      return `the checkpoint is at byte ${String(done ? closed : bytes)} of ${path}, but the file has only ${String(found)} bytes, so it was replaced or cut`;
    case 'edited':
      return `the text of ${path} before byte ${String(bytes)} is not what the last run wrote, so the file was replaced or edited`;
    case 'longer':
      return `${path} has ${String(found)} bytes, but the last run ended at byte ${String(closed)}, so something else has written to it; remove what was added`;
  }
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
  readonly #checkpoint: FileCheckpoint | undefined;
  readonly #companion: Companion | undefined;
  /** Releases the claim on the file. */
  readonly #release: (() => void) | undefined;
  /** The last commit, of this run or of an earlier one. */
  #last: Pick<Commit, 'resume' | 'keys' | 'closed'> | undefined;
  /** The length of the file at that commit. */
  #committed: number | undefined;

  private constructor(
    target: FileTarget,
    writer: FileWriter,
    last: Commit | undefined,
    release: (() => void) | undefined,
    checkpoint: FileCheckpoint | undefined,
    companion: Companion | undefined,
  ) {
    this.#target = target;
    this.#writer = writer;
    this.#last = last;
    this.#committed = last?.bytes;
    this.#release = release;
    this.#checkpoint = checkpoint;
    this.#companion = companion;
  }

  /**
   * Opens the file; nothing in it changes before the first page is written.
   * @param from where to continue: at a commit, or at the file's end; without it, the file is overwritten
   * @throws WriteError if the file can't be opened; ResumeError if it is shorter than the commit; ConfigError if the
   *   format can't append, or if another sink of this process writes the file
   */
  static async open(
    target: FileTarget,
    from: Commit | EndOfRows | undefined,
    checkpoint?: FileCheckpoint,
    companion?: Companion,
    options: Pick<OpenOptions, 'signal' | 'onWait'> = {},
  ): Promise<CommittedFile> {
    const { name, path, format, open = openFile } = target;
    const end = from && 'empty' in from ? from : undefined;
    const commit = from && 'bytes' in from ? from : undefined;
    const rows = await format.open(end && !end.empty ? format.append() : commit?.state);
    const file = await open(path, options).catch((cause: unknown) => {
      throw isPagewiseError(cause) ? cause : new WriteError(path, cause);
    });
    const kept = end ? file.bytes : (commit?.bytes ?? 0);
    let release: (() => void) | undefined;
    try {
      if (!target.open) release = claim(name, path);
      // What a pipe or a device received can't be taken back, and there is no length to compare.
      if (file.regular && commit && file.bytes < kept)
        throw refused(target, { kind: 'shorter', found: file.bytes }, commit, checkpoint?.key ?? '');
      const tail = file.regular && checkpoint ? await readTail(path, kept) : Buffer.alloc(0);
      return new CommittedFile(
        target,
        new FileWriter(path, file, rows, kept, tail),
        commit,
        release,
        checkpoint,
        companion,
      );
    } catch (error) {
      release?.();
      // Another sink may be using the file, unless this one has claimed it.
      await file.close(release !== undefined);
      throw error;
    }
  }

  /** The length of the file. */
  get bytes(): number {
    return this.#writer.bytes;
  }

  /** Whether the file holds complete pages only: no part of a failed page is left in it. */
  get whole(): boolean {
    return this.#writer.whole;
  }

  /** Whether the file was deleted, replaced or cut while it was being written. */
  get lost(): boolean {
    return this.#writer.lost;
  }

  /** The named fields that no row has. */
  get missing(): readonly string[] {
    return this.#writer.missing;
  }

  /** Writes the rows of a page; none of them if that fails. */
  async writePage(rows: readonly unknown[]): Promise<void> {
    await this.#checkpoint?.check();
    await this.#reopen();
    await this.#writer.writePage(rows);
  }

  /** Commits the pages so far, if there is a checkpoint. @param resume continues after these pages */
  async commit(resume: ResumeToken): Promise<void> {
    await this.#checkpoint?.check(); // If another run has taken it over, the file is that one's too.
    const closes = resume.done === true && this.#writer.regular;
    if (closes) await this.#writer.finish();
    await this.#writer.check();
    if (!this.#checkpoint) return;
    await this.#writer.sync();
    await this.#save({ resume, keys: await this.#companion?.commit(), closed: closes ? this.bytes : undefined });
  }

  /** Writes what follows the last row, even if there are no rows, and records that the run ended normally. */
  async finish(): Promise<void> {
    const ended = this.#last?.resume?.done === true && this.#last.closed !== undefined;
    if (ended && !this.#writer.begun) return; // The file is as the last run left it.
    await this.#checkpoint?.check();
    if (!this.#writer.begun) await this.#reopen();
    await this.#writer.finish();
    await this.#writer.check();
    if (ended || !this.#last || !this.#checkpoint || !this.#writer.regular) return;
    if (this.#writer.kept !== this.#committed) return; // The next run cuts off a page that is not committed.
    await this.#writer.sync();
    await this.#save({ ...this.#last, closed: this.bytes });
  }

  async close(): Promise<void> {
    this.#release?.();
    await this.#writer.close();
  }

  /** Marks the file as open, before anything is written: from now on, a killed run may leave uncommitted bytes. */
  async #reopen(): Promise<void> {
    if (this.#last?.closed !== undefined) await this.#save({ ...this.#last, closed: undefined });
  }

  async #save(last: Pick<Commit, 'resume' | 'keys' | 'closed'>): Promise<void> {
    const { resume, keys, closed } = last;
    const { kept: bytes, state, fingerprint } = this.#writer;
    const at = {
      ...this.#target.identity,
      bytes,
      state,
      ...(keys === undefined ? {} : { keys: { ...keys } }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(closed === undefined ? {} : { closed }),
    };
    await this.#checkpoint?.save({ resume, at });
    this.#last = last;
    this.#committed = bytes;
  }
}

/** Files that sinks of this process are writing, by device and inode. */
const claimed = new Set<string>();

function claim(name: string, path: string): (() => void) | undefined {
  const inode = fileId(path)?.inode;
  if (inode === undefined) return undefined;
  if (claimed.has(inode))
    throw new ConfigError(`${name}: another sink is writing ${path}; give each sink its own file`);
  claimed.add(inode);
  return () => claimed.delete(inode);
}
