import { CommanderError } from 'commander';
import { type Arguments, type DataPiece, UsageError } from './arguments.js';
import { expandEnvironment } from './environment.js';
import { program } from './program.js';
import { suggest } from '../terminal/suggest.js';

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'job'; readonly args: Arguments }
  | { readonly kind: 'jobs'; readonly names: readonly string[] | 'all'; readonly config: string | undefined; readonly flags: Partial<Arguments>; readonly parallel: number }
  | { readonly kind: 'help'; readonly topic: string | undefined }
  | { readonly kind: 'profiles' }
  | { readonly kind: 'checkpoints'; readonly action: CheckpointAction; readonly paths: readonly string[] }
  | { readonly kind: 'report'; readonly compare: readonly [string, string] }
  | { readonly kind: 'completion'; readonly shell: string | undefined }; // prettier-ignore

export const checkpointActions = ['list', 'show', 'delete'] as const;
export type CheckpointAction = (typeof checkpointActions)[number];

/**
 * Parses the arguments after the command's name; `undefined` for the help or the version, which are printed already.
 * @throws UsageError
 */
export function parseArguments(argv: readonly string[]): Invocation | undefined {
  const parsed = parseFlags(argv);
  if (!parsed) return undefined;
  const { words, all, config, parallel } = parsed;
  const [first, ...rest] = words;
  switch (first) {
    case 'help':
      return { kind: 'help', topic: one(rest, 'a topic') };
    case 'profiles':
      if (rest.length > 0) throw new UsageError('profiles takes no argument; filter its lines, as in pagewise profiles | grep git'); // prettier-ignore
      return { kind: 'profiles' };
    case 'checkpoints':
      return checkpointsOf(rest);
    case 'report':
      return reportOf(rest);
    case 'completion':
      return { kind: 'completion', shell: one(rest, 'a shell') };
    case 'run':
      return {
        kind: 'jobs',
        names: jobNames(rest, all),
        config,
        flags: expanded(parsed.flags),
        parallel: parallel ?? 1,
      };
  }
  if (all) throw new UsageError('--all is for jobs of a file: pagewise run --all');
  if (config !== undefined) throw new UsageError(`--config ${config} is for jobs of a file: pagewise run JOB`);
  if (parallel !== undefined)
    throw new UsageError(`--parallel ${parallel} is for jobs of a file: pagewise run --all --parallel ${parallel}`);
  const flags = expanded(parsed.flags);
  const [url = flags.url] = words;
  if (url === undefined)
    throw new UsageError(
      'the URL is missing; give one, as in pagewise https://api.example.com/items, or see pagewise --help',
    );
  if (flags.url !== undefined && words.length > 0)
    throw new UsageError('the URL is given twice, by --url and as an argument; remove one of them');
  if (words.length > 1)
    throw new UsageError(
      `too many arguments: ${words.length} instead of one; give one URL, and quote values that have spaces`,
    );
  return { kind: 'job', args: { ...flags, url } };
}

function checkpointsOf([word = 'list', ...paths]: readonly string[]): Invocation {
  const action = checkpointActions.find((name) => name === word);
  if (!action)
    throw new UsageError(
      `checkpoints ${word}${suggest(word, checkpointActions)}: give one of ${checkpointActions.join(', ')}, as in pagewise checkpoints list ${word}`,
    );
  return { kind: 'checkpoints', action, paths };
}

function reportOf([word, a, b, ...more]: readonly string[]): Invocation {
  if (word !== 'compare' || a === undefined || b === undefined || more.length > 0)
    throw new UsageError(
      `report${word === undefined || word === 'compare' ? '' : ` ${word}`}: give two files that --report wrote, as in pagewise report compare before.json after.json`,
    );
  return { kind: 'report', compare: [a, b] };
}

function one(words: readonly string[], what: string): string | undefined {
  if (words.length > 1) throw new UsageError(`too many arguments: give only ${what}`);
  return words[0];
}

function jobNames(names: readonly string[], all: boolean): readonly string[] | 'all' {
  if (all && names.length > 0) throw new UsageError('run --all runs all jobs in the file; remove the names or --all');
  if (!all && names.length === 0) throw new UsageError('run needs the name of a job, or --all');
  return all ? 'all' : names;
}

/** Expands the environment in flags that take secrets, so that `ps` does not show the secrets. */
function expanded(flags: Partial<Arguments>): Partial<Arguments> {
  const { header, cookie, user } = flags;
  return {
    ...flags,
    ...(header && { header: header.map((line) => expandEnvironment(line, '-H', 'header')) }),
    ...(cookie && { cookie: cookie.map((text) => expandEnvironment(text, '-b', 'cookie')) }),
    ...(user !== undefined && { user: expandEnvironment(user, '-u', 'user') }),
  };
}

/** The parsed flags, and the words between them. */
interface Flags {
  readonly words: readonly string[];
  readonly flags: Partial<Arguments>;
  readonly all: boolean;
  readonly config: string | undefined;
  readonly parallel: number | undefined;
}

/** `undefined` for the help or the version, which are printed already. @throws UsageError */
export function parseFlags(argv: readonly string[]): Flags | undefined {
  const data: DataPiece[] = [];
  const command = program(data);
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(explain(error));
  }
  const {
    all = false,
    config,
    parallel,
    ...flags
  } = command.opts<Partial<Arguments> & { all?: boolean; config?: string; parallel?: number }>();
  return { words: command.args, flags: { ...flags, data }, all, config, parallel };
}

function explain({ code, message }: CommanderError): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  switch (code) {
    case 'commander.unknownOption':
      // A misspelt flag may have a secret attached: --hedaer=…, -Z…
      return `${text.replace(/'(--[\w-]*|-.)[^']*'.*?(?=\(|$)/s, "'$1' ").trim()}; see pagewise help flags`;
    case 'commander.optionMissingArgument':
      return `${text}; give it a value`;
    case 'commander.invalidArgument': {
      const [, given, choices] = /argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s.exec(text) ?? [];
      return given === undefined || choices === undefined
        ? text
        : `${text.slice(0, -1)}${suggest(given, choices.split(', '))}.`;
    }
    default:
      return text;
  }
}
