import { accessSync, constants, fstatSync, statSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import {
  type Checkpoint,
  checkpoint as checkpointIn,
  type CheckpointOptions,
  type CheckpointStore,
  type OpenCheckpoint,
  openCheckpoint,
  type Place,
} from '../../checkpoint.js';
import { CallbackError, ConfigError, WriteError } from '../../errors.js';
import { leaseFile } from '../../node/file-lease.js';
import { checkWritable as checkFile, followLinks, makeFolders, readText, replaceFile } from '../../node/files.js';
import { type FileTarget, notMadeBy, textOf } from '../../node/sinks/committed-file.js';
import { csvFormat } from '../../node/sinks/csv-format.js';
import { type EndOfRows, endOfRows } from '../../node/sinks/end-of-rows.js';
import { openStdout } from '../../node/sinks/file.js';
import { jsonFormat, ndjsonFormat } from '../../node/sinks/format.js';
import type { Json, Page } from '../../page.js';
import { ExactNumber } from '../../reading/exact-json.js';
import { parsePath, readPath } from '../../reading/path.js';
import { sameJson } from '../../values/compare.js';
import { describe } from '../../values/describe.js';
import { type Arguments, type FormatName, UsageError } from '../flags/arguments.js';
import { onTerminal } from './terminal-format.js';

/** Whether the output goes to stdout. */
export const toStdout = ({ output = '-' }: Pick<Arguments, 'output'>): boolean => output === '-';

/** The format that `--format` sets, or else the name of the file. */
export function formatName({ format, output = '-' }: Pick<Arguments, 'format' | 'output'>): FormatName {
  if (format) return format;
  const [, extension] = /\.(json|csv)(?:\.gz)?$/i.exec(output) ?? [];
  return (extension?.toLowerCase() as FormatName | undefined) ?? 'ndjson';
}

/** File names of formats that the command does not write. */
const otherFormat =
  /\.(?:(?<database>sqlite3?|db3?|duckdb|mdb|accdb)|parquet|avro|orc|arrow|feather|xlsx?|xlsm|xlsb|ods|numbers|tsv|xml|ya?ml|html?|pdf|(?<packed>zip|zst|bz2|xz|lz4|br|7z|rar|tar|tgz))$/i;

/**
 * Refuses a file whose name ends in a format that the command does not write, unless --format is given.
 * @param location the file and the job, for the message
 * @throws UsageError
 */
export function checkExtension({ output = '-', format }: Pick<Arguments, 'format' | 'output'>, location = ''): void {
  const found = format === undefined ? otherFormat.exec(output) : null;
  if (!found) return;
  const { database, packed } = found.groups as { database?: string; packed?: string };
  const advice = database
    ? 'for a database, use writeTable of the library'
    : packed
      ? 'for a compressed file, name one that ends in .gz, such as items.ndjson.gz'
      : 'name a file that ends in .ndjson, .json or .csv';
  throw new UsageError(
    `${location}-o ${output}: the command writes NDJSON, JSON and CSV, not ${found[0]}; ${advice}, or add --format ndjson to write NDJSON into this file`,
  );
}

/** The output, as the library's sinks write it. @throws ConfigError for fields that are not paths */
export function jobTarget(args: Arguments): FileTarget {
  const { output = '-', fields } = args;
  const format = {
    ndjson: () => ndjsonFormat,
    json: () => jsonFormat,
    csv: () =>
      csvFormat('-o', fields && [...fields, ...Object.keys(args.addFields ?? {})], args.escapeFormulas ?? false),
  };
  const as = writtenAs(args);
  const target: FileTarget = {
    name: '-o',
    path: toStdout(args) ? 'stdout' : output,
    format:
      toStdout(args) && process.stdout.isTTY ? onTerminal(format[formatName(args)]()) : format[formatName(args)](),
    open: toStdout(args) ? openStdout : undefined,
    identity: { as },
    changed(change, last, key) {
      const text =
        change.kind !== 'shorter'
          ? textOf(change, last, output)
          : change.found === undefined
            ? `the output, ${output}, is gone`
            : 'the output is shorter than the checkpoint says, so the output was replaced or cut';
      const restarts = last.done && args.sync === undefined;
      const over = restarts ? `to write everything again, add --when-done restart` : startOver(key);
      return new UsageError(`--checkpoint ${key}: ${text}; ${over}`);
    },
    checkIdentity({ as: before }, key) {
      if (before === undefined) throw notMadeBy(target, key);
      for (const [flag, value] of Object.entries(as)) {
        // Absent: the checkpoint is older than the flag.
        const earlier =
          (before as Readonly<Record<string, Json | undefined>>)[flag] ?? (value === false ? false : undefined);
        if (!sameJson(earlier, value))
          throw new UsageError(
            `--checkpoint ${key}: the checkpoint was made with ${shown(flag, earlier)}, but this run has ${shown(flag, value)}; use the same flags, or ${startOver(key)}`,
          );
      }
    },
  };
  return target;
}

/** Where the output of --resume-from begins. @throws ConfigError or UsageError if the file can't be appended to */
export async function jobEnd({ name, path, format, open }: FileTarget): Promise<EndOfRows> {
  // Where a shell sends stdout is unknown; the rows are taken to continue those of the earlier run.
  if (open) return { empty: false };
  return endOfRows(name, path, format).catch((error: unknown) => {
    if (!(error instanceof WriteError)) throw error;
    throw new UsageError(
      `-o ${path}: can't read the rows that the file already has (${codeOf(error.cause)}); check its permissions`,
    );
  });
}

/** The flags that define what is written. They can't change between runs of a job. */
const writtenAs = (args: Arguments) => ({
  '-o': args.output === undefined || args.output === '-' ? '-' : normalize(args.output),
  '--format': formatName(args),
  '--fields': args.fields?.join(',') ?? '',
  '--escape-formulas': args.escapeFormulas ?? false,
  '--distinct': args.distinct ?? '',
  '--pages': args.pages ?? false,
  // The values differ between the partitions of one file.
  addFields: Object.keys(args.addFields ?? {}).join(',') || false,
});

function shown(flag: string, value: Json | undefined): string {
  if (typeof value === 'string' && value !== '') return `${flag} ${value}`;
  return value === true ? flag : `no ${flag}`;
}

/** How to start over without a checkpoint. */
export const startOver = (file: string): string => `start over: delete ${file} or name another file`;

/** The rows to write for a page, made from those of its items that are written. */
export type RowMaker = (page: Page, items: readonly unknown[]) => readonly unknown[];

/** @throws ConfigError for fields that are not paths */
export function rowMaker(
  args: Pick<Arguments, 'format' | 'output' | 'fields' | 'pages' | 'addFields' | 'onSameField'>,
): RowMaker {
  const paths = args.fields?.map((field) => parsePath('-o', 'fields', field));
  // The columns of CSV read their fields themselves.
  const picked =
    paths && formatName(args) !== 'csv'
      ? (items: readonly unknown[]) =>
          items.map((item) => Object.fromEntries(paths.map((path) => [path.text, readPath(item, path)])))
      : (items: readonly unknown[]) => items;
  const rows = adding(args, picked);
  if (!args.pages) return (_page, items) => rows(items);
  return ({ index, total, next }, items) => [{ index, items: rows(items), total, next: next ?? null }];
}

/** @throws ConfigError for a row that has the field, or that can't have one */
function adding(
  { addFields, onSameField = 'error' }: Pick<Arguments, 'addFields' | 'onSameField'>,
  picked: (items: readonly unknown[]) => readonly unknown[],
): (items: readonly unknown[]) => readonly unknown[] {
  if (!addFields) return picked;
  const added = Object.entries(addFields);
  return (items) =>
    picked(items).map((row) => {
      if (typeof row !== 'object' || row === null || Array.isArray(row) || row instanceof ExactNumber)
        throw new ConfigError(`addFields: a row must be an object to get a field, not ${describe(row)}`);
      const same = added.find(([name]) => Object.hasOwn(row, name))?.[0];
      if (same !== undefined && onSameField === 'error')
        throw new ConfigError(
          `addFields: a row has the field ${JSON.stringify(same)} already; give it another name, or set "onSameField": "replace"`,
        );
      return Object.defineProperties({ ...row }, Object.fromEntries(added.map(([name, value]) => [name, { value, enumerable: true, configurable: true, writable: true }]))); // prettier-ignore
    });
}

/** The checkpoint as a run that writes nothing reads it: without a lease. @throws UsageError if it can't be read */
export const readCheckpoint = (file: string, whenDone: CheckpointOptions['whenDone']): OpenCheckpoint =>
  checkpointOf({ get: readText, set: () => false }, file, whenDone).open();

/** A checkpoint of the library in one file, whose key is the file's name. @throws UsageError if it can't be written */
export function jobCheckpoint(file: string, whenDone: CheckpointOptions['whenDone']): Required<Checkpoint> {
  makeFolder('--checkpoint', file);
  checkReplaceable('--checkpoint', file);
  return checkpointOf(fileByName, file, whenDone);
}

function checkpointOf(
  store: CheckpointStore,
  file: string,
  whenDone: CheckpointOptions['whenDone'],
): Required<Checkpoint> {
  const kept = checkpointIn(store, file, { whenDone });
  const reading = (error: unknown) => {
    if (!(error instanceof CallbackError)) throw error;
    throw new UsageError(`--checkpoint ${file}: can't read the file (${codeOf(error.cause)})`);
  };
  const writing = (error: unknown) => {
    throw error instanceof CallbackError ? new WriteError(file, error.cause) : error;
  };
  const worded = <Kept extends Checkpoint>(own: Kept) => ({
    ...own,
    load: () => own.load().catch(reading),
    save: (place: Place) => own.save(place).catch(writing),
  });
  return {
    ...worded({ ...kept, whenDone }),
    open() {
      const open = openCheckpoint(kept);
      return { ...worded(open), check: () => open.check().catch(writing) };
    },
  };
}

/** Files, whose names are the keys. */
export const fileByName: CheckpointStore = { get: readText, set: replaceFile, lease: leaseFile };

/** Makes the folder of a file. @throws UsageError */
export function makeFolder(flag: string, file: string): void {
  try {
    makeFolders(dirname(file));
  } catch (error) {
    throw new UsageError(
      `${flag} ${file}: can't create the folder of this file (${codeOf(error)}); name a file in a folder that you can write`,
    );
  }
}

/** Refuses a file that can't be written, without changing it. @throws UsageError */
export function checkWritable(flag: string, path: string): void {
  try {
    checkFile(path);
  } catch (error) {
    throw new UsageError(
      `${flag} ${path}: can't open the file for writing (${codeOf(error)}); check its permissions, or name another file`,
    );
  }
}

/** Refuses a file that can't be written, or not be read again. @throws UsageError */
export function checkReadable(flag: string, path: string): void {
  checkWritable(flag, path);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
    throw new UsageError(`${flag} ${path}: this is a device or a pipe, which can't be read again; name a file`);
}

/** Refuses a file that can't be replaced by a new one beside it. @throws UsageError */
function checkReplaceable(flag: string, path: string): void {
  checkReadable(flag, path);
  try {
    accessSync(dirname(followLinks(path)), constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `${flag} ${path}: can't create files in the folder of this file (${codeOf(error)}); name a file in another folder`,
    );
  }
}

export const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** Whether no reader can stop early: the output is a file, or a terminal with a checkpoint. */
export function isReadWhole({ output = '-', checkpoint }: Pick<Arguments, 'output' | 'checkpoint'>): boolean {
  try {
    if (output !== '-') return statSync(output, { throwIfNoEntry: false })?.isFile() ?? true;
    return fstatSync(1).isFile() || (process.stdout.isTTY && Boolean(checkpoint));
  } catch {
    return false;
  }
}
