#!/usr/bin/env node

import module from 'node:module';

// Compiled code is kept from run to run, from Node 22.1 on. Before all else is loaded, so nothing is imported above.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

/** Shows an error that nobody has thought of. */
async function fail(error: unknown): Promise<void> {
  process.exitCode = 1;
  process.stderr.write((await import('./terminal/word-error.js')).unforeseen(error));
}

process.once('uncaughtException', (error) => void fail(error).finally(() => process.exit()));

// A failed write is told to whoever wrote; without a listener it would end the process as well.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

start(process.argv.slice(2)).then(
  // Set, not exited with: what stderr and stdout still hold is written first.
  (code) => (process.exitCode = code),
  fail,
);

/** Loads what these words need: the version and the help are asked for often, by completions and scripts. */
async function start(argv: readonly string[]): Promise<number> {
  const [only] = argv.length === 1 ? argv : [];
  switch (only) {
    case '-V':
    case '--version':
      process.stdout.write(`${(await import('./version.js')).version}\n`);
      return 0;
    case '-h':
    case '--help':
      process.stdout.write((await import('./terminal/short-help.js')).shortHelp);
      return 0;
  }
  return (await import('./run.js')).run(argv);
}
