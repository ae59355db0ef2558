import type { CheckpointOptions } from '../checkpoint.js';
import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';

/** The data of a job. */
export interface PartitionData<Partition = unknown> {
  /** What identifies the partition. */
  readonly key: string;
  readonly partition: Partition;
  /** Why it was enqueued again after it was done. */
  readonly whenDone?: CheckpointOptions['whenDone'];
}

/**
 * The id of a partition's job. BullMQ refuses ids that are integers or hold a colon, and Redis' keys are easier to read
 * without spaces.
 */
export function jobIdOf(key: string): string {
  try {
    return `partition-${encodeURIComponent(key)}`;
  } catch (cause) {
    throw new ConfigError(`enqueuePartitions: the key ${describe(key)} is not valid Unicode; use another key`, {
      cause,
    });
  }
}
