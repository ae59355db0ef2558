// One worker. Start as many as you like, on as many machines as you like: this is the file to copy.
import { Redis } from 'ioredis';
import { pageNumber, paginate, retryRequests } from 'pagewise';
import { pagesWorker } from 'pagewise/bullmq';
import { sharedThrottle, writeNdjson } from 'pagewise/node';
import { pipe } from 'rxjs';

const { REDIS_URL, API_URL, FOLDER, WORKER } = process.env;
const headers = { authorization: 'Key demo' };
const strategy = pageNumber({ size: 100, items: 'inputs' });
// 20 requests a second, of all workers together.
const redis = new Redis(REDIS_URL);
const policy = pipe(sharedThrottle(redis, { key: 'demo', limit: 20 }), retryRequests());

const worker = pagesWorker('inputs', {
  connection: { url: REDIS_URL },
  concurrency: 2,
  paginate: (city) => paginate({ url: `${API_URL}/v2/users/me/apps/${city}/inputs`, headers }, strategy, { policy }),
  sink: (city) => writeNdjson(`${FOLDER}/${city}.ndjson`),
  // So that a worker that is gone is replaced after 3 s. Leave this out: 30 s are right for machines that are busy.
  worker: { name: WORKER, lockDuration: 3000, stalledInterval: 1000 },
});
worker.on('error', (error) => console.error(`${WORKER}: ${error.message}`));

// Hands its partitions back to the queue, for other workers.
process.on('SIGTERM', async () => {
  await worker.close();
  redis.disconnect();
});
