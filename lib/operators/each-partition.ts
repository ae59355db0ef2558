import {
  checkpoint as checkpointIn,
  type CheckpointOptions,
  type CheckpointStore,
  checkWhenDone,
} from '../checkpoint.js';
import { ConfigError } from '../errors.js';
import type { PartitionsReport } from '../partition.js';
import { checkFunction, checkName, checkOptions } from '../values/options.js';
import { partitionName, storedKeys } from './partitions/known-keys.js';
import { type PartitionListener, type PartitionWalk, runPartitions } from './partitions/run-partitions.js';
import type { PartitionPages, PartitionSource } from './partitions/source.js';

export interface EachPartitionOptions<Partition = unknown> extends CheckpointOptions {
  /** Walks at the same time. @default 1 */
  readonly concurrency?: number | undefined;
  /**
   * What a partition is called: its position is stored under this key, and two partitions can't have the same one.
   * @default the partition itself, if it is a string or a number
   */
  readonly key?: ((partition: Partition) => string | number) | undefined;
  /** Stores the position of each partition, under `name/key`. @default none: each run begins all of them at their start */
  readonly checkpoint?: CheckpointStore | undefined;
  /** The job's name in the store. Needed with `checkpoint`. */
  readonly name?: string | undefined;
  /**
   * Whether the other partitions go on if one fails: `'stop'` begins no other one and aborts those that run.
   * @default 'continue'
   */
  readonly onError?: 'continue' | 'stop' | undefined;
  /** Stops all: the result is rejected with `signal.reason` when the walks that run have ended. @default none */
  readonly signal?: AbortSignal | undefined;
  /** Receives an event for the end of each partition, and one for the end of all. @default none */
  readonly events?: PartitionListener | undefined;
}

/**
 * Runs one walk for each partition (account, project, parent), each with a position of its own:
 *
 *     const { done } = await eachPartition(['a', 'b'], (account, own) =>
 *       paginate({ url: `https://api.example.com/${account}/orders` }, strategy, { policy, ...own })
 *         .to(writeNdjson(`orders-${account}.ndjson`)),
 *       { concurrency: 4, checkpoint: fileStore('.jobs'), name: 'orders' });
 *
 * The next partition is read when there is room for it. A partition that is done is not asked again, unless `whenDone`
 * says so, or its walk has `sync`. One policy that all walks get holds for all of them together.
 *
 * With a store, one small write more than the pages need: the key of a partition, before it begins. The keys are kept in
 * texts of 200, `name/#0`, `name/#1`, …, which a run reads first. It reads one position for each partition, when its turn
 * comes, so only keys and the lines of the report are in memory.
 *
 * If the source is pages with a checkpoint, a page is committed when all its partitions are done.
 * @param source the items of pages are partitions; an Observable can't wait, so what it emits too early is kept
 * @param walk returns the promise of a sink, or an Observable such as that of `eachPage`
 * @returns the report, if no partition failed
 * @throws ConfigError for arguments that can't work; PartitionsError if partitions failed, with the report; what the
 *   source throws, and the reason of the signal
 */
export function eachPartition<Partition>(
  source: PartitionPages<Partition>,
  walk: PartitionWalk<Partition>,
  options?: EachPartitionOptions<Partition>,
): Promise<PartitionsReport>;
export function eachPartition<Partition>(
  // In a union, pages would also be taken for an iterable of pages.
  // eslint-disable-next-line @typescript-eslint/unified-signatures
  source: PartitionSource<Partition>,
  walk: PartitionWalk<Partition>,
  options?: EachPartitionOptions<Partition>,
): Promise<PartitionsReport>;
export async function eachPartition<Partition>(
  source: PartitionSource<Partition> | PartitionPages<Partition>,
  walk: PartitionWalk<Partition>,
  options: EachPartitionOptions<Partition> = {},
): Promise<PartitionsReport> {
  checkOptions(of, options, ['concurrency', 'key', 'checkpoint', 'name', 'whenDone', 'onError', 'signal', 'events'] satisfies (keyof EachPartitionOptions)[]); // prettier-ignore
  const { checkpoint: store, name, whenDone } = options;
  checkFunction(of, 'key', options.key, '(account) => account.id');
  checkWhenDone(of, options);
  if (store === undefined) {
    const needless = name !== undefined ? 'name' : whenDone !== undefined ? 'whenDone' : undefined;
    if (needless !== undefined)
      throw new ConfigError(
        `${of}: ${needless} needs a store; set checkpoint: fileStore('.jobs'), or remove ${needless}`,
      );
    return runPartitions(source, walk, options);
  }
  if (name === undefined)
    throw new ConfigError(`${of}: name is missing: positions are stored under name/key; set name: 'orders', say`);
  checkName(of, 'name', name);
  checkpointIn(store, name); // Refuses what is no store.
  const textOf = (part: string) => `${name}/${part}`;
  const storeKey = (key: string) => textOf(partitionName(key));
  return runPartitions(source, walk, {
    ...options,
    known: storedKeys(store, textOf, storeKey),
    mustCommit: true,
    placeOf: (key) => checkpointIn(store, storeKey(key)).load(),
    checkpointOf: (key) => checkpointIn(store, storeKey(key), { whenDone }),
  });
}

const of = 'eachPartition';
