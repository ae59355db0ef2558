// Runs spec/torture in a separate process; spec/torture/main.ts lists its arguments.
import { spawnSync } from 'node:child_process';
import { bundleSpec } from './bundle-spec.mjs';

const outfile = await bundleSpec('spec/torture/main.ts', 'torture');
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
