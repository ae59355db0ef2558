// Many machines, imitated by processes: four workers walk partitions of an API that fails, into PostgreSQL. One worker
// is killed, one is stopped for longer than its lock and wakes up, and Redis is restarted. Then each row must be in the
// table once, and the API must never have seen more than the shared rate.
//   node scripts/cluster/run.mjs [--small] [--crash-redis]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import pg from 'pg';
import buildCode from '../build-code.mjs';
import { startPostgres } from '../start-postgres.mjs';
import { startRedis } from '../start-redis.mjs';

const small = process.argv.includes('--small');
const size = 10;
const plan = small
  ? { partitions: 12, pages: 10, throttle: { limit: 8, interval: 500, margin: 500 } }
  : { partitions: 60, pages: 30, throttle: { limit: 30, interval: 500, margin: 300 } };
const total = plan.partitions * plan.pages;
const longest = small ? 80_000 : 300_000;
const lock = 3000;

await buildCode();
const { enqueuePartitions } = await import('pagewise/bullmq');
const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const began = performance.now();
const say = (text) => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);

const postgres = startPostgres();
const redis = await startRedis('--appendonly', 'yes');
const { limit, interval } = plan.throttle;
const api = fork(at('api.mjs'), [JSON.stringify({ pages: plan.pages, limit, interval, faults: true })]);
const [{ port }] = await once(api, 'message');
const pool = new pg.Pool({ host: postgres.host, user: 'postgres', database: 'postgres' });
await pool.query(`CREATE TABLE items (id text NOT NULL, partition text NOT NULL);
  CREATE TABLE positions (key text PRIMARY KEY, fence bigint NOT NULL, place jsonb)`);
const queue = new Queue('cluster', { connection: { path: redis.socket } });
queue.on('error', () => undefined);
const keys = Array.from({ length: plan.partitions }, (_, i) => `p${i}`);
const job = { attempts: 20, backoff: { type: 'fixed', delay: 500 } };
const enqueued = await enqueuePartitions(queue, keys, { job });
const twice = await enqueuePartitions(queue, keys, { job });

/** What workers have told, by worker. */
const told = [];
const workers = Array.from({ length: 4 }, (_, i) => {
  const options = { url: `http://127.0.0.1:${port}`, socket: redis.socket, host: postgres.host };
  const child = fork(at('worker.mjs'), [
    JSON.stringify({ ...options, queue: 'cluster', concurrency: 3, throttle: plan.throttle, lock, name: i + 1 }),
  ]);
  told.push([]);
  child.on('message', (what) => told[i].push(what));
  return child;
});
const ended = workers.map((child) => once(child, 'exit'));

const rows = async () => (await pool.query('SELECT count(*)::int AS n FROM items')).rows[0].n;
let failure;
/** Waits until a part of all rows is written. */
async function until(part) {
  for (;;) {
    const n = await rows();
    if (n >= part * total * size) return n;
    if (performance.now() - began > longest) throw new Error(`only ${n} of ${total * size} rows after ${longest} ms`);
    await setTimeout(100);
  }
}
/** Jobs that a worker has begun and not ended. */
const open = (i) => {
  const keys = new Set();
  for (const { active, completed, failed } of told[i]) {
    if (active !== undefined) keys.add(active);
    keys.delete(completed ?? failed);
  }
  return [...keys];
};

const facts = {};
try {
  say(`${await until(0.15)} rows; worker 1 is killed, with ${(facts.killed = open(0)).join(', ')}`);
  workers[0].kill('SIGKILL');
  say(`${await until(0.3)} rows; worker 2 is stopped, with ${(facts.stopped = open(1)).join(', ')}`);
  workers[1].kill('SIGSTOP');
  const stoppedAt = performance.now();
  const crash = process.argv.includes('--crash-redis');
  say(`${await until(0.5)} rows; Redis is ${crash ? 'killed' : 'ended'} and started again`);
  await redis.restart(crash ? 'SIGKILL' : 'SIGTERM', 1000);
  say('Redis runs');
  await setTimeout(Math.max(0, stoppedAt + 2.5 * lock - performance.now()));
  workers[1].kill('SIGCONT');
  say(`${await rows()} rows; worker 2 wakes up`);
  await until(1);
  say('all rows are there');
  while ((await queue.getCompletedCount()) < plan.partitions) {
    if (performance.now() - began > longest) throw new Error('not all jobs complete');
    await setTimeout(100);
  }
  say('all jobs are done');
} catch (error) {
  failure = error;
}
const counts = await queue.getJobCounts();
const failedJobs = (await queue.getFailed()).map(({ id, failedReason }) => `${id}: ${failedReason}`);
await queue.close();
for (const child of workers) child.kill('SIGTERM');
const closed = await Promise.race([Promise.all(ended).then(() => true), setTimeout(10_000, false)]);
for (const child of workers) child.kill('SIGKILL');
api.send('report');
const [seen] = await once(api, 'message');
api.disconnect();
const { rows: [table] } = await pool.query('SELECT count(*)::int AS rows, count(DISTINCT id)::int AS different FROM items'); // prettier-ignore
await pool.end();
await redis.stop();
postgres.stop();

const waits = told.flat().reduce((sum, message) => sum + (message.waits ?? 0), 0);
const errors = told.map((each) => each.flatMap(({ error }) => error ?? []));
const checks = {
  'reaches the end': () => failure === undefined || failure.message,
  'enqueues each partition once': () => enqueued.added === plan.partitions && twice.kept === plan.partitions,
  'has each row once': () =>
    (table.rows === total * size && table.different === total * size) ||
    `${table.rows} rows, ${table.different} different, instead of ${total * size}`,
  'never sees more than the shared rate': () => seen.most <= limit || JSON.stringify(seen.excess),
  // Else the check before would prove nothing.
  'is held back by the shared rate': () =>
    waits > total / 2 || `${waits} waits for ${total} pages, at most ${seen.most} of ${limit} in a window`,
  'meets each kind of fault': () => Object.values(seen.faults).every((n) => n > 0),
  'kills a worker at work': () => facts.killed?.length > 0,
  'stops a worker at work': () => facts.stopped?.length > 0,
  'says in the worker that woke up that its jobs are gone': () =>
    errors[1].some((message) => /has lost the job/.test(message)) || errors[1].join('; '),
  'completes all jobs': () =>
    counts.completed === plan.partitions || `${JSON.stringify(counts)} ${failedJobs.join('; ')}`,
  'closes its workers': () => closed,
};
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const result = check();
  if (result !== true) failed++;
  console.log(`${result === true ? '✓' : '✕'} ${name}${typeof result === 'string' ? `: ${result}` : ''}`);
}
const { requests, repeated, faults } = seen;
say(`${requests} requests for ${total} pages, ${repeated} pages answered again, faults ${JSON.stringify(faults)}`);
if (failed > 0)
  console.log(
    JSON.stringify(
      errors.map((each) => [...new Set(each)]),
      undefined,
      2,
    ),
  );
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
