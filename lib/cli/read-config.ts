import { readFileSync } from 'node:fs';
import type { Arguments } from './arguments.js';
import { jobFlags } from './job-flags.js';
import { mergeFlags } from './merge-flags.js';
import { UsageError } from './usage-error.js';

/** A job of a file. */
export interface Job {
  readonly name: string;
  readonly flags: Partial<Arguments>;
}

type Entries = Readonly<Record<string, unknown>>;

const shape = '{ "jobs": { "NAME": { "url": … } } }';

/**
 * Jobs of a file, each with the flags of `defaults` under its own.
 * @throws UsageError that names the file, and the job and the name where one is wrong
 */
export function readConfig(file: string, names: readonly string[] | 'all'): readonly Job[] {
  const config = parse(file);
  const stranger = Object.keys(config).find((name) => name !== 'jobs' && name !== 'defaults');
  if (stranger !== undefined)
    throw new UsageError(`${file}: ${JSON.stringify(stranger)} is not known; a file of jobs is like ${shape}`);
  const { jobs: listed, defaults: shared } = config as { readonly jobs?: unknown; readonly defaults?: unknown };
  const jobs = entriesOf(listed, `${file}: "jobs"`);
  const known = Object.keys(jobs);
  const chosen = names === 'all' ? known : [...new Set(names)];
  if (chosen.length === 0) throw new UsageError(`${file}: there are no jobs; a file of jobs is like ${shape}`);
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`${file}: there is no job ${JSON.stringify(unknown)}; there is ${known.join(', ')}`);
  const defaults =
    shared === undefined ? {} : jobFlags(entriesOf(shared, `${file}: "defaults"`), `${file}, "defaults"`);
  return chosen.map((name) => {
    const place = `${file}, job ${JSON.stringify(name)}`;
    return { name, flags: mergeFlags(defaults, jobFlags(entriesOf(jobs[name], place), place)) };
  });
}

function parse(file: string): Entries {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(
      `can't read ${file} (${code}); a file of jobs is like ${shape}, and another one is named with --config FILE`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // What the parser quotes may be a key.
    const at = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = at === undefined ? '' : `, line ${text.slice(0, Number(at)).split('\n').length}`;
    throw new UsageError(`${file}: it is not JSON${line}`);
  }
  return entriesOf(value, file);
}

function entriesOf(value: unknown, place: string): Entries {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Entries;
  throw new UsageError(`${place} must be an object; a file of jobs is like ${shape}`);
}
