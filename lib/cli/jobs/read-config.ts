import type { Option } from 'commander';
import { readFileSync } from 'node:fs';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { expandWithin, hideValues } from '../flags/environment.js';
import { parseFlags } from '../flags/parse-arguments.js';
import { list, pairs, statuses } from '../flags/parse-values.js';
import { program } from '../flags/program.js';
import { suggest } from '../terminal/suggest.js';

/** A job in a file. */
interface Job {
  readonly name: string;
  readonly flags: Partial<Arguments>;
}

type Entries = Readonly<Record<string, unknown>>;

const shape = '{ "jobs": { "NAME": { "url": … } } }';

/**
 * Reads jobs from a file. The flags of each job override those of `defaults`.
 * @throws UsageError that names the file, and the job and flag if one of them is wrong
 */
export function readConfig(file: string, names: readonly string[] | 'all'): readonly Job[] {
  const config = parse(file);
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
    throw new UsageError(`${file}: there is no job ${JSON.stringify(unknown)}; jobs are ${known.join(', ')}`);
  const defaults =
    shared === undefined ? {} : jobFlags(entriesOf(shared, `${file}: "defaults"`), `${file}, "defaults"`);
  return chosen.map((name) => {
    const location = `${file}, job ${JSON.stringify(name)}`;
    return { name, flags: mergeFlags(defaults, jobFlags(entriesOf(jobs[name], location), location)) };
  });
}

function parse(file: string): Entries {
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
  return entriesOf(value, file);
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
const notInFiles = new Set(['all', 'config', 'version', 'explain']);
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
      const near = suggest(given, [...byName.keys()].filter(isForJobs));
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
