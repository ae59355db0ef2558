export {
  enqueuePartitions,
  type Enqueued,
  type EnqueueOptions,
  type PartitionQueue,
  type QueuedJob,
} from './enqueue-partitions.js';
export { pagesWorker, type PagesWorkerOptions, type PartitionRun } from './pages-worker.js';
export type { PartitionData } from './partition.js';
