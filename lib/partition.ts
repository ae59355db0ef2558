/** How the walk of one partition ended: a line of the report of `eachPartition`. */
export interface PartitionEnd {
  readonly key: string;
  /**
   * - `done`: its walk has reached its end in this run; `earlier`: in an earlier run, and nothing was requested
   * - `unfinished`: it stopped before its end, by `until`, a skipped page or an abort; the next run continues it
   * - `failed`: see `error`
   */
  readonly state: 'done' | 'earlier' | 'unfinished' | 'failed';
  /** Pages and items of this run, as its sink returned them or its checkpoint shows; `undefined` if neither does. */
  readonly pages: number | undefined;
  readonly items: number | undefined;
  readonly error?: unknown;
}

/** The end of all partitions of a job. */
export interface PartitionsReport {
  /** How many are done, those of earlier runs included. */
  readonly done: number;
  readonly unfinished: number;
  readonly failed: number;
  /**
   * Keys that earlier runs have begun and that the source no longer has; their positions are kept. `undefined` if that
   * is unknown: without a checkpoint, or if the source was not read from its start to its end.
   */
  readonly vanished: readonly string[] | undefined;
  /** A line for each partition that has begun, in the order of their ends. */
  readonly partitions: readonly PartitionEnd[];
}
