// Runs every example in a separate process; one that fails or hangs fails the run.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const examples = readdirSync('examples').filter((name) => name.endsWith('.mjs') && name !== 'demo-api.mjs');
let failed = 0;
for (const name of examples) {
  console.log(`--- examples/${name}`);
  const { status } = spawnSync(process.execPath, [`examples/${name}`], { stdio: 'inherit', timeout: 60_000 });
  if (status !== 0) failed++;
}
console.log(`${examples.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
