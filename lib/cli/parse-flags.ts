import { CommanderError } from 'commander';
import type { Arguments, DataPiece } from './arguments.js';
import { program } from './program.js';
import { UsageError } from './usage-error.js';

/** The flags that were given, parsed, and what stands between them. */
export interface Flags {
  readonly words: readonly string[];
  readonly flags: Partial<Arguments>;
  readonly all: boolean;
  readonly config: string | undefined;
}

/** `undefined` where they asked for the help or the version, which is on stdout. @throws UsageError */
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
  const { all = false, config, ...flags } = command.opts<Partial<Arguments> & { all?: boolean; config?: string }>();
  return { words: command.args, flags: { ...flags, data }, all, config };
}

function explain({ code, message }: CommanderError): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  switch (code) {
    case 'commander.unknownOption':
      // A misspelt flag may have a secret attached to it: --hedaer=…, -Z…
      return `${text.replace(/'(--[\w-]*|-.)[^']*'.*?(?=\(|$)/s, "'$1' ").trim()}; see pagewise help flags`;
    case 'commander.optionMissingArgument':
      return `${text}; give it a value`;
    default:
      return text;
  }
}
