import { afterEach, describe } from '@jest/globals';
import { type Job, Queue, type QueueOptions, Worker } from 'bullmq';
import { randomUUID } from 'node:crypto';
import type { PartitionData } from 'pagewise/bullmq';

// `npm run test:redis` starts a server, and says where.
const path = process.env['REDIS_SOCKET'];

export const onRedis = (title: string, tests: () => void): void =>
  (path ? describe : describe.skip)(`${title} (by npm run test:redis)`, tests);

// BullMQ takes the options of ioredis, whose types want a port beside the path.
export const connection = { path } as unknown as { host: string; port: number };

/** Queues of one test, and workers on them; all are closed after it. */
export function queues() {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  const closed = <One extends { close(): Promise<void> }>(one: One): One => {
    open.push(one);
    return one;
  };
  return {
    closed,
    queue: (options: Partial<QueueOptions> = {}) =>
      closed(new Queue<PartitionData<any>>(randomUUID(), { connection, ...options })), // eslint-disable-line @typescript-eslint/no-explicit-any
    /** Works until nothing waits. */
    async drain(queue: Queue, work: (job: Job) => Promise<void>): Promise<void> {
      const worker = new Worker(queue.name, work, { connection });
      await new Promise<void>((resolve) => worker.once('drained', resolve));
      await worker.close();
    },
  };
}
