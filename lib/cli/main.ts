#!/usr/bin/env node

import { run } from './run.js';

// A failed write is told to whoever wrote; without a listener it would end the process as well.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

run(process.argv.slice(2)).then(
  // Set, not exited with: what stderr and stdout still hold is written first.
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`pagewise: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
