import { basename } from 'node:path';
import { ConfigError, continueAt, ResumeError, WriteError } from '../../errors.js';
import type { ResumeToken } from '../../page.js';
import { describe } from '../../values/describe.js';
import { checkFunction, checkOptions, inPlaceOf } from '../../values/options.js';
import { peek } from '../../values/peek.js';
import { endOfRows } from './end-of-rows.js';
import { waitsForReader } from './file.js';
import { CommittedFile, loadCommit, type FileTarget, notMadeBy } from './committed-file.js';
import type { Format } from './format.js';
import { report, type Rows, rowsOf, type Sink, type Source, sourceOf, withCheckpoint, type Written } from './sink.js';

export interface FileSinkOptions<Item = unknown> {
  /** The rows to write for a page. @default its items */
  readonly rows?: Rows<Item> | undefined;
  /** Appends to the file; for `resumeFrom`. A checkpoint does so by itself. @default false: overwrites the file */
  readonly append?: boolean | undefined;
}

export interface FileWritten extends Written {
  /** Length of the file, including what earlier runs wrote. */
  readonly bytes: number;
}

/** What to write instead of pages, or of a stream. */
function noPath(name: string, given: unknown): string {
  if (typeof peek(given, 'write') === 'function')
    return `, not ${describe(given)}; write to a stream in a loop: for await (const page of pages) stream.write(…)`;
  const isSource = ['an Observable', 'an async iterable'].includes(inPlaceOf(given)?.name ?? '');
  if (!isSource) return `, not ${describe(given)}`;
  return `, not the pages; name the file, as in pages.to(${name}('items.${name.slice(5).toLowerCase()}'))`;
}

/** A sink that writes one file in one format; compressed if the name ends in `.gz`. */
export function fileSink<Item>(
  name: string,
  path: string,
  options: FileSinkOptions<Item>,
  own: readonly string[],
  format: Format,
): Sink<Item, FileWritten> {
  if (typeof path !== 'string' || path === '')
    throw new ConfigError(`${name}: the file must be a path${noPath(name, path)}`);
  checkOptions(name, options, ['rows', 'append', own]);
  const { rows, append = false } = options;
  checkFunction(name, 'rows', rows);
  if (append) format.append();
  const target: FileTarget = {
    name,
    path,
    format,
    // Without the folder, which may move.
    identity: { sink: name, file: basename(path) },
    checkIdentity({ sink, file }, key) {
      if (sink !== name) throw notMadeBy(target, key);
      if (file !== basename(path))
        throw new ResumeError(
          'sink',
          `${name}: the checkpoint ${JSON.stringify(key)} belongs to the file ${describe(file)}, not to ${path}; use another key for each file, or rename the file`,
          { checkpoint: key },
        );
    },
  };

  return async (pages) => {
    const source = sourceOf(name, pages);
    const { checkpoint, signal } = source;
    if (checkpoint && append)
      throw new ConfigError(`${name}: a checkpoint continues the file by itself; remove append`);
    return withCheckpoint(checkpoint, () => write(source)).catch((error: unknown) => {
      // The wait for the reader of a pipe was aborted, and not the file's fault.
      throw signal?.aborted && error instanceof WriteError && error.cause === signal.reason ? signal.reason : error;
    });
  };

  async function write({ checkpoint, pull, events, signal }: Source<Item>): Promise<FileWritten> {
    const commit = checkpoint && (await loadCommit(target, checkpoint));
    const from = append ? await endOfRows(name, path, format) : commit;
    const file = await CommittedFile.open(target, from, checkpoint, undefined, {
      signal,
      onWait: () => report(events, `${name}: ${waitsForReader(path)}`),
    });
    let written = 0;
    let items = 0;
    let resume: ResumeToken | undefined = commit?.resume;
    try {
      for await (const page of pull(resume)) {
        await file.writePage(rowsOf(name, rows, page));
        await file.commit(page.resume);
        resume = page.resume;
        written++;
        items += page.items.length;
      }
      await file.finish();
      if (file.missing.length > 0)
        report(
          events,
          `${name}: no item has ${file.missing.map(describe).join(', ')} (columns), so these cells of ${path} are all empty; check the paths.`,
        );
      return { pages: written, items, bytes: file.bytes };
    } catch (error) {
      if (error instanceof WriteError && resume && !file.lost) continueAt(error, resume);
      throw error;
    } finally {
      await file.close();
    }
  }
}
