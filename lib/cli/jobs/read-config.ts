import type { Option } from 'commander';
import { readFileSync } from 'node:fs';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { expandWithin, hideValues } from '../flags/environment.js';
import { parseFlags } from '../flags/parse-arguments.js';
import { list, pairs, statuses } from '../flags/parse-values.js';
import { program } from '../flags/program.js';
import type { Json } from '../../page.js';
import { ExactNumber, parseExactJson } from '../../reading/exact-json.js';
import { parsePath } from '../../reading/path.js';
import { describe } from '../../values/describe.js';
import { suggest } from '../terminal/suggest.js';

/** A job in a file. */
export interface Job {
  readonly name: string;
  readonly flags: Partial<Arguments>;
  readonly partitions: Partitions | undefined;
}

/** What a job is divided into. */
export interface Partitions {
  /** The values of each name. */
  readonly values: ReadonlyMap<string, PartitionValues>;
  readonly concurrency: number;
  /** Whether the others go on when one fails. */
  readonly onError: 'continue' | 'stop';
}

/** A list, the lines of a file, or a field of what another job has written. */
export type PartitionValues =
  readonly string[] | { readonly file: string } | { readonly job: string; readonly field: string };

type Entries = Readonly<Record<string, unknown>>;

const shape = '{ "jobs": { "NAME": { "url": … } } }';

/**
 * Reads jobs from a file. The flags of each job override those of `defaults`.
 * @throws UsageError that names the file, and the job and flag if one of them is wrong
 */
export function readConfig(
  file: string,
  names: readonly string[] | 'all',
): { readonly jobs: readonly Job[]; readonly sources: ReadonlyMap<string, Job> } {
  const { config, exact } = parse(file);
  const stranger = Object.keys(config).find((name) => name !== 'jobs' && name !== 'defaults');
  if (stranger !== undefined)
    throw new UsageError(`${file}: ${JSON.stringify(stranger)} is unknown; a file of jobs looks like ${shape}`);
  const { jobs: listed, defaults: shared } = config as { readonly jobs?: unknown; readonly defaults?: unknown };
  const jobs = entriesOf(listed, `${file}: "jobs"`);
  const known = Object.keys(jobs);
  const chosen = names === 'all' ? known : [...new Set(names)];
  if (chosen.length === 0) throw new UsageError(`${file}: the file has no jobs; a file of jobs looks like ${shape}`);
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `${file}: there is no job ${JSON.stringify(unknown)}${suggest(unknown, known)}; jobs are ${known.join(', ')}`,
    );
  const exactJobs = exact['jobs'] as Readonly<Record<string, Entries>>;
  const defaults =
    shared === undefined
      ? undefined
      : readJob(entriesOf(shared, `${file}: "defaults"`), `${file}, "defaults"`, exact['defaults'] as Entries);
  const jobOf = (name: string): Job => {
    const location = `${file}, job ${JSON.stringify(name)}`;
    const { flags, ...own } = readJob(entriesOf(jobs[name], location), location, exactJobs[name] ?? {});
    const partitions = own.partitions ?? defaults?.partitions;
    const concurrency = own.concurrency ?? defaults?.concurrency ?? 1;
    for (const [option, value] of [
      ['partitionConcurrency', own.concurrency],
      ['onPartitionError', own.onError],
    ] as const)
      // prettier-ignore
      if (value !== undefined && !partitions) throw new UsageError(`${location}: "${option}" needs "partitions"`);
    const onError = own.onError ?? defaults?.onError ?? 'continue';
    return {
      name,
      flags: mergeFlags(defaults?.flags ?? {}, flags),
      partitions: partitions && { values: partitions, concurrency, onError },
    };
  };
  const read = chosen.map(jobOf);
  /** Jobs whose items are partitions of others. */
  const sources = new Map<string, Job>();
  for (const { name, partitions } of read)
    for (const values of partitions?.values.values() ?? []) {
      if (!('job' in values)) continue;
      const location = `${file}, job ${JSON.stringify(name)}`;
      if (!known.includes(values.job))
        throw new UsageError(`${location}: "partitions" are of the job ${JSON.stringify(values.job)}, which is not in the file`); // prettier-ignore
      sources.set(values.job, read.find((job) => job.name === values.job) ?? jobOf(values.job));
    }
  return { jobs: read, sources };
}

/** What only files have: it can't be said in one flag. */
const inFilesOnly = { partitions: 'partitions', partitionConcurrency: 'concurrency', onPartitionError: 'onError', addFields: 'addFields', onSameField: 'onSameField' } as const; // prettier-ignore

interface OwnEntries {
  readonly flags: Partial<Arguments>;
  readonly partitions: ReadonlyMap<string, PartitionValues> | undefined;
  readonly concurrency: number | undefined;
  readonly onError: Partitions['onError'] | undefined;
}

/** @param exact the same entries with all digits of their numbers @throws UsageError */
function readJob(entries: Entries, location: string, exact: Entries): OwnEntries {
  const rest: Record<string, unknown> = {};
  const own: Partial<Record<keyof typeof inFilesOnly, unknown>> = {};
  for (const [given, value] of Object.entries(entries)) {
    const name = given.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!Object.hasOwn(inFilesOnly, name)) {
      rest[given] = value;
      continue;
    }
    if (name === 'partitions' && /(?<!\$)\$ENV\{/.test(JSON.stringify(value)))
      throw new UsageError(
        `${location}, partitions: $ENV{…} can't be a value here, since values stand in the names of files and in messages; put it into header, url or the body`,
      );
    own[name as keyof typeof inFilesOnly] = expandWithin(exact[given], `${location}, ${given}`, 'output');
  }
  const { partitions, partitionConcurrency: concurrency, onPartitionError: onError, addFields, onSameField } = own;
  if (concurrency !== undefined && (!Number.isSafeInteger(concurrency) || (concurrency as number) < 1))
    throw new UsageError(`${location}, partitionConcurrency must be a whole number of at least 1, not ${JSON.stringify(concurrency)}`); // prettier-ignore
  if (onError !== undefined && onError !== 'continue' && onError !== 'stop')
    throw new UsageError(`${location}, onPartitionError must be "continue" or "stop", not ${JSON.stringify(onError)}`);
  if (onSameField !== undefined && onSameField !== 'error' && onSameField !== 'replace')
    throw new UsageError(`${location}, onSameField must be "error" or "replace", not ${JSON.stringify(onSameField)}`);
  const isFields = typeof addFields === 'object' && addFields !== null && !Array.isArray(addFields);
  if (addFields !== undefined && (!isFields || Object.keys(addFields).length === 0))
    throw new UsageError(`${location}, addFields must be an object of names and values, not ${JSON.stringify(addFields)}`); // prettier-ignore
  if (onSameField !== undefined && addFields === undefined)
    throw new UsageError(`${location}: "onSameField" needs "addFields"`);
  return {
    flags: {
      ...jobFlags(rest, location),
      ...(isFields && { addFields: addFields as Readonly<Record<string, Json>> }),
      ...(onSameField !== undefined && { onSameField: onSameField }),
    },
    partitions: partitions === undefined ? undefined : partitionsFrom(partitions, `${location}, partitions`),
    concurrency: concurrency as number | undefined,
    onError,
  };
}

/** @throws UsageError */
function partitionsFrom(value: unknown, location: string): ReadonlyMap<string, PartitionValues> {
  const example = '{ "account": ["a", "b"] }, { "account": "@accounts.txt" } or { "repo": { "job": "repos", "field": "full_name" } }'; // prettier-ignore
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    throw new UsageError(`${location} must be like ${example}`);
  return new Map(
    Object.entries(value).map(([name, given]: [string, unknown]): [string, PartitionValues] => {
      if (!/^[A-Za-z_]\w*$/.test(name))
        throw new UsageError(`${location}: ${JSON.stringify(name)} is not a name; use letters, digits and _`);
      const at = `${location}, ${name}`;
      if (Array.isArray(given))
        return [name, given.map((each: unknown, index) => partitionValue(each, `${at}, number ${index + 1}`))];
      if (typeof given === 'string' && given.startsWith('@') && given.length > 1)
        return [name, { file: given.slice(1) }];
      const { job, field, ...others } = (typeof given === 'object' && given !== null ? given : {}) as Entries;
      if (typeof job !== 'string' || typeof field !== 'string' || Object.keys(others).length > 0)
        throw new UsageError(`${at} must be a list, "@FILE" or { "job": …, "field": … }, as in ${example}`);
      parsePath(undefined, 'partitions', field);
      return [name, { job, field }];
    }),
  );
}

/** A value as a text. @throws UsageError for what can't be one */
export function partitionValue(value: unknown, location: string): string {
  if (typeof value === 'number' && Math.abs(value) >= 1e21)
    throw new UsageError(`${location} is ${value}, which is written in another way; put its digits in quotes`);
  const text = typeof value === 'number' || value instanceof ExactNumber ? String(value) : value;
  if (typeof text === 'string' && text !== '' && !/[\ud800-\udfff]/u.test(text)) return text;
  throw new UsageError(`${location} must be a text that is not empty, or a number, not ${describe(value)}`);
}

/** @returns also the same with all digits of its numbers */
function parse(file: string): { readonly config: Entries; readonly exact: Entries } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(
      `can't read ${file} (${code}); create it with content like ${shape}, or name another file with --config FILE`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's message is not shown: it quotes the text, which may be a key.
    const at = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = at === undefined ? '' : `, line ${text.slice(0, Number(at)).split('\n').length}`;
    throw new UsageError(`${file}${line}: the file is not valid JSON`);
  }
  return { config: entriesOf(value, file), exact: parseExactJson(text) as Entries };
}

function entriesOf(value: unknown, location: string): Entries {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Entries;
  throw new UsageError(`${location} must be an object; a file of jobs looks like ${shape}`);
}

/**
 * Merges flags; `over` overrides `under`. Headers are merged by name. A body, a checkpoint or resume token, and flags
 * about messages are replaced as a whole.
 */
export function mergeFlags(under: Partial<Arguments>, over: Partial<Arguments>): Partial<Arguments> {
  const { data = [], json, ...rest } = under;
  const hasBody = over.json !== undefined || (over.data ?? []).length > 0;
  const header = [...(under.header ?? []), ...(over.header ?? [])];
  const { checkpoint, quiet, silent, verbose, progress, ...kept } = rest;
  const louder = over.verbose ?? over.progress ?? false;
  const quieter = over.quiet ?? over.silent ?? false;
  return {
    ...kept,
    ...(hasBody ? {} : { data, ...(json && { json }) }),
    ...(checkpoint !== undefined && over.resumeFrom === undefined && { checkpoint }),
    ...(!louder && given({ quiet, silent })),
    ...(!quieter && given({ verbose, progress })),
    ...over,
    ...(hasBody ? {} : { data }),
    ...(header.length > 0 && { header }),
  };
}

const given = <T extends object>(flags: T) =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Partial<T>;

// Flags of the whole command line, and flags that mean nothing in a file.
const notInFiles = new Set(['all', 'parallel', 'config', 'version', 'explain', 'dry-run', 'color']);
const repeatable = new Set([
  'header', 'data', 'data-raw', 'data-urlencode', 'data-binary', 'json', 'cookie', 'allow-origin',
]); // prettier-ignore

/**
 * Converts the entries of a job to flags. Names are in camelCase or kebab-case.
 * @param location the file and the job, for messages
 * @throws UsageError
 */
function jobFlags(entries: Readonly<Record<string, unknown>>, location: string): Partial<Arguments> {
  const { options } = program([]);
  const byName = new Map(options.map((option) => [option.long?.slice(2) ?? '', option]));
  const isForJobs = (name: string) => byName.has(name) && !notInFiles.has(name) && !name.startsWith('no-');
  const argv = Object.entries(entries).flatMap(([given, value]) => {
    const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const option = byName.get(name);
    if (!option || !isForJobs(name)) {
      const near = suggest(given, [
        ...[...byName.keys()].filter(isForJobs),
        'partitions',
        'partition-concurrency',
        'on-partition-error',
        'add-fields',
      ]);
      throw new UsageError(
        `${location}: ${JSON.stringify(given)} is not a flag for jobs${near}; see pagewise help flags`,
      );
    }
    const entry = `${location}, ${given}`;
    return tokens(option, expandWithin(value, entry, option.attributeName()), entry, byName.has(`no-${name}`));
  });
  try {
    return parseFlags(argv)?.flags ?? {};
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(hideValues(`${location}: ${error.message}`)) : error;
  }
}

/** One entry as arguments of the command line. */
function tokens(option: Option, value: unknown, entry: string, negatable: boolean): string[] {
  const flag = option.long ?? '';
  const name = flag.slice(2);
  if (value === false && negatable) return [`--no-${name}`];
  if (!option.required) {
    if (typeof value !== 'boolean') throw new UsageError(`${entry} must be true or false`);
    return value ? [flag] : [];
  }
  const one = (part: unknown) => {
    if (typeof part !== 'string' && typeof part !== 'number')
      throw new UsageError(`${entry} must be ${expected(name)}, not ${JSON.stringify(part)}`);
    return String(part);
  };
  if (Array.isArray(value) && (option.parseArg === list || option.parseArg === statuses))
    return [`${flag}=${value.map(one).join(',')}`];
  if (Array.isArray(value) && repeatable.has(name)) return value.map((part) => `${flag}=${one(part)}`);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (name === 'header')
      return Object.entries(value).map(([header, text]) => {
        const line = one(text);
        return line === '' ? `${flag}=${header};` : `${flag}=${header}: ${line}`;
      });
    if (name === 'json' || takesJson(name)) return [`${flag}=${JSON.stringify(value)}`];
    if (option.parseArg === pairs)
      return [
        `${flag}=${Object.entries(value)
          .map(([key, text]) => `${key}=${one(text)}`)
          .join(',')}`,
      ];
  }
  if (Array.isArray(value) && takesJson(name)) return [`${flag}=${JSON.stringify(value)}`];
  return [`${flag}=${one(value)}`];
}

const takesJson = (name: string): boolean => ['items', 'next', 'next-request'].includes(name);

const expected = (name: string) =>
  name === 'header' ? 'a string, a list of strings, or an object of names and values' : repeatable.has(name) ? 'a string or a list of strings' : 'a string or a number'; // prettier-ignore
