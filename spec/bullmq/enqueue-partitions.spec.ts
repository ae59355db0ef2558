import { describe, expect, it } from '@jest/globals';
import { enqueuePartitions, type PartitionQueue } from 'pagewise/bullmq';
import { rejection } from '../support/walks.js';
import { onRedis, queues } from './queues.js';

const untouched: PartitionQueue = {
  addBulk: () => Promise.reject(new Error('touched')),
  getJob: () => Promise.reject(new Error('touched')),
};

describe('enqueuePartitions', () => {
  it.each<[string, unknown, unknown, string]>([
    ['objects without a key', [{ id: 1 }], {}, '`key: (partition) => partition.id`'],
    ['an empty key', ['a', ''], {}, 'must be a non-empty string or a number'],
    ['a key that is no text', [{ id: [] }], { key: (one: { id: unknown }) => one.id }, 'return one from `key`'],
    ['half a character', ['\ud800'], {}, 'is not valid Unicode'],
    ['two partitions with one key', [1, '1'], {}, 'two partitions have the key "1"'],
    ['what JSON lacks', [() => 1], { key: () => 'a' }, 'which JSON does not have'],
    ['a partition that JSON can not write', [1n], { key: String }, "can't be written as JSON"],
    ['a text', 'abc', {}, 'partitions must be an array or another iterable, not "abc"'],
    ['nothing', undefined, {}, 'partitions must be an array'],
    ['a misspelt option', ['a'], { whenFaild: 'retry' }, 'Did you mean whenFailed?'],
    ['an unknown word', ['a'], { whenFailed: 'again' }, "whenFailed must be 'keep' or 'retry'"],
    ['another word', ['a'], { whenDone: 'again' }, "whenDone must be 'stop', 'restart' or 'continue'"],
    ['ids of jobs', ['a'], { job: { jobId: 'a' } }, 'job must not have jobId'],
  ])('refuses %s before anything is added', async (_, partitions, options, message) => {
    const error = await rejection(enqueuePartitions(untouched, partitions as string[], options as object));
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(error.message).toContain(message);
  });

  it('names the callback that throws', async () => {
    const key = () => {
      throw new Error('no id');
    };
    expect(await rejection(enqueuePartitions(untouched, [1], { key }))).toMatchObject({
      name: 'CallbackError',
      callback: 'enqueuePartitions.key',
    });
  });

  it('refuses what is no queue', async () => {
    const error = await rejection(enqueuePartitions('orders' as unknown as PartitionQueue, [1]));
    expect(error.message).toContain('the first argument must be a Queue of BullMQ, not "orders"');
  });
});

onRedis('enqueuePartitions on Redis', () => {
  const { queue: makeQueue, drain } = queues();

  it('adds one job for each partition, whatever its key, and none twice', async () => {
    const queue = makeQueue();
    const keys = [1, '007', 'a:b:c', 'a:b', 'Größe 5', '../x', '-1', 'a'.repeat(1000)];
    expect(await enqueuePartitions(queue, keys)).toEqual({ added: 8, again: 0, kept: 0 });
    expect(await enqueuePartitions(queue, keys)).toEqual({ added: 0, again: 0, kept: 8 });
    const jobs = await queue.getJobs();
    expect(
      jobs
        .map(({ data }) => data as { partition: string })
        .sort((a, b) => keys.indexOf(a.partition) - keys.indexOf(b.partition)),
    ).toEqual(keys.map((partition) => ({ key: String(partition), partition })));
  });

  it('takes objects, from an async iterable', async () => {
    const queue = makeQueue();
    async function* accounts() {
      yield await Promise.resolve({ id: 5, name: 'five' });
      yield { id: 6, name: 'six' };
    }
    await enqueuePartitions(queue, accounts(), { key: ({ id }) => id, job: { priority: 3, attempts: 2 } });
    const job = await queue.getJob('partition-5');
    expect(job?.data).toEqual({ key: '5', partition: { id: 5, name: 'five' } });
    expect(job?.opts).toMatchObject({ priority: 3, attempts: 2, removeOnComplete: false, removeOnFail: false });
  });

  it('never twice, though several processes enqueue at the same time', async () => {
    const queue = makeQueue();
    const keys = Array.from({ length: 500 }, (_, i) => i);
    await Promise.all([1, 2, 3].map(() => enqueuePartitions(queue, keys)));
    expect(await queue.getWaitingCount()).toBe(500);
  });

  it('keeps what is done, also where the queue removes it by default, unless it is to be walked again', async () => {
    const queue = makeQueue({ defaultJobOptions: { removeOnComplete: true } });
    await enqueuePartitions(queue, ['a', 'b']);
    await drain(queue, async (job) => {
      await job.updateProgress({ done: true });
    });
    expect(await enqueuePartitions(queue, ['a', 'b', 'c'])).toEqual({ added: 1, again: 0, kept: 2 });
    expect(await enqueuePartitions(queue, ['a'], { whenDone: 'continue' })).toEqual({ added: 0, again: 1, kept: 0 });
    expect(await enqueuePartitions(queue, ['b'], { whenDone: 'restart' })).toEqual({ added: 0, again: 1, kept: 0 });
    expect(await queue.getJob('partition-a')).toMatchObject({
      data: { whenDone: 'continue' },
      progress: { done: true },
    });
    expect(await queue.getJob('partition-b')).toMatchObject({ data: { whenDone: 'restart' }, progress: 0 });
    expect(await enqueuePartitions(queue, ['a', 'b', 'c'], { whenDone: 'restart' })).toMatchObject({ kept: 3 });
  });

  it('continues what has failed if it is told to', async () => {
    const queue = makeQueue();
    await enqueuePartitions(queue, ['a'], { job: { attempts: 1 } });
    await drain(queue, () => Promise.reject(new Error('no')));
    expect(await enqueuePartitions(queue, ['a'], { whenDone: 'restart' })).toMatchObject({ kept: 1 });
    const both = await Promise.all([1, 2].map(() => enqueuePartitions(queue, ['a'], { whenFailed: 'retry' })));
    expect(both.map(({ again }) => again).sort()).toEqual([0, 1]);
    expect(await queue.getWaitingCount()).toBe(1);
  });
});
