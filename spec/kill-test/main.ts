// The kill test: jobs with a checkpoint are killed at random moments, and must produce what an undisturbed job produces.
// Between two runs, files are deleted, cut, replaced and grown at random: the next run must refuse that, or the file be
// exact at the end.
//
//   npm run kill-test                         50 kills for each target
//   npm run kill-test -- --kills 10 --seed 7
//   npm run kill-test -- --only csv           one target
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomOf } from './random.js';
import { orders, syncTrial } from './sync.js';
import { targets } from './targets.js';
import { trial } from './trial.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
    job: { type: 'string', default: '' },
  },
});
for (const name of ['kills', 'seed'] as const)
  if (!/^\d+$/.test(values[name])) throw new Error(`--${name} must be a whole number, not '${values[name]}'`);
if (values.only !== undefined && !(values.only in targets))
  throw new Error(`--only must be one of ${Object.keys(targets).join(', ')}, not '${values.only}'`);

const names = values.only === undefined ? Object.keys(targets) : [values.only];
const root = mkdtempSync(join(tmpdir(), 'pagewise-kill-'));
let failed = 0;

async function work(queue: { name: string; seed: number }[]): Promise<void> {
  for (let one = queue.shift(); one; one = queue.shift()) {
    const { name, seed } = one;
    const args = [Number(values.kills), randomOf(seed), values.job, root] as const;
    const order = orders.find((each) => name === `sync-${each}`);
    const outcome = await (order ? syncTrial(order, ...args) : trial(name, ...args));
    const { hits, tampered, kills, requests, mostRepeated, failures } = outcome;
    const where = [...hits].sort(([, a], [, b]) => b - a).map(([hit, count]) => `${count} ${hit}`);
    console.log(
      `${failures.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ${kills} kills, ${requests} requests${order ? '' : ` for 200 pages, at most ${mostRepeated} repeated by a run`}\n       killed: ${where.join(', ')}`,
    );
    const changes = [...tampered].sort().map(([way, count]) => `${count} ${way}`);
    if (changes.length > 0) console.log(`       output between runs: ${changes.join(', ')}`);
    for (const failure of failures) console.log(`       ${failure}`);
    if (failures.length > 0) failed++;
  }
}

const began = performance.now();
const queue = names.map((name) => ({ name, seed: Number(values.seed) * 31 + Object.keys(targets).indexOf(name) }));
try {
  // Together: most of the time they wait for the disk.
  await Promise.all(queue.map(() => work(queue)));
} finally {
  rmSync(root, { recursive: true, force: true });
}
console.log(`seed ${values.seed}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
