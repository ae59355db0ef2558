#!/usr/bin/env node

import module from 'node:module';

// Caches compiled code between runs (Node 22.1 or later). This comes before everything else,
// so other modules are imported dynamically.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

/** Prints an unexpected error. */
async function fail(error: unknown): Promise<void> {
  process.exitCode = 1;
  const [{ unforeseen }, { say }] = await Promise.all([
    import('./terminal/word-error.js'),
    import('./terminal/say.js'),
  ]);
  say(unforeseen(error));
}

process.once('uncaughtException', (error) => void fail(error).finally(() => process.exit()));

// A failed write is reported to the writer. Without this listener it would also end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

start(process.argv.slice(2)).then(
  // Does not call exit(): pending output to stderr and stdout is written first.
  (code) => (process.exitCode = code),
  fail,
);

/** Loads only what is needed: completions and scripts often ask for the version and the help. */
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
