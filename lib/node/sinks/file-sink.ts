import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Checkpoint } from '../../checkpoint.js';
import { ConfigError, ResumeError, WriteError } from '../../errors.js';
import type { Json, ResumeToken } from '../../page.js';
import { checkFunction, checkOptions } from '../../values/options.js';
import { FileWriter } from './file-writer.js';
import type { Format } from './format.js';
import { type Rows, rowsOf, type Sink, type Source, sourceOf, type Written } from './sink.js';

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
  readonly sink: string;
  /** The file's name without its folder, which may move. */
  readonly file: string;
  readonly bytes: number;
  readonly state: Json;
}

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
    if (!checkpoint) return write(undefined, pull);
    claim(name, checkpoint);
    try {
      return await write(checkpoint, pull);
    } finally {
      claimed.delete(checkpoint);
    }
  };

  async function write(checkpoint: Checkpoint | undefined, pull: Source<Item>['pull']): Promise<FileWritten> {
    const place = await checkpoint?.load();
    const kept = place && keptPlace(name, path, checkpoint?.key ?? '', place.at);
    const state = kept ? kept.state : append && (await hasRows(name, path)) ? appended : undefined;
    const writer = await format.open(state);
    const file = await FileWriter.open(path, writer, kept?.bytes ?? (append ? 'end' : 0), name);
    const at = () =>
      ({ sink: name, file: basename(path), bytes: file.kept, state: writer.state() }) satisfies FilePlace;
    let written = 0;
    let items = 0;
    let resume: ResumeToken | undefined = place?.resume;
    try {
      for await (const page of pull(resume)) {
        await file.writePage(rowsOf(name, rows, page));
        if (checkpoint) {
          await file.sync();
          await checkpoint.save({ resume: page.resume, at: at() });
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
  }
}

/** Checkpoints that a sink writes now: two would each write where the other is. */
const claimed = new WeakSet<Checkpoint>();

function claim(name: string, checkpoint: Checkpoint): void {
  if (claimed.has(checkpoint))
    throw new ConfigError(
      `${name}: the checkpoint ${JSON.stringify(checkpoint.key)} is in use by another sink; a key is one job into one file`,
    );
  claimed.add(checkpoint);
}

function keptPlace(name: string, path: string, key: string, at: Json | undefined): FilePlace {
  const place = at as Partial<FilePlace> | null | undefined;
  const is = `${name}: the checkpoint ${JSON.stringify(key)}`;
  if (place?.sink !== name || !Number.isSafeInteger(place.bytes) || place.state === undefined)
    throw new ResumeError(
      `${is} was not made by ${name}, and does not say how far ${path} is; use another key, or delete it to start over`,
    );
  if (place.file !== basename(path))
    throw new ResumeError(
      `${is} is of the file ${String(place.file)}, not of ${path}; use another key for each file, or rename the file`,
    );
  return place as FilePlace;
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

function asConfigError<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`${name}: ${error.message}`) : error;
  }
}

/** The last byte of a file, as a character; `undefined` where there is no file, or nothing in it, or where it is a pipe. */
async function endOf(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
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
