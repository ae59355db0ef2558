import { CommanderError } from 'commander';
import type { Arguments, DataPiece } from './arguments.js';
import { program } from './program.js';
import { UsageError } from './usage-error.js';

/**
 * The arguments after the command's name; `undefined` where they asked for the help or the version, which is on stdout.
 * @throws UsageError
 */
export function parseArguments(argv: readonly string[]): Arguments | undefined {
  const data: DataPiece[] = [];
  const command = program(data);
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(explain(error));
  }
  const { url: flagged, ...flags } = command.opts<Omit<Arguments, 'url' | 'data'> & { url?: string }>();
  const [url = flagged] = command.args;
  if (url === undefined)
    throw new UsageError(
      'the URL is missing. Give one, like pagewise https://api.example.com/items, or see pagewise --help',
    );
  if (flagged !== undefined && command.args.length > 0)
    throw new UsageError('--url and a URL beside it; give one of them');
  return { ...flags, url, data };
}

function explain({ code, message }: CommanderError): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  switch (code) {
    case 'commander.unknownOption':
      // A misspelt flag may have a secret attached to it: --hedaer=…, -Z…
      return `${text.replace(/'(--[\w-]*|-.)[^']*'.*?(?=\(|$)/s, "'$1' ").trim()}; see pagewise --help`;
    case 'commander.excessArguments':
      return `${text.replace(/\.$/, '')}; give one URL, and quote values that have spaces`;
    case 'commander.optionMissingArgument':
      return `${text}; give it a value`;
    default:
      return text;
  }
}
