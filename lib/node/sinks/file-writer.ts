import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { WriteError } from '../../errors.js';
import type { Json } from '../../page.js';
import type { WritableFile } from './file.js';
import type { FormatWriter } from './format.js';

/** Fast, and its members can be cut off one by one. */
const gzip = promisify(gzipCallback);

/** One file under way. What it holds up to `#kept` are whole pages; whatever comes behind can be cut off. */
export class FileWriter {
  readonly #path: string;
  readonly #file: WritableFile;
  readonly #writer: FormatWriter;
  readonly #zip: boolean;
  #kept: number;
  #begun = false;
  #whole = true;

  /** @param kept the end of the last whole page in it; what is behind is cut off before the first page is written */
  constructor(path: string, file: WritableFile, writer: FormatWriter, kept: number) {
    this.#path = path;
    this.#file = file;
    this.#writer = writer;
    this.#zip = path.endsWith('.gz');
    this.#kept = kept;
  }

  /** How long it is, with what is behind the last whole page. */
  get bytes(): number {
    return this.#file.bytes;
  }

  /** Whether nothing of a page that failed is out: what was written of it could be taken back. */
  get whole(): boolean {
    return this.#whole;
  }

  /** The end of the last whole page. */
  get kept(): number {
    return this.#kept;
  }

  /** What going on behind it in another run needs to know. */
  get state(): Json {
    return this.#writer.state();
  }

  /** Writes rows behind those before; none of them where that fails. */
  async writePage(rows: readonly unknown[]): Promise<void> {
    try {
      await this.#begin();
      this.#whole = false;
      await this.#write(this.#writer.rows(rows));
      this.#kept = this.#file.bytes;
      this.#whole = true;
      if (this.#file.regular) await this.#write([this.#writer.tail()]);
    } catch (error) {
      await this.#undo();
      throw error;
    }
  }

  /** What comes behind the last row, also where there was none. */
  async finish(): Promise<void> {
    const written = this.#begun;
    if (!written) {
      await this.#begin();
      await this.#write(this.#writer.rows([]));
    }
    if (!written || !this.#file.regular) await this.#write([this.#writer.tail()]);
    // What has no byte is no gzip file.
    if (this.#zip && this.#file.bytes === 0) await this.#io(this.#file.write(await gzip('')));
  }

  sync(): Promise<void> {
    return this.#io(this.#file.sync());
  }

  close(): Promise<void> {
    return this.#io(this.#file.close());
  }

  /** Cuts off what is not kept: what an earlier run has left, or the tail. */
  async #begin(): Promise<void> {
    this.#begun = true;
    if (this.#file.bytes !== this.#kept) await this.#io(this.#file.truncate(this.#kept));
  }

  async #undo(): Promise<void> {
    try {
      await this.#file.truncate(this.#kept);
      this.#whole ||= this.#file.regular;
      if (this.#file.regular && this.#kept > 0) await this.#write([this.#writer.tail()]);
    } catch {
      // What went wrong before is what is told. With a checkpoint the next run cuts it off.
    }
  }

  async #write(pieces: Iterable<string>): Promise<void> {
    if (!this.#zip) {
      for (const piece of inPieces(pieces)) await this.#io(this.#file.write(Buffer.from(piece)));
      return;
    }
    // One member for each page: a file of several is as good as one, and can be cut between them.
    const text = [...pieces].join('');
    if (text !== '') await this.#io(this.#file.write(await gzip(text)));
  }

  async #io<T>(working: Promise<T>): Promise<T> {
    try {
      return await working;
    } catch (cause) {
      throw new WriteError(this.#path, cause);
    }
  }
}

/** Pieces of at most about so much text: a page of any size needs little memory beside its own. */
const pieceLength = 64 * 1024;

/** Joins texts to pieces that are worth a write each. */
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
