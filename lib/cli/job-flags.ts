import type { Option } from 'commander';
import { suggest } from './suggest.js';
import type { Arguments } from './arguments.js';
import { expandWithin, hideValues } from './environment.js';
import { parseFlags } from './parse-flags.js';
import { list, statuses } from './parse-values.js';
import { program } from './program.js';
import { UsageError } from './usage-error.js';

// Of the command line as a whole, or without a meaning in a file.
const notInFiles = new Set(['all', 'config', 'version', 'explain']);
const repeatable = new Set([
  'header', 'data', 'data-raw', 'data-urlencode', 'data-binary', 'json', 'cookie', 'allow-origin',
]); // prettier-ignore

/**
 * The entries of a job as the flags that they are named after, in camelCase or kebab-case.
 * @param place the file and the job, for messages
 * @throws UsageError
 */
export function jobFlags(entries: Readonly<Record<string, unknown>>, place: string): Partial<Arguments> {
  const { options } = program([]);
  const byName = new Map(options.map((option) => [option.long?.slice(2) ?? '', option]));
  const argv = Object.entries(entries).flatMap(([given, value]) => {
    const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const option = byName.get(name);
    if (!option || notInFiles.has(name) || name.startsWith('no-'))
      throw new UsageError(
        `${place}: ${JSON.stringify(given)} is no flag that a job can have${suggest(given, byName.keys())}; see pagewise help flags`,
      );
    const where = `${place}, ${given}`;
    return tokens(option, expandWithin(value, where), where, byName.has(`no-${name}`));
  });
  try {
    return parseFlags(argv)?.flags ?? {};
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(hideValues(`${place}: ${error.message}`)) : error;
  }
}

/** One entry as it would stand on the command line. */
function tokens(option: Option, value: unknown, where: string, negatable: boolean): string[] {
  const flag = option.long ?? '';
  const name = flag.slice(2);
  if (value === false && negatable) return [`--no-${name}`];
  if (!option.required) {
    if (typeof value !== 'boolean') throw new UsageError(`${where} must be true or false`);
    return value ? [flag] : [];
  }
  const one = (part: unknown) => {
    if (typeof part !== 'string' && typeof part !== 'number')
      throw new UsageError(`${where} must be ${expected(name)}, not ${JSON.stringify(part)}`);
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
    if (name === 'json') return [`${flag}=${JSON.stringify(value)}`];
  }
  return [`${flag}=${one(value)}`];
}

const expected = (name: string) =>
  name === 'header' ? 'lines, or an object of names and values' : repeatable.has(name) ? 'a text, or several' : 'a text or a number'; // prettier-ignore
