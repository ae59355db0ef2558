// Runs spec/fuzz in a separate process; spec/fuzz/main.ts lists its arguments.
import { spawnSync } from 'node:child_process';
import { bundleSpec } from './bundle-spec.mjs';

const outfile = await bundleSpec('spec/fuzz/main.ts', 'fuzz');
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
