// Runs spec/kill-test in a separate process; spec/kill-test/main.ts lists its arguments.
import { spawnSync } from 'node:child_process';
import { bundleSpec } from './bundle-spec.mjs';

const [main, job] = await Promise.all(
  ['main', 'job'].map((name) => bundleSpec(`spec/kill-test/${name}.ts`, `kill-test-${name}`)),
);
const { status } = spawnSync(process.execPath, ['--enable-source-maps', main, '--job', job, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
