import { closeSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ConfigError, WriteError } from '../../errors.js';
import type { EventListener } from '../../events.js';
import { describe } from '../../values/describe.js';
import { checkBoolean, checkOptions, checkWhole } from '../../values/options.js';
import { checkWritable, isPipe } from '../files.js';
import { fileId, isSameFile } from '../same-file.js';
import { harText } from './har-text.js';
import { reportText } from './report/report-text.js';
import { RunRecord } from './run-record.js';
import { traceText } from './trace-text.js';

export interface RecordRunOptions {
  /** Path of the report to write: one HTML file that loads nothing. */
  readonly report?: string | undefined;
  /** Path of the trace to write, in Chrome's trace-event format, for Perfetto. */
  readonly trace?: string | undefined;
  /** Path of the HAR 1.2 file to write: each attempt, without secrets or bodies. */
  readonly har?: string | undefined;
  /**
   * Whether the URLs in the HAR file show the page numbers, offsets and sizes that the paging wrote into them. All other
   * values stay hidden. @default false
   */
  readonly harNumbers?: boolean | undefined;
  /** Attempts to record; later ones are only counted. An attempt takes about 100 bytes of memory. @default 100_000 */
  readonly most?: number | undefined;
}

const files = ['report', 'trace', 'har'] as const satisfies readonly (keyof RecordRunOptions)[];

/** A listener that records a run, and writes the files at its end. */
export interface RunRecorder extends EventListener {
  /** Writes the files now, with what happened so far; for runs that are killed before their end event. */
  write(): void;
}

/**
 * A listener that records a run and writes files when the run ends: complete, failed, aborted or unsubscribed. A walk
 * that `resumeOnError` continues belongs to the same run. Use one recorder per run.
 *
 *     paginate(request, strategy, { events: recordRun({ report: 'run.html', trace: 'run.trace.json' }) })
 *
 * The files are written synchronously during the end event, so they exist even if the process exits right after it.
 * @throws ConfigError for options that can't work, and for files that can't be written. Pipes are refused, since a
 *   synchronous write would wait for their reader, and nothing else could happen in the process
 */
export const recordRun = (options: RecordRunOptions): RunRecorder => recordTo(options);

/** A text that is written into a pipe. */
export type ToPipe = (path: string, text: string) => void;

/** @param toPipe receives the texts for pipes at the end of the run, and perhaps again; without it, pipes are refused */
export function recordTo(options: RecordRunOptions, toPipe?: ToPipe): RunRecorder {
  checkOptions('recordRun', options, [...files, 'harNumbers', 'most']);
  const { most = 100_000, harNumbers = false } = options;
  checkWhole('recordRun', 'most', most, 1);
  checkBoolean('recordRun', 'harNumbers', harNumbers);
  if (harNumbers && options.har === undefined)
    throw new ConfigError('needs har, the file whose URLs show the numbers', { of: 'recordRun', options: ['harNumbers'] }); // prettier-ignore
  const paths = files.map((name) => [name, options[name]] as const).filter(([, path]) => path !== undefined);
  if (paths.length === 0) throw new ConfigError('recordRun: no file is given; set report, trace or har');
  for (const [name, path] of paths) checkPath(name, path, toPipe !== undefined);
  checkSeparate(paths as readonly (readonly [string, string])[]);

  const record = new RunRecord(most, { placed: harNumbers });
  const write = (): void => {
    const put = (path: string, text: Iterable<string>) =>
      toPipe && isPipe(path) ? toPipe(path, [...text].join('')) : writeText(path, text);
    if (options.report !== undefined) put(options.report, reportText(record));
    if (options.trace !== undefined) put(options.trace, traceText(record));
    if (options.har !== undefined) put(options.har, harText(record, ownVersion()));
  };
  return {
    next(event) {
      record.next(event);
      // A sink may send a notice after the end.
      if (event.type === 'end' || (event.type === 'notice' && record.end)) write();
    },
    write,
  };
}

function checkPath(name: string, path: unknown, pipes: boolean): void {
  if (typeof path !== 'string' || path === '')
    throw new ConfigError(`must be the path of a file, not ${describe(path)}`, {
      of: 'recordRun',
      options: [name],
      value: path,
    });
  try {
    checkWritable(path);
    if (!pipes && isPipe(path)) throw new Error('it is a pipe, whose reader a synchronous write would wait for');
  } catch (cause) {
    throw new ConfigError(`can't be written to ${path}: ${(cause as Error).message}`, {
      of: 'recordRun',
      options: [name],
      value: path,
      cause,
    });
  }
}

/** @throws ConfigError for two paths of one file, since the second text would replace the first */
function checkSeparate(paths: readonly (readonly [string, string])[]): void {
  const ids = paths.map(([, path]) => fileId(path));
  for (const [at, [name, path]] of paths.entries()) {
    const other = paths.slice(0, at).find((_, before) => isSameFile(ids[before], ids[at]));
    if (!other) continue;
    throw new ConfigError(`must be two files, but both are ${path}`, {
      of: 'recordRun',
      options: [other[0], name],
      value: path,
    });
  }
}

/** @throws WriteError */
function writeText(path: string, text: Iterable<string>): void {
  try {
    const file = openSync(path, 'w');
    try {
      let pending = '';
      for (const piece of text) {
        pending += piece;
        if (pending.length < 65_536) continue;
        writeAll(file, pending);
        pending = '';
      }
      writeAll(file, pending);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new WriteError(path, cause);
  }
}

/** Repeats the write, since one call may write only a part. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

const ownVersion = (): string =>
  (createRequire(import.meta.url)('pagewise/package.json') as { version: string }).version;
