import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Samples } from '../harness/samples.mjs';
import { shuffled } from '../harness/shuffled.mjs';
import { tally } from '../harness/tally.mjs';
import { cost } from './columns.mjs';

const machines = 3;
const latency = 50;
const size = 128;
/** How partitions are walked, by name. */
const ways = {
  pagesWorker: { way: 'workers', prefetch: 0 },
  'pagesWorker, `prefetch: 1`': { way: 'workers', prefetch: 1 },
  'three loops by hand': { way: 'loop' },
};

/**
 * Three processes walk 60 partitions of 30 pages, each page into a file: from a queue, with a position after each page
 * and under one rate, or by hand, with a third of the partitions and of the rate each, and nothing kept.
 * @param lanes partitions that each process walks at the same time
 * @param limit requests a second of all together; `undefined`: only the server's time holds them back
 */
const cluster = (id, title, lanes, limit) => ({
  id,
  title,
  columns: [cost('s', 's'), cost('time × the ideal', 'ideal')],
  async run({ isQuick, origin, onSkip }) {
    const samples = new Samples();
    const partitions = isQuick ? 12 : 60;
    const pages = isQuick ? 10 : 30;
    const url = `${origin}/cursor/${pages}/${latency}`;
    const seconds = limit ? (partitions * pages) / limit : (partitions * pages * latency) / 1000 / (machines * lanes);
    let redis;
    try {
      const { startRedis } = await import('../../scripts/start-redis.mjs');
      redis = await startRedis();
    } catch (error) {
      onSkip(id, error.message);
      return samples;
    }
    const script = new URL('../harness/cluster-worker.mjs', import.meta.url);
    const workers = Array.from({ length: machines }, () => fork(script, [JSON.stringify(redis)]));
    const folder = mkdtempSync(join(tmpdir(), 'pagewise-bench-'));
    const { Queue } = await import('bullmq');
    const { enqueuePartitions } = await import('pagewise/bullmq');

    async function walk(how, name, count) {
      const keys = Array.from({ length: count }, (_, i) => `${name}-${i}`);
      const queue = new Queue(name, { connection: { path: redis.socket } });
      if (how.way === 'workers') await enqueuePartitions(queue, keys);
      const done = new Promise((resolve) => {
        let left = count;
        for (const worker of workers) worker.on('message', (what) => what === 'done' && --left === 0 && resolve());
      });
      const began = performance.now();
      workers.forEach((worker, at) =>
        worker.send({
          ...{ ...how, queue: name, url, size, lanes, limit, machines, folder },
          keys: keys.filter((_, i) => i % machines === at),
        }),
      );
      await done;
      const s = (performance.now() - began) / 1000;
      for (const worker of workers) {
        worker.removeAllListeners('message');
        worker.send('stop');
        await once(worker, 'message');
      }
      await queue.close();
      check(folder, keys, pages);
      return { s, ideal: s / seconds };
    }

    try {
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      const each = Object.entries(ways);
      for (const [at, [, how]] of each.entries()) await walk(how, `warm-${at}`, machines * lanes);
      for (let run = 0; run < (isQuick ? 1 : 3); run++)
        for (const [at, [name, how]] of shuffled([...each.entries()], run))
          samples.add(name, run, await walk(how, `run-${run}-${at}`, partitions));
    } finally {
      for (const worker of workers) worker.kill();
      rmSync(folder, { recursive: true });
      await redis.stop();
    }
    return samples;
  },
});

/** @throws unless each file has each item once */
function check(folder, keys, pages) {
  const count = pages * size;
  for (const key of keys) {
    const { takeItem, check } = tally();
    for (const line of readFileSync(join(folder, `${key}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n'))
      takeItem(JSON.parse(line));
    check({ count, sum: (count * (count - 1)) / 2 });
  }
}

const walks = '60 partitions of 30 pages by three workers';

export const clusters = [
  cluster('cluster-time', `${walks}, 4 at a time each, of a server that takes ${latency} ms`, 4),
  cluster('cluster-rate', `${walks}, 8 at a time each, at 200 requests a second of all together`, 8, 200),
];
