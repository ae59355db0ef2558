import type { JobsOptions } from 'bullmq';
import type { CheckpointOptions } from '../checkpoint.js';
import { checkWhenDone } from '../checkpoint.js';
import { CallbackError, ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkOneOf, checkOptions, invalid } from '../values/options.js';
import { jobIdOf, type PartitionData } from './partition.js';

/** A Queue of BullMQ, as far as it is used. */
export interface PartitionQueue {
  addBulk(jobs: { name: string; data: PartitionData; opts: JobsOptions }[]): Promise<unknown>;
  getJob(id: string): Promise<QueuedJob | undefined>;
}

/** A job in the queue, as far as it is used. */
export interface QueuedJob {
  getState(): Promise<string>;
  updateData(data: PartitionData): Promise<void>;
  updateProgress(progress: number): Promise<void>;
  retry(state: 'completed' | 'failed', options: { resetAttemptsMade: boolean }): Promise<void>;
}

export interface EnqueueOptions<Partition> extends CheckpointOptions {
  /** What identifies a partition. @default the partition itself, if it is a string or a number */
  readonly key?: ((partition: Partition) => string | number) | undefined;
  /**
   * What to do about partitions whose job has failed or was cancelled: `'keep'` leaves them, `'retry'` continues them
   * after their last committed page. @default 'keep'
   */
  readonly whenFailed?: 'keep' | 'retry' | undefined;
  /**
   * Options of BullMQ for each job, such as `priority`, over the defaults: 5 attempts, with waits from 5 s that double,
   * and finished jobs are kept. A job that is removed when it is done is forgotten, and enqueued as a new one.
   */
  readonly job?: Omit<JobsOptions, 'jobId' | 'repeat'> | undefined;
}

/** What happened to the partitions. */
export interface Enqueued {
  /** New in the queue. */
  readonly added: number;
  /** Enqueued again, by `whenDone` or `whenFailed`. */
  readonly again: number;
  /** Left as they are: waiting, at work, done or failed. */
  readonly kept: number;
}

/**
 * Adds one job for each partition to a queue of BullMQ. Its id comes from the partition's key, so the same key is never
 * in the queue twice, whoever enqueues it, and a partition that is done is not walked again unless `whenDone` says so:
 *
 *     await enqueuePartitions(new Queue('orders', { connection }), ['berlin', 'tokyo']);
 *
 * `whenDone: 'restart'` walks partitions that are done again from their first page, `'continue'` requests their last
 * page again and delivers what has been added since.
 * @param partitions JSON values: they are the data of the jobs
 * @throws ConfigError for partitions without a key, or two with the same; before anything is added
 */
export async function enqueuePartitions<Partition>(
  queue: PartitionQueue,
  partitions: Iterable<Partition> | AsyncIterable<Partition>,
  options: EnqueueOptions<Partition> = {},
): Promise<Enqueued> {
  const of = 'enqueuePartitions';
  if (typeof (queue as Partial<PartitionQueue> | undefined)?.addBulk !== 'function')
    throw new ConfigError(`${of}: the first argument must be a Queue of BullMQ, not ${describe(queue)}`);
  checkOptions(of, options, ['key', 'whenDone', 'whenFailed', 'job'] satisfies (keyof EnqueueOptions<never>)[]);
  checkWhenDone(of, options);
  const { whenDone = 'stop', whenFailed = 'keep' } = options;
  checkOneOf(of, 'whenFailed', whenFailed, ['keep', 'retry']);
  checkFunction(of, 'key', options.key, '(partition) => partition.id');
  for (const name of ['jobId', 'repeat'])
    if (name in (options.job ?? {}))
      throw new ConfigError(`${of}: job must not have ${name}, since the id of a job is made of its partition's key`);
  const opts = {
    attempts: 5,
    backoff: { type: 'exponential', delay: 5000, jitter: 0.5 },
    // Over what the queue says: a job that is gone would be enqueued, and walked, again.
    removeOnComplete: false,
    removeOnFail: false,
    ...options.job,
  };

  const all = [...(await dataOf(partitions, options.key)).entries()];
  const counts = { added: 0, again: 0, kept: 0 };
  for (let at = 0; at < all.length; at += batch) {
    const found = await Promise.all(
      all.slice(at, at + batch).map(async ([id, data]) => ({ id, data, job: await queue.getJob(id) })),
    );
    const missing = found.filter(({ job }) => job === undefined);
    if (missing.length > 0)
      await queue.addBulk(missing.map(({ id, data }) => ({ name: 'pages', data, opts: { ...opts, jobId: id } })));
    counts.added += missing.length;
    await Promise.all(
      found.map(async ({ job, data }) => {
        if (job) counts[(await again(job, data, whenDone, whenFailed)) ? 'again' : 'kept']++;
      }),
    );
  }
  return counts;
}

/** Jobs that are looked up and added at once. */
const batch = 200;

/** @returns the data by job id */
async function dataOf<Partition>(
  partitions: Iterable<Partition> | AsyncIterable<Partition>,
  key: EnqueueOptions<Partition>['key'],
): Promise<Map<string, PartitionData<Partition>>> {
  const of = 'enqueuePartitions';
  const iterable = partitions as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined;
  if (typeof partitions === 'string' || !(iterable?.[Symbol.iterator] ?? iterable?.[Symbol.asyncIterator]))
    throw invalid(of, 'partitions', partitions, 'an array or another iterable');
  const found = new Map<string, PartitionData<Partition>>();
  for await (const partition of partitions) {
    let text: unknown = partition;
    try {
      if (key) text = key(partition);
    } catch (cause) {
      throw new CallbackError(`${of}.key`, cause);
    }
    if (typeof text === 'number' && Number.isFinite(text)) text = String(text);
    if (typeof text !== 'string' || text === '')
      throw new ConfigError(
        `${of}: the partition ${describe(partition)} has the key ${describe(text)}, which must be a non-empty string or a number; ${key ? 'return one from `key`' : 'name it with `key: (partition) => partition.id`'}`,
      );
    const id = jobIdOf(text);
    if (found.has(id))
      throw new ConfigError(
        `${of}: two partitions have the key ${describe(text)}; the second would never be walked, so each needs a key of its own`,
      );
    let json: string | undefined;
    try {
      json = JSON.stringify(partition);
    } catch (cause) {
      throw new ConfigError(`${of}: the partition ${describe(text)} can't be written as JSON`, { cause });
    }
    if (json === undefined)
      throw new ConfigError(
        `${of}: the partition ${describe(text)} is ${describe(partition)}, which JSON does not have`,
      );
    found.set(id, { key: text, partition });
  }
  return found;
}

/** Enqueues a job again if it is over and the options say so. @returns whether it is enqueued */
async function again(
  job: QueuedJob,
  data: PartitionData,
  whenDone: 'stop' | 'restart' | 'continue',
  whenFailed: 'keep' | 'retry',
): Promise<boolean> {
  const state = await job.getState();
  if (state === 'completed' ? whenDone === 'stop' : state !== 'failed' || whenFailed === 'keep') return false;
  if (state === 'completed') {
    // In this order: if this process ends in between, the next one finds the job done, and does the same.
    await job.updateData({ ...data, whenDone });
    if (whenDone === 'restart') await job.updateProgress(0);
  }
  try {
    await job.retry(state as 'completed' | 'failed', { resetAttemptsMade: true });
    return true;
  } catch (error) {
    // Another process may have done the same in the meantime.
    const now = await job.getState();
    if (now === state) throw error;
    return false;
  }
}
