#!/usr/bin/env node

import { redactText } from '../values/redact.js';
import { hideValues } from './flags/environment.js';
import { run } from './run.js';

/** An error that nobody has thought of: what it says may hold a secret, and where it happened does not. */
function fail(error: unknown): void {
  const { name = 'Error', message = String(error), stack = '' } = error instanceof Error ? error : {};
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  process.stderr.write(`${[`pagewise: ${name}: ${redactText(hideValues(message))}`, ...frames].join('\n')}\n`);
  process.exitCode = 1;
}

process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

// A failed write is told to whoever wrote; without a listener it would end the process as well.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

run(process.argv.slice(2)).then(
  // Set, not exited with: what stderr and stdout still hold is written first.
  (code) => (process.exitCode = code),
  fail,
);
