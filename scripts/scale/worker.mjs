// A process of scale.mjs: many workers on one queue, whose API is a function that answers immediately.
import { Redis } from 'ioredis';
import { cursor, functionTransport, inBody, paginate, retryRequests } from 'pagewise';
import { pagesWorker } from 'pagewise/bullmq';
import { sharedThrottle } from 'pagewise/node';
import { pipe } from 'rxjs';

const { socket, queue, workers: count, concurrency, throttle } = JSON.parse(process.argv[2]);
const strategy = cursor({ items: 'items', next: 'next', cursorParam: 'after', place: inBody() });
const transport = functionTransport(({ body: { pages, after = '0' } }) => {
  const page = Number(after) + 1;
  return { items: [{ id: page }], next: page < pages ? String(page) : null };
});
const redis = throttle && new Redis(socket);
const policy = throttle ? pipe(sharedThrottle(redis, throttle), retryRequests()) : retryRequests();

let done = 0;
const workers = Array.from({ length: count }, () =>
  pagesWorker(queue, {
    connection: { path: socket },
    concurrency,
    paginate: ({ pages }) => paginate({ body: { pages } }, strategy, { transport, policy }),
    // Nothing is written but the position.
    sink: () => async (pages) => {
      for await (const page of pages) void page;
    },
  }),
);
for (const worker of workers) {
  worker.on('error', (error) => console.error(error.message));
  worker.on('failed', (job, error) => process.send({ failed: `${job?.data.key}: ${error.message}` }));
  worker.on('completed', () => process.send({ done: ++done }));
}
await Promise.all(workers.map((worker) => worker.waitUntilReady()));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system, rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
