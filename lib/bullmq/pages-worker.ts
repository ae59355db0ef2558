import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker, type WorkerOptions } from 'bullmq';
import type { CheckpointOptions } from '../checkpoint.js';
import { asCallbackError, call, ConfigError, PagewiseError, RateLimitError } from '../errors.js';
import { isRetryable } from '../failure.js';
import type { Sink } from '../node/sinks/sink.js';
import type { Pages } from '../pages.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkName, checkOptions, checkWhole } from '../values/options.js';
import { jobCheckpoint, jobPages } from './job-pages.js';
import type { PartitionData } from './partition.js';

/** One start of a job. */
export interface PartitionRun<Partition = unknown> {
  /** What identifies the partition. */
  readonly key: string;
  readonly job: Job<PartitionData<Partition>>;
  /**
   * Grows with each start of the job, on whichever worker: a database that stores it with the position can refuse a
   * worker that was stalled and has been replaced.
   */
  readonly fence: number;
  /** For the sink: what it does if the partition is done, as `enqueuePartitions` was told. */
  readonly whenDone: NonNullable<CheckpointOptions['whenDone']>;
  /** Aborts when the job is cancelled, lost to another worker, or handed back since this worker closes. */
  readonly signal: AbortSignal;
}

export interface PagesWorkerOptions<Partition, Item, Result> {
  /** The walk of a partition, without a checkpoint and `resumeFrom`: the job knows where to continue. */
  readonly paginate: (partition: Partition, run: PartitionRun<Partition>) => Pages<Item>;
  /** Where the pages of a partition are written. A table's position outranks that of the job. */
  readonly sink: (partition: Partition, run: PartitionRun<Partition>) => Sink<Item, Result>;
  /** Where Redis is, as BullMQ takes it. @default that of the queue */
  readonly connection?: WorkerOptions['connection'] | undefined;
  /** Partitions that this worker walks at the same time. @default 1 */
  readonly concurrency?: number | undefined;
  /** Further options of BullMQ's Worker, such as `lockDuration`. By default `maxStalledCount` is 5. */
  readonly worker?: Omit<WorkerOptions, 'connection' | 'concurrency'> | undefined;
}

/**
 * A Worker of BullMQ that walks the partitions of a queue: for each job it takes the pages of `paginate`, from where the
 * job's last commit was, and writes them with `sink`.
 *
 *     const worker = pagesWorker('orders', {
 *       connection,
 *       paginate: (city) => paginate({ url: `https://api.example.com/orders?city=${city}` }, strategy, { policy }),
 *       sink: (city, run) => writeTable(tableOf(run)),
 *     });
 *
 * After each committed page, the job's progress is `page.resume`: a worker that dies or stalls is replaced by BullMQ, and
 * the next one continues there. Before a page is written, and before the progress is, the job's lock is checked.
 * `worker.cancelJob(id)` cancels the request and fails the job. `worker.close()` cancels requests, and hands jobs back
 * for other workers. A failed job has the message of its error, and its progress continues it (`job.retry()`): errors
 * that another attempt can't mend (ConfigError, 404) fail it at once, others after its attempts. If the server asks for
 * a longer wait than the policy allows, the job is delayed for as long.
 *
 * The progress holds positions (cursors), so treat this Redis like a secret.
 * @param queue a Queue, or its name
 * @throws ConfigError for options that can't work
 */
export function pagesWorker<Partition, Item, Result>(
  queue: string | { readonly name: string; readonly opts: { readonly connection?: unknown; readonly prefix?: string } },
  options: PagesWorkerOptions<Partition, Item, Result>,
): Worker<PartitionData<Partition>, Result> {
  const of = 'pagesWorker';
  const name = typeof queue === 'string' ? queue : ((queue as Partial<typeof queue> | undefined)?.name ?? '');
  checkName(of, 'queue', name);
  checkOptions(of, options, [
    'paginate',
    'sink',
    'connection',
    'concurrency',
    'worker',
  ] satisfies (keyof PagesWorkerOptions<never, never, never>)[]);
  const { concurrency = 1 } = options;
  checkWhole(of, 'concurrency', concurrency, 1);
  for (const each of ['paginate', 'sink'] as const) {
    if (options[each] === undefined) throw new ConfigError(`is missing`, { of, options: [each] });
    checkFunction(of, each, options[each]);
  }
  const own = typeof queue === 'string' ? undefined : queue.opts;
  const connection = options.connection ?? (own?.connection as WorkerOptions['connection'] | undefined);
  if (!connection)
    throw new ConfigError(`${of}: set \`connection\`, such as { host: '127.0.0.1', port: 6379 }, or pass a Queue`);

  /** What stops the walks of this worker, by job. */
  const running = new Map<string, AbortController>();
  const worker: Worker<PartitionData<Partition>, Result> = new Worker<PartitionData<Partition>, Result>(
    name,
    // Three parameters without defaults: BullMQ passes a signal only to such functions.
    async (job, token, cancelled) => {
      const id = job.id ?? '';
      const controller = new AbortController();
      running.set(id, controller);
      const cancel = () => controller.abort(new Cancelled(cancelled?.reason));
      if (cancelled?.aborted) cancel();
      else cancelled?.addEventListener('abort', cancel, { once: true });
      try {
        return await walk(job, token ?? '', controller, options, worker);
      } finally {
        cancelled?.removeEventListener('abort', cancel);
        if (running.get(id) === controller) running.delete(id);
      }
    },
    {
      maxStalledCount: 5,
      ...(own?.prefix === undefined ? {} : { prefix: own.prefix }),
      ...options.worker,
      connection,
      concurrency,
    },
  );
  worker.on('closing', () => {
    for (const controller of running.values()) controller.abort(new HandBack());
  });
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) running.get(id)?.abort(new Lost());
  });
  return worker;
}

/** Why a walk was stopped. */
class Cancelled extends Error {
  constructor(reason: unknown) {
    const words =
      typeof reason === 'string'
        ? reason
        : reason instanceof Error && reason.name !== 'AbortError'
          ? reason.message
          : '';
    super(words === '' ? 'cancelled' : `cancelled: ${words}`);
  }
}
class HandBack extends Error {}
class Lost extends Error {}

/** Walks the partition of a job. @throws what tells BullMQ what to do with the job */
async function walk<Partition, Item, Result>(
  job: Job<PartitionData<Partition>, Result>,
  token: string,
  controller: AbortController,
  { paginate, sink }: PagesWorkerOptions<Partition, Item, Result>,
  worker: Worker<PartitionData<Partition>, Result>,
): Promise<Result> {
  const { signal } = controller;
  const lock = lockOf(job, token, worker.opts.lockDuration ?? 30_000);
  /** Stops the walk if another worker may have the job. */
  const mine = async () => {
    if (await lock.held()) return;
    controller.abort(new Lost());
    throw new Lost();
  };
  const { key, partition, whenDone = 'stop' } = dataOf(job);
  const begun = typeof job.progress === 'object';
  const run: PartitionRun<Partition> = {
    key,
    job,
    // A job that was removed and added again begins with 1, but is younger.
    fence: job.timestamp * 1000 + job.attemptsStarted,
    // The progress was cleared to start over: what there is now is of this run.
    whenDone: whenDone === 'restart' && begun ? 'stop' : whenDone,
    signal,
  };
  const checkpoint = jobCheckpoint(key, job, run.whenDone, mine);
  try {
    await checkpoint.load();
    const pages = jobPages(
      call('pagesWorker.paginate', () => paginate(partition, run)),
      checkpoint,
      signal,
      mine,
    );
    const write = call('pagesWorker.sink', () => sink(partition, run));
    if (typeof (write as unknown) !== 'function')
      throw new ConfigError(`pagesWorker: \`sink\` must return a sink such as writeTable(…), not ${describe(write)}`);
    const result = await write(pages);
    if (signal.aborted) throw signal.reason;
    return result;
  } catch (thrown) {
    const stopped: unknown = signal.aborted ? signal.reason : undefined;
    if (stopped instanceof Lost || thrown instanceof Lost || !(await lock.held().catch(() => true))) {
      worker.emit('error', new PagewiseError(lost(job)));
      // Not a failure of the job, which is another worker's: BullMQ must not touch it.
      throw new DelayedError(lost(job));
    }
    if (stopped instanceof Cancelled) throw new UnrecoverableError(stopped.message);
    if (stopped instanceof HandBack) {
      await job.moveToWait(token);
      throw new WaitingError('handed back, since this worker closes');
    }
    const error = asCallbackError('pagesWorker.sink', thrown);
    if (error.resume && !begun && !checkpoint.place) await job.updateProgress(error.resume).catch(() => undefined);
    if (error instanceof RateLimitError) {
      await job.moveToDelayed(Date.now() + error.retryAfterMs, token);
      throw new DelayedError(error.message);
    }
    if (canBeMended(error)) throw error;
    const final = new UnrecoverableError(error.message);
    if (error.stack !== undefined) final.stack = error.stack;
    throw final;
  }
}

const lost = ({ id = '' }: Job) =>
  `pagesWorker: this worker has lost the job ${id}, since it was stalled or without Redis for longer than \`lockDuration\`; another worker continues the walk after its last commit`;

function dataOf<Partition>({ id = '', data }: Job<PartitionData<Partition>>): PartitionData<Partition> {
  if (typeof (data as Partial<PartitionData> | undefined)?.key !== 'string')
    throw new UnrecoverableError(
      `pagesWorker: the data of the job ${id} is ${describe(data)}, not a partition; add jobs with enqueuePartitions`,
    );
  return data;
}

/**
 * A job's lock, as BullMQ keeps it: Redis has this worker's token for `duration` after the last extension. While Redis
 * is away, the lock counts as held for as long as Redis would keep it.
 */
function lockOf(job: Job, token: string, duration: number) {
  return {
    async held(): Promise<boolean> {
      const began = performance.now();
      for (;;) {
        try {
          return (await job.extendLock(token, duration)) === 1;
        } catch (error) {
          if (performance.now() - began > duration) throw error;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    },
  };
}

/** Whether another attempt at the job may succeed. */
const canBeMended = (error: PagewiseError): boolean => later.has(error.name) || isRetryable(error);

const later = new Set([
  'WriteError',
  'ParseError',
  'CallbackError',
  'RetryBudgetError',
  'BrokenCircuitError',
  'PageTimeoutError',
]);
