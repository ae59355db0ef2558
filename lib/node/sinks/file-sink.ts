import { ConfigError, ResumeError, WriteError } from '../../errors.js';
import type { Json } from '../../page.js';
import type { ResumeToken } from '../../resume-token.js';
import { checkFunction, checkOptions } from '../../values/options.js';
import { FileWriter, type FilePlace } from './file-writer.js';
import type { Format } from './format.js';
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
