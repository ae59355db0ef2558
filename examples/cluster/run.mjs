// Many machines in one command: Redis, an API that fails now and then, workers, and a queue of partitions. In the
// middle one worker is killed, and the others continue its walks. At the end each row must be there once.
//   npm run example:cluster [-- --small]
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { enqueuePartitions } from 'pagewise/bullmq';
import { startDemoApi } from '../demo-api.mjs';
import { liveTable } from './live-table.mjs';
import { startRedis } from './start-redis.mjs';

const isSmall = process.argv.includes('--small');
const cities = 'amsterdam berlin bogota cairo delhi lagos lima manila nairobi osaka paris tokyo'.split(' ');
const keys = cities.slice(0, isSmall ? 4 : 12);
const rowsOfEach = 1000; // The demo API has 1,000 inputs for each city.
const states = ['waiting', 'delayed', 'active', 'failed', 'completed'];

const folder = mkdtempSync(join(tmpdir(), 'pagewise-cluster-'));
const workers = new Map();
const notes = [];
const show = liveTable();
let stopped; // Why, if it is before the end.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (stopped = signal));
let redis, api, queue;
try {
  redis = await startRedis(folder);
  api = await startDemoApi();
  queue = new Queue('inputs', { connection: { url: redis.url } });
  await queue.obliterate({ force: true }); // What an earlier run has left, if this Redis is yours.
  await enqueuePartitions(queue, keys);
  for (let i = 1; i <= (isSmall ? 2 : 4); i++) startWorker(`worker ${i}`);
  const continued = await follow();
  const ends = await partitions();
  for (const { key, pages } of continued) {
    const { worker } = ends.find((each) => each.key === key);
    notes.push(`${key} was continued after page ${pages} by ${worker}`);
  }
  check();
  show(ends, notes);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  for (const worker of workers.values()) worker.kill('SIGKILL');
  await queue?.obliterate({ force: true });
  await queue?.close();
  await redis?.stop();
  await api?.close();
  rmSync(folder, { recursive: true });
}

function startWorker(name) {
  const env = { ...process.env, REDIS_URL: redis.url, API_URL: api.url, FOLDER: folder, WORKER: name };
  const worker = fork(new URL('worker.mjs', import.meta.url), { env });
  worker.once('exit', (code) => {
    if (workers.get(name) === worker) stopped = `${name} ended with ${code}`;
  });
  workers.set(name, worker);
}

/** Shows the partitions until all are done, and kills a worker in the middle. @returns what that worker was walking */
async function follow() {
  let killed;
  for (;;) {
    const now = await partitions();
    show(now, notes);
    if (stopped) throw new Error(stopped);
    const [failed] = await queue.getFailed();
    if (failed) throw new Error(`${failed.data.key} failed: ${failed.failedReason}`);
    if (now.every(({ state }) => state === 'completed')) return killed;
    const written = now.reduce((sum, { rows }) => sum + rows, 0);
    const name = now.find(({ state, pages }) => state === 'active' && pages > 0)?.worker;
    if (!killed && name && written > 0.3 * keys.length * rowsOfEach) {
      killed = now.filter(({ state, worker }) => state === 'active' && worker === name);
      const worker = workers.get(name);
      workers.delete(name);
      worker.kill('SIGKILL');
      notes.push(
        `${name} is killed, with ${killed.map(({ key, pages }) => `${key} after page ${pages}`).join(' and ')}`,
      );
    }
    await setTimeout(200);
  }
}

/** The partitions, by what BullMQ knows of their jobs. A job's progress is the position after its last written page. */
async function partitions() {
  const found = new Map(
    keys.map((key) => [key, { key, state: 'waiting', pages: 0, rows: 0, share: 0, starts: 0, worker: '' }]),
  );
  for (const state of states)
    for (const { data, progress, attemptsStarted: starts, processedBy: worker = '' } of await queue.getJobs(state)) {
      const { index: pages = 0, itemsBefore: rows = 0 } = progress.resume ?? {};
      found.set(data.key, { key: data.key, state, pages, rows, share: rows / rowsOfEach, starts, worker });
    }
  return [...found.values()];
}

/** @throws if a row is missing or there twice */
function check() {
  for (const key of keys) {
    const lines = readFileSync(join(folder, `${key}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n');
    const { size } = new Set(lines.map((line) => JSON.parse(line).id));
    if (lines.length !== rowsOfEach || size !== rowsOfEach)
      throw new Error(`✕ ${key} has ${lines.length} rows, ${size} different ones, instead of ${rowsOfEach}`);
  }
  const { requests, pages, throttled, unavailable } = api.stats;
  notes.push(
    `${requests} requests for ${pages} pages: ${throttled} were answered with 429, ${unavailable} with 503`,
    `✓ ${keys.length} partitions, ${keys.length * rowsOfEach} rows, each of them once`,
  );
}
