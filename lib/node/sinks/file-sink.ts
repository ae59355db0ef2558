import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { ConfigError, ResumeError, WriteError } from '../../errors.js';
import type { Json } from '../../page.js';
import type { ResumeToken } from '../../resume-token.js';
import { checkFunction, checkOptions } from '../../values/options.js';
import { openFile, type WritableFile } from './file.js';
import type { Format, FormatWriter } from './format.js';
import { rowsOf, sourceOf, type Rows, type Sink, type Written } from './sink.js';

export interface FileSinkOptions<Item = unknown> {
  /** What is written of a page: rows for its items, fewer, more or others. @default its items */
  readonly rows?: Rows<Item> | undefined;
  /** Goes on at the end of the file, with `resumeFrom`. A checkpoint does so by itself. @default false: written anew */
  readonly append?: boolean | undefined;
}

export interface FileWritten extends Written {
  /** How long the file is now, what earlier runs wrote included. */
  readonly bytes: number;
}

/** Where a file stands, as a checkpoint keeps it. */
interface FilePlace {
  readonly file: string;
  readonly bytes: number;
  readonly state: Json;
}

/** Fast, and its members can be cut off one by one. */
const gzip = promisify(gzipCallback);

/** A sink into one file, in one format; compressed where the name ends in `.gz`. */
export function fileSink<Item>(
  name: string,
  path: string,
  options: FileSinkOptions<Item>,
  own: readonly string[],
  format: Format,
): Sink<Item, FileWritten> {
  if (typeof path !== 'string' || path === '') throw new ConfigError(`${name}: the file must be a path`);
  checkOptions(name, options, ['rows', 'append', own]);
  const { rows, append = false } = options;
  checkFunction(name, 'rows', rows);
  const appended = append ? asConfigError(name, () => format.append()) : undefined;

  return async (pages) => {
    const { checkpoint, pull } = sourceOf(name, pages);
    if (checkpoint && append)
      throw new ConfigError(`${name}: a checkpoint goes on in the file by itself; leave append out`);
    const place = await checkpoint?.load();
    const kept = place && keptPlace(name, path, checkpoint?.key ?? '', place.at);
    const writer = await format.open(kept ? kept.state : appended);
    const file = await FileWriter.open(path, writer, kept?.bytes ?? (append ? 'end' : 0), name);
    let written = 0;
    let items = 0;
    let resume: ResumeToken | undefined = place?.resume;
    try {
      for await (const page of pull(resume)) {
        await file.writePage(rowsOf(name, rows, page));
        if (checkpoint) {
          await file.sync();
          await checkpoint.save({ resume: page.resume, at: file.place(name) as unknown as Json });
        }
        resume = page.resume;
        written++;
        items += page.items.length;
      }
      await file.finish();
      return { pages: written, items, bytes: file.bytes };
    } catch (error) {
      if (error instanceof WriteError && resume) error.continueAt(resume);
      throw error;
    } finally {
      await file.close();
    }
  };
}

/** One file under way. What it holds up to `#kept` are whole pages; whatever comes behind can be cut off. */
class FileWriter {
  readonly #path: string;
  readonly #file: WritableFile;
  readonly #writer: FormatWriter;
  readonly #zip: boolean;
  #kept: number;
  #begun = false;

  private constructor(path: string, file: WritableFile, writer: FormatWriter, kept: number) {
    this.#path = path;
    this.#file = file;
    this.#writer = writer;
    this.#zip = path.endsWith('.gz');
    this.#kept = kept;
  }

  /** @throws WriteError where it can't be opened; ResumeError where it is shorter than it was */
  static async open(path: string, writer: FormatWriter, from: number | 'end', name: string): Promise<FileWriter> {
    const file = await openFile(path).catch((cause: unknown) => {
      throw new WriteError(path, cause);
    });
    const kept = from === 'end' ? file.bytes : from;
    if (file.bytes < kept) {
      await file.close();
      throw new ResumeError(
        `${name}: the checkpoint is at byte ${String(kept)} of ${path}, which has ${String(file.bytes)}: it was replaced or cut; to start over, delete the checkpoint`,
      );
    }
    return new FileWriter(path, file, writer, kept);
  }

  /** The end of the last whole page, and all that is behind it. */
  get bytes(): number {
    return this.#file.bytes;
  }

  place(name: string): FilePlace {
    return { file: name, bytes: this.#kept, state: this.#writer.state() };
  }

  /** Writes rows behind those before; none of them where that fails. */
  async writePage(rows: readonly unknown[]): Promise<void> {
    try {
      await this.#begin();
      await this.#write(this.#writer.rows(rows));
      this.#kept = this.#file.bytes;
      if (this.#file.regular) await this.#write([this.#writer.tail()]);
    } catch (error) {
      await this.#undo();
      throw error;
    }
  }

  /** What comes behind the last row, also where there was none. */
  async finish(): Promise<void> {
    if (this.#begun && this.#file.regular) return;
    if (!this.#begun) {
      await this.#begin();
      await this.#write(this.#writer.rows([]));
    }
    await this.#write([this.#writer.tail()]);
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
      if (this.#file.regular && this.#kept > 0) await this.#write([this.#writer.tail()]);
    } catch {
      // What went wrong before is what is told. With a checkpoint the next run cuts it off.
    }
  }

  async #write(pieces: Iterable<string>): Promise<void> {
    if (!this.#zip) {
      for (const piece of pieces) if (piece !== '') await this.#io(this.#file.write(Buffer.from(piece)));
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

function keptPlace(name: string, path: string, key: string, at: Json | undefined): FilePlace {
  const place = at as Partial<FilePlace> | null | undefined;
  if (place?.file === name && Number.isSafeInteger(place.bytes) && place.state !== undefined) return place as FilePlace;
  throw new ResumeError(
    `${name}: the checkpoint ${JSON.stringify(key)} was not made by ${name}, and does not say how far ${path} is; use another key, or delete it to start over`,
  );
}

function asConfigError<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`${name}: ${error.message}`) : error;
  }
}
