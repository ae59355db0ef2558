// Runs spec/detect/measure.ts in a process of its own; that file lists its arguments.
import { spawnSync } from 'node:child_process';
import { bundleSpec } from './bundle-spec.mjs';

const outfile = await bundleSpec('spec/detect/measure.ts', 'detection');
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
