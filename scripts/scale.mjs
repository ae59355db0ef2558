// What walking partitions on many machines costs Redis: 10,000 partitions through BullMQ, with 100 workers whose API is
// a function. Commands, bytes and CPU come from INFO of Redis, before and after.
//   npm run scale                     the figures, in a few minutes
//   npm run scale -- --write          and the tables of docs/scale.md
//   npm run scale -- --small          a few partitions, and whether a page costs what it may: for CI
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import buildCode from './build-code.mjs';
import { startRedis } from './start-redis.mjs';

const isSmall = process.argv.includes('--small');
const plan = isSmall
  ? { partitions: 200, workers: 8, long: 20, idleSeconds: 2 }
  : { partitions: 10_000, workers: 100, long: 1000, idleSeconds: 35 };
/** Pages of a partition: many short ones and few long ones tell what a page costs from what a partition costs. */
const pagesOf = { short: 3, long: 33 };

await buildCode();
const { enqueuePartitions } = await import('pagewise/bullmq');
// Every write goes into the file that keeps Redis' data over a restart, and is never compacted: its growth is measured.
const server = await startRedis('--appendonly', 'yes', '--auto-aof-rewrite-percentage', '0');
const redis = new Redis(server.socket);
const began = performance.now();
const say = (text) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);

/** What Redis has done and holds. `scripts` are what clients send for a page; `commands` counts what is within them. */
async function state() {
  const text = await redis.info('everything');
  const number = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1] ?? 0);
  const calls = new Map(
    [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, count]) => [name, Number(count)]),
  );
  return {
    scripts: (calls.get('evalsha') ?? 0) + (calls.get('eval') ?? 0),
    commands: number('total_commands_processed'),
    received: number('total_net_input_bytes'),
    sent: number('total_net_output_bytes'),
    appended: number('aof_current_size'),
    cpu: 1e6 * (number('used_cpu_user_main_thread') + number('used_cpu_sys_main_thread')),
    memory: number('used_memory'),
    clients: number('connected_clients'),
  };
}

/** @returns how much more there is of everything after `work` than before, and the seconds that it took */
async function measure(work) {
  const [before, start] = [await state(), performance.now()];
  await work();
  const seconds = (performance.now() - start) / 1000;
  await setTimeout(1100); // Redis writes its file once a second.
  const after = await state();
  return { ...Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]])), seconds };
}

/** Workers in two processes, and what they tell. */
async function start(queue, throttle) {
  const options = { socket: server.socket, queue, workers: plan.workers / 2, concurrency: 4, throttle };
  const children = [0, 1].map(() => fork(new URL('scale/worker.mjs', import.meta.url), [JSON.stringify(options)]));
  const counts = [0, 0];
  let arrived;
  children.forEach((child, at) =>
    child.on('message', ({ done, failed }) => {
      if (failed) throw new Error(failed);
      if (done) counts[at] = done;
      arrived?.();
    }),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  const total = () => counts[0] + counts[1];
  const ask = async (child) => {
    child.send('cpu');
    for (;;) {
      const [answer] = await once(child, 'message');
      if (answer.cpu) return answer;
    }
  };
  return {
    /** Runs until `count` more partitions are done. */
    async run(count) {
      const goal = total() + count;
      await new Promise((resolve) => {
        arrived = () => total() >= goal && resolve();
        void jobs.resume();
      });
      await jobs.pause();
    },
    /** Microseconds of CPU that both processes have used. */
    cpu: async () => (await Promise.all(children.map(ask))).reduce((sum, { cpu }) => sum + cpu, 0),
    async stop() {
      for (const child of children) child.kill();
      await Promise.all(children.map((child) => once(child, 'exit')));
    },
  };
}

const jobs = new Queue('scale', { connection: { path: server.socket } });
jobs.on('error', () => undefined);
const enqueue = (name, count, pages) =>
  enqueuePartitions(
    jobs,
    Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, pages })),
    { key: ({ id }) => id },
  );
/** Enqueues partitions and walks them. */
async function walk(workers, name, count, pages) {
  await enqueue(name, count, pages);
  const cpu = await workers.cpu();
  const cost = await measure(() => workers.run(count));
  return { ...cost, workerCpu: (await workers.cpu()) - cpu, pages: count * pages, partitions: count };
}
const per = (cost, count) =>
  Object.fromEntries(Object.entries(cost).map(([name, value]) => [name, Math.max(0, value / count)]));
/** What each page costs, and each partition besides, by two runs. */
function solve(short, long) {
  const determinant = short.pages * long.partitions - long.pages * short.partitions;
  const page = {};
  const partition = {};
  for (const name of Object.keys(short)) {
    page[name] = (short[name] * long.partitions - long[name] * short.partitions) / determinant;
    partition[name] = (short[name] - page[name] * short.pages) / short.partitions;
  }
  return { page, partition };
}

const { partitions } = plan;
const found = {};
await jobs.pause();
found.enqueue = per(await measure(() => enqueue('short', partitions, pagesOf.short)), partitions);
say(`${partitions} partitions are enqueued`);
found.again = per(await measure(() => enqueue('short', partitions, pagesOf.short)), partitions);
say('and once more, which changes nothing');

const connected = (await state()).clients;
let workers = await start('scale');
found.connections = ((await state()).clients - connected) / plan.workers;
const cpu = await workers.cpu();
const cost = await measure(() => workers.run(partitions));
const short = { ...cost, workerCpu: (await workers.cpu()) - cpu, pages: partitions * pagesOf.short, partitions };
say(`${short.pages} pages of ${partitions} partitions by ${plan.workers} workers`);
found.done = { memory: found.enqueue.memory + short.memory / partitions };
const long = await walk(workers, 'long', plan.long, pagesOf.long);
say(`${long.pages} pages of ${plan.long} partitions`);
Object.assign(found, solve(short, long));
found.speed = long.pages / long.seconds;
await jobs.resume();
const idle = await measure(() => setTimeout(1000 * plan.idleSeconds));
found.idle = per(idle, plan.workers * idle.seconds);
await jobs.pause();
say(`${plan.workers} workers that have nothing to do for ${plan.idleSeconds} s`);
await workers.stop();

/** What a turn of the throttle costs: what a page costs more than without it. */
async function turns(name, limit, count) {
  workers = await start('scale', { key: name, limit });
  await walk(workers, `${name}-first`, plan.workers, 1); // Scripts are sent by their text the first time.
  const walked = await walk(workers, name, count, pagesOf.long);
  await workers.stop();
  const { page, partition } = found;
  const turn = {};
  for (const each of Object.keys(page))
    turn[each] = (walked[each] - partition[each] * count) / walked.pages - page[each];
  say(`${walked.pages} pages under a rate of ${limit} a second`);
  return turn;
}
found.turn = await turns('free', 100_000, plan.long / 10);
found.wait = await turns('held', isSmall ? 20 : 400, plan.long / 10);
found.token = JSON.stringify((await (await jobs.getJob('partition-long-0')).progress) ?? {}).length;
found.events = await redis.memory('USAGE', jobs.toKey('events'), 'SAMPLES', '0');
await jobs.close();
redis.disconnect();
await server.stop();

const whole = (value) => Math.round(value).toLocaleString('en-US');
const brief = (value) => (Math.abs(value) >= 10 ? whole(value) : value.toFixed(1));
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const costRow = (name, { scripts, commands, received, sent, appended, cpu, workerCpu }) => [
  name,
  ...[scripts, commands, received, sent, appended, cpu].map(brief),
  workerCpu === undefined ? '' : whole(workerCpu),
];

const measured = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, Redis on a Unix socket, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}: ${whole(partitions)} partitions of ${pagesOf.short} pages, then ${whole(plan.long)} of ${pagesOf.long}, by ${plan.workers} workers of 4 partitions at a time in two processes.

${table(
  [
    '',
    'scripts',
    'commands within',
    'bytes to Redis',
    'bytes from Redis',
    'bytes appended to its file',
    'µs of its CPU',
    'µs of a worker’s CPU',
  ],
  [
    costRow('a page', found.page),
    costRow('and under `sharedThrottle`, if its turn is there', found.turn),
    costRow('and if it has to wait for its turn', found.wait),
    costRow('a partition, besides its pages', found.partition),
    costRow('enqueueing a partition', found.enqueue),
    costRow('enqueueing it again', found.again),
    costRow('a worker with nothing to do, a second', found.idle),
  ],
)}

${table(
  ['', ''],
  [
    ['memory of Redis for a partition that waits', `${whole(found.enqueue.memory)} bytes`],
    ['and when it is done', `${whole(found.done.memory)} bytes`],
    ['its position, as text', `${whole(found.token)} bytes`],
    ['memory for the events of the queue, whatever its size', `${whole(found.events / 1024)} KiB`],
    ['connections of a worker (and one of each process for the throttle)', brief(found.connections)],
    ['enqueueing, from one process', `${whole(1 / found.enqueue.seconds)} partitions a second`],
    ['pages a second here, all processes and Redis on this machine', whole(found.speed)],
  ],
)}`;

// From here on nothing is measured.
const items = 1e9;
const ofPage = 100;
const pages = items / ofPage;
const { page, turn } = found;
const throttled = Object.fromEntries(Object.keys(page).map((name) => [name, page[name] + turn[name]]));
const most = 1e6 / throttled.cpu;
const hours = (seconds) => (seconds < 5400 ? `${whole(seconds / 60)} min` : seconds < 172_800 ? `${whole(seconds / 3600)} h` : `${whole(seconds / 86_400)} days`); // prettier-ignore
const arithmetic = `${whole(items)} items, ${ofPage} a page: ${whole(pages)} pages, of 1,000 partitions with ${whole(pages / 1000)} pages each.

${table(
  ['', 'by', ''],
  [
    ['scripts of Redis', `${brief(throttled.scripts)} a page`, `${whole((pages * throttled.scripts) / 1e6)} million`],
    ['bytes to Redis', `${whole(throttled.received)} a page`, `${whole((pages * throttled.received) / 1e9)} GB`],
    ['bytes from Redis', `${whole(throttled.sent)} a page`, `${whole((pages * throttled.sent) / 1e9)} GB`],
    [
      'bytes appended to its file, if nothing compacted it',
      `${whole(throttled.appended)} a page`,
      `${whole((pages * throttled.appended) / 1e9)} GB`,
    ],
    ['CPU of Redis, which has one core', `${whole(throttled.cpu)} µs a page`, hours((pages * throttled.cpu) / 1e6)],
    [
      'CPU of the workers for walking alone',
      `${whole(throttled.workerCpu)} µs a page`,
      `${hours((pages * throttled.workerCpu) / 1e6)} of one core`,
    ],
    [
      'memory of Redis',
      `${whole(found.done.memory)} bytes a partition`,
      `${whole((1000 * found.done.memory) / 2 ** 20)} MiB`,
    ],
    [
      'memory of Redis with a million partitions',
      `${whole(found.done.memory)} bytes a partition`,
      `${((1e6 * found.done.memory) / 2 ** 30).toFixed(1)} GiB`,
    ],
    ['an API that allows 10 requests a second', '', hours(pages / 10)],
    ['an API that allows 500 a second', '', hours(pages / 500)],
    ['100 workers of 4 partitions, an API that takes 200 ms', '2,000 pages a second', hours(pages / 2000)],
    [
      'the share of Redis that this takes',
      `${whole(throttled.cpu)} µs a page`,
      `${whole((100 * 2000) / most)} % of its core`,
    ],
    ['the pages a second at which Redis has no core left', `1 s / ${whole(throttled.cpu)} µs`, whole(most)],
  ],
)}`;

console.log(`\n${measured}\n\n${arithmetic}\n`);
if (process.argv.includes('--write')) {
  const file = new URL('../docs/scale.md', import.meta.url);
  const put = (text, name, content) =>
    text.replace(new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`), `$1${content}\n$2`);
  writeFileSync(file, put(put(readFileSync(file, 'utf8'), 'measured', measured), 'arithmetic', arithmetic));
  say('docs/scale.md is written');
}

/** What a page may cost: more is a change to be seen. */
const limits = {
  'a page takes at most 3.2 scripts': found.page.scripts <= 3.2,
  'a turn takes one script more, unless its answer is late': found.turn.scripts <= 1.5,
  'a turn that is waited for takes at most three': found.wait.scripts <= 3.2,
};
let failed = 0;
for (const [name, holds] of Object.entries(limits)) {
  if (!holds) failed++;
  console.log(`${holds ? '✓' : '✕'} ${name}`);
}
console.log(`${Object.keys(limits).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
