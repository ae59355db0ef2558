// A machine of the row `cluster-…`: walks partitions into files, as a worker of a queue or in loops by hand.
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { cursor, paginate, retryRequests } from 'pagewise';
import { pagesWorker } from 'pagewise/bullmq';
import { sharedThrottle, writeNdjson } from 'pagewise/node';
import { pipe } from 'rxjs';
import { request } from 'undici';
import { cursorUrl } from './loops.mjs';

const { socket } = JSON.parse(process.argv[2]);
const redis = new Redis(socket);
const strategy = (size) =>
  cursor({ items: 'items', next: 'next_cursor', cursorParam: 'cursor', size, sizeParam: 'limit' });

const ways = {
  /** Takes partitions from the queue until it is told to stop. */
  workers({ queue, url, size, lanes, limit, prefetch, fileOf }) {
    const retries = retryRequests();
    const policy = limit ? pipe(sharedThrottle(redis, { key: queue, limit }), retries) : retries;
    const worker = pagesWorker(queue, {
      connection: { path: socket },
      concurrency: lanes,
      paginate: () => paginate({ url }, strategy(size), { policy, prefetch }),
      sink: (key) => writeNdjson(fileOf(key)),
    });
    worker.on('error', (error) => console.error(error.message));
    worker.on('completed', () => process.send('done'));
    return () => worker.close();
  },
  /** Walks its own share of the partitions, and keeps nothing in mind but its part of the rate. */
  loop({ keys, url, size, lanes, limit, machines, fileOf }) {
    const left = [...keys];
    const spacing = limit ? (1000 * machines) / limit : 0;
    let next = 0;
    const turn = async () => {
      const at = Math.max(next, performance.now());
      next = at + spacing;
      if (at > performance.now()) await setTimeout(at - performance.now());
    };
    const lane = async () => {
      for (let key; (key = left.shift()) !== undefined; process.send('done')) {
        const out = createWriteStream(fileOf(key));
        let after;
        do {
          if (spacing) await turn();
          const { body } = await request(cursorUrl(url, size, after));
          const page = JSON.parse(await body.text());
          out.write(page.items.map((item) => `${JSON.stringify(item)}\n`).join(''));
          after = page.next_cursor;
        } while (after);
        await finished(out.end());
      }
    };
    for (let i = 0; i < lanes; i++) void lane();
    return () => undefined;
  },
};

let stop;
process.on('message', async (task) => {
  await stop?.();
  stop = undefined;
  if (task === 'stop') process.send('stopped');
  else stop = ways[task.way]({ ...task, fileOf: (key) => `${task.folder}/${key}.ndjson` });
});
process.on('disconnect', () => process.exit());
process.send('ready');
