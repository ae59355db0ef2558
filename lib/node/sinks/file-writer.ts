import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { WriteError } from '../../errors.js';
import type { Json } from '../../page.js';
import type { WritableFile } from './file.js';
import type { FormatWriter } from './format.js';
import { fingerprintOf, tailAfter } from './unchanged-file.js';

/** Asynchronous. Each call makes one gzip member, which can be cut off later. */
const gzip = promisify(gzipCallback);

/** A file being written. Up to `#kept` it holds complete pages; the rest can be cut off. */
export class FileWriter {
  readonly #path: string;
  readonly #file: WritableFile;
  readonly #writer: FormatWriter;
  readonly #zip: boolean;
  #kept: number;
  /** The last bytes before `#kept`. */
  #tail: Buffer;
  #begun = false;
  /** Whether the file has received a page, or its end, even if that is empty. */
  #used = false;
  #whole = true;
  #lost = false;

  /**
   * @param kept end of the last complete page; anything after it is cut off before the first page is written
   * @param tail the last bytes before `kept`, for the fingerprint
   */
  constructor(path: string, file: WritableFile, writer: FormatWriter, kept: number, tail: Buffer) {
    this.#path = path;
    this.#file = file;
    this.#writer = writer;
    this.#zip = path.endsWith('.gz');
    this.#kept = kept;
    this.#tail = tail;
  }

  /** The length of the file, including anything after the last complete page. */
  get bytes(): number {
    return this.#file.bytes;
  }

  /** Whether the file holds complete pages only: no part of a failed page is left in it. */
  get whole(): boolean {
    return this.#whole;
  }

  /** The end of the last complete page. */
  get kept(): number {
    return this.#kept;
  }

  /** The fingerprint of the last bytes before `kept`; `undefined` for a pipe or a device. */
  get fingerprint(): string | undefined {
    return this.#file.regular ? fingerprintOf(this.#tail) : undefined;
  }

  get regular(): boolean {
    return this.#file.regular;
  }

  /** Whether anything was written in this run. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the file was deleted, replaced or cut while it was being written. */
  get lost(): boolean {
    return this.#lost;
  }

  /** What another run needs to continue the file. */
  get state(): Json {
    return this.#writer.state();
  }

  /** The named fields that no row has. */
  get missing(): readonly string[] {
    return this.#writer.missing?.() ?? [];
  }

  /** Appends the rows of a page; none of them if that fails. */
  async writePage(rows: readonly unknown[]): Promise<void> {
    try {
      await this.#begin();
      this.#whole = false;
      this.#tail = await this.#write(this.#writer.rows(rows), this.#tail);
      this.#kept = this.#file.bytes;
      this.#whole = true;
      this.#used = true;
      if (this.#file.regular) await this.#write([this.#writer.tail()]);
    } catch (error) {
      await this.#undo();
      throw error;
    }
  }

  /** Writes what follows the last row, even if there are no rows. */
  async finish(): Promise<void> {
    this.#used = true;
    const written = this.#begun;
    if (!written) {
      await this.#begin();
      this.#tail = await this.#write(this.#writer.rows([]), this.#tail);
      this.#kept = this.#file.bytes;
    }
    if (!written || !this.#file.regular) await this.#write([this.#writer.tail()]);
    // An empty file would not be a gzip file.
    if (this.#zip && this.#file.bytes === 0) await this.#io(this.#file.write(await gzip('')));
  }

  /** @throws WriteError if the file was deleted, replaced or cut since */
  async check(): Promise<void> {
    try {
      await this.#file.check();
    } catch (cause) {
      this.#lost = true;
      throw new WriteError(this.#path, cause);
    }
  }

  sync(): Promise<void> {
    return this.#io(this.#file.sync());
  }

  close(): Promise<void> {
    return this.#io(this.#file.close(!this.#used));
  }

  /** Cuts off what is not committed: the rest of an earlier run, or the tail. */
  async #begin(): Promise<void> {
    this.#begun = true;
    await this.check();
    if (this.#file.bytes !== this.#kept) await this.#io(this.#file.truncate(this.#kept));
  }

  async #undo(): Promise<void> {
    try {
      await this.#file.truncate(this.#kept);
      this.#whole ||= this.#file.regular;
      if (this.#file.regular && this.#kept > 0) await this.#write([this.#writer.tail()]);
    } catch {
      // The earlier error is the one to report. With a checkpoint, the next run cuts off the rest.
    }
  }

  /** @param tail the last bytes before the pieces @returns the last bytes after them */
  async #write(pieces: Iterable<string>, tail: Buffer = Buffer.alloc(0)): Promise<Buffer> {
    let last = tail;
    for (const data of this.#zip ? await member(pieces) : inPieces(pieces)) {
      const bytes = Buffer.from(data);
      await this.#io(this.#file.write(bytes));
      last = tailAfter(last, bytes);
    }
    return last;
  }

  async #io<T>(working: Promise<T>): Promise<T> {
    try {
      return await working;
    } catch (cause) {
      throw new WriteError(this.#path, cause);
    }
  }
}

/** One gzip member per page: members can be concatenated, and the file can be cut between them. */
async function member(pieces: Iterable<string>): Promise<readonly Buffer[]> {
  const text = [...pieces].join('');
  return text === '' ? [] : [await gzip(text)];
}

/** Approximate length of a piece. Small pieces keep memory low, whatever the size of a page. */
const pieceLength = 64 * 1024;

/** Joins texts into pieces that are large enough for one write each. */
function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
