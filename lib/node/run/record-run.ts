import { closeSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ConfigError, WriteError } from '../../errors.js';
import type { EventListener } from '../../events.js';
import { checkBoolean, checkOptions, checkWhole, invalid } from '../../values/options.js';
import { checkWritable, isPipe } from '../files.js';
import { fileId, isSameFile } from '../same-file.js';
import { harText } from './har-text.js';
import { Connections } from './connections.js';
import { type About, type RecordedWalk, reportData } from './report/report-data.js';
import { reportJson, reportText } from './report/report-text.js';
import { RunRecord } from './run-record.js';
import { traceText } from './trace-text.js';

export interface RecordRunOptions {
  /**
   * Path of the report to write: one HTML file that loads nothing; or JSON with all its figures and rows, if the name
   * ends in `.json`.
   */
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
  /** The name of the walk in the files. @default none */
  readonly label?: string | undefined;
  /**
   * What else the report shows at its head, such as `{ Output: 'orders.csv', Rows: 1200 }`: no secrets. A function is
   * called each time that the files are written.
   */
  readonly about?: About | (() => About) | undefined;
  /** Attempts to record; later ones are only counted. An attempt takes about 100 bytes of memory. @default 100_000, for all walks together */
  readonly most?: number | undefined;
}

const files = ['report', 'trace', 'har'] as const satisfies readonly (keyof RecordRunOptions)[];

/** A listener that records a run, and writes the files at its end. */
export interface RunRecorder extends EventListener {
  /**
   * A recorder of another walk, with a name and an `about` of its own, which the same files show. They are written each
   * time that a walk ends; of more than 20 walks, soon after, with at most a tenth of the time, and when the process
   * exits at the latest.
   *
   *     const runs = recordRun({ report: 'run.html', label: 'eu' });
   *     paginate(eu, strategy, { events: runs });
   *     paginate(us, strategy, { events: runs.walk('us') });
   */
  walk(label: string, about?: About | (() => About)): RunRecorder;
  /** Writes the files now, with what happened so far; for runs that are killed before their end event. */
  write(): void;
}

/**
 * A listener that records a run and writes files when the run ends: complete, failed, aborted or unsubscribed. A walk
 * that `resumeOnError` continues belongs to the same run. Use one recorder per
 * run, and `walk` for each further walk of it.
 *
 *     paginate(request, strategy, { events: recordRun({ report: 'run.html', trace: 'run.trace.json' }) })
 *
 * The files are written synchronously during the end event, so they exist even if the process exits right after it.
 * @throws ConfigError for options that can't work, and for files that can't be written. Pipes are refused, since a
 *   synchronous write would wait for their reader, and nothing else could happen in the process
 */
export const recordRun = (options: RecordRunOptions): RunRecorder => recordTo(options);

/** Up to this many walks, each writes the files when it ends. */
const eachWrites = 20;

/** A recorder as the command uses it. */
export interface FileRecorder extends RunRecorder {
  walk(label: string, about?: About | (() => About)): FileRecorder;
  /** Writes the files as the end of a walk does: now, or in a while if there are many walks. */
  soon(): void;
  /** Writes the files now if `soon` was called and they are not written yet. */
  flush(): void;
}

/** A text that is written into a pipe. */
export type ToPipe = (path: string, text: string) => void;

/** @param toPipe receives the texts for pipes at the end of the run, and perhaps again; without it, pipes are refused */
export function recordTo(options: RecordRunOptions, toPipe?: ToPipe): FileRecorder {
  checkOptions('recordRun', options, [...files, 'harNumbers', 'label', 'about', 'most']);
  const { most = 100_000, harNumbers = false } = options;
  checkWhole('recordRun', 'most', most, 1);
  checkBoolean('recordRun', 'harNumbers', harNumbers);
  if (harNumbers && options.har === undefined)
    throw new ConfigError('needs har, the file whose URLs show the numbers', { of: 'recordRun', options: ['harNumbers'] }); // prettier-ignore
  const paths = files.map((name) => [name, options[name]] as const).filter(([, path]) => path !== undefined);
  if (paths.length === 0) throw new ConfigError('recordRun: no file is given; set report, trace or har');
  for (const [name, path] of paths) checkPath(name, path, toPipe !== undefined);
  checkSeparate(paths as readonly (readonly [string, string])[]);
  checkWalk(options.label, options.about);

  const walks: { label: string | undefined; about: RecordRunOptions['about']; record: RunRecord }[] = [];
  const room = (): number => most - walks.reduce((sum, { record }) => sum + record.attempts.length, 0);
  let took = 0;
  let ended = -Infinity;
  let later: NodeJS.Timeout | undefined;
  const write = (): void => {
    const since = performance.now();
    if (later !== undefined) {
      clearTimeout(later);
      process.off('exit', write);
      later = undefined;
    }
    writeFiles();
    ended = performance.now();
    took = ended - since;
  };
  /** Each walk writes all files anew, so that of many walks only some do. */
  const soon = (): void => {
    const wait = walks.length <= eachWrites ? 0 : ended + took * 10 - performance.now();
    if (wait <= 0) write();
    else if (later === undefined) {
      later = setTimeout(write, wait);
      process.once('exit', write);
    }
  };
  const flush = (): void => {
    if (later !== undefined) write();
  };
  const writeFiles = (): void => {
    const put = (path: string, text: Iterable<string>) =>
      toPipe && isPipe(path) ? toPipe(path, [...text].join('')) : writeText(path, text);
    const seen: RecordedWalk[] = walks
      .filter(({ record }, at) => at === 0 || record.began)
      .map(({ label, about = {}, record }) => ({
        label,
        record,
        about: typeof about === 'function' ? about() : about,
      }));
    const { report, trace, har } = options;
    if (report !== undefined) {
      const data = reportData(seen, ownVersion());
      put(report, /\.json$/i.test(report) ? reportJson(data) : reportText(data));
    }
    if (trace !== undefined) put(trace, traceText(seen));
    if (har !== undefined) put(har, harText(seen, ownVersion()));
  };
  /** The walks under way, with their connections. */
  const running = new Set<Connections>();
  const recorder = (label: string | undefined, about: RecordRunOptions['about']): FileRecorder => {
    const record = new RunRecord(room, { placed: harNumbers });
    const connections = new Connections();
    let isAlone = true;
    record.connections = () => (isAlone ? connections.of(record.requests.all.map(({ url }) => url)) : null);
    const begin = () => {
      connections.start();
      running.add(connections);
    };
    walks.push({ label, about, record });
    return {
      next(event) {
        if (event.type === 'request') begin();
        if (running.size > 1) isAlone = false; // They are counted for the process.
        record.next(event);
        if (event.type === 'end') {
          connections.stop();
          running.delete(connections);
        }
        // A sink may send a notice after the end.
        if (event.type === 'end' || (event.type === 'notice' && record.end)) soon();
      },
      write,
      soon,
      flush,
      walk(other, its) {
        checkWalk(other, its);
        return recorder(other, its);
      },
    };
  };
  return recorder(options.label, options.about);
}

/** @throws ConfigError */
function checkWalk(label: unknown, about: unknown): void {
  if (label !== undefined && (typeof label !== 'string' || label === ''))
    throw invalid('recordRun', 'label', label, 'a name');
  if (about !== undefined && typeof about !== 'function' && (typeof about !== 'object' || about === null))
    throw invalid('recordRun', 'about', about, 'an object of names and values');
}

function checkPath(name: string, path: unknown, pipes: boolean): void {
  if (typeof path !== 'string' || path === '') throw invalid('recordRun', name, path, 'the path of a file');
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
