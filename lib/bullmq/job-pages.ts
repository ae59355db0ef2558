import {
  type CommittedByHand,
  continuedAt,
  type CheckpointOptions,
  type Follower,
  type OpenCheckpoint,
  type Place,
} from '../checkpoint.js';
import { ConfigError } from '../errors.js';
import type { Page, ResumeToken } from '../page.js';
import { parseToken } from '../resume-token.js';
import { onAbort, reasonOf } from '../values/abort.js';
import { describe } from '../values/describe.js';
import { commitPages, type PageIterator } from '../walk/pull-pages.js';

/** The part of a job that keeps a walk's position. */
export interface Progress {
  readonly progress: unknown;
  updateProgress(progress: object): Promise<void>;
}

/** A job's progress as a checkpoint: the resume token after the last committed page. */
export interface JobCheckpoint extends Follower, OpenCheckpoint {
  /** Where the walk is; `undefined`: nothing is committed. */
  readonly place: ResumeToken | undefined;
}

/** @param check called before each save; rejects if the job is no longer this worker's */
export function jobCheckpoint(
  key: string,
  job: Progress,
  whenDone: CheckpointOptions['whenDone'],
  check: () => Promise<void>,
): JobCheckpoint {
  let place: ResumeToken | undefined;
  return {
    key,
    get place() {
      return place;
    },
    load() {
      const kept = placeOf(job.progress);
      place = kept && continuedAt(kept.resume, { whenDone });
      return Promise.resolve(place && { ...kept, resume: place });
    },
    async save({ resume, at }) {
      await check();
      await job.updateProgress(at === undefined ? resume : { resume, at });
      place = resume;
    },
    check,
    close: () => Promise.resolve(),
    // A table's position outranks that of the job, even if the table has none: its rows are gone, then.
    'pagewise.follow'(from) {
      place = from;
    },
  };
}

/** What a job's progress says; nothing before its first page, where BullMQ has 0. @throws ResumeError */
function placeOf(progress: unknown): Place | undefined {
  if (progress === undefined || progress === null || typeof progress === 'number') return undefined;
  const { resume, at } = progress as Partial<Place>;
  return resume === undefined ? { resume: parseToken(progress) } : { resume: parseToken(resume), at };
}

/**
 * The pages of a job: those of `paginate`, continued at the job's position, until `signal` aborts.
 * @param arrived called before each page is handed over; rejects if the job is no longer this worker's
 */
export function jobPages<Item>(
  pages: AsyncIterable<Page<Item>>,
  checkpoint: JobCheckpoint,
  signal: AbortSignal,
  arrived: () => Promise<void>,
): AsyncIterable<Page<Item>> & CommittedByHand<Item> {
  if (typeof pages !== 'object' || !('pagewise.byHand' in pages))
    throw new ConfigError(
      `pagesWorker: \`paginate\` must return the result of paginate, without pipe, not ${describe(pages)}`,
    );
  const own = (pages as CommittedByHand<Item>)['pagewise.byHand']();
  if (own.checkpoint)
    throw new ConfigError('pagesWorker: the job keeps the position; remove the `checkpoint` of paginate');
  const pull = (from = checkpoint.place) => until(signal, own.pull(from) as PageIterator<Item>, arrived);
  return {
    'pagewise.byHand': () => ({ ...own, checkpoint, signal, pull }),
    [Symbol.asyncIterator]: () => commitPages(pull(), checkpoint),
  };
}

/** The same pages; if the signal aborts, the request is cancelled, and the consumer gets the reason. */
function until<Item>(signal: AbortSignal, pages: PageIterator<Item>, arrived: () => Promise<void>): PageIterator<Item> {
  const next = () =>
    new Promise<IteratorResult<Page<Item>, undefined>>((resolve, reject) => {
      const stop = () => {
        reject(reasonOf(signal));
        pages.return().catch(() => undefined);
      };
      if (signal.aborted) {
        stop();
        return;
      }
      const unlisten = onAbort(signal, stop);
      pages
        .next()
        .then(async (result) => {
          if (!result.done) await arrived();
          resolve(result);
        })
        .catch((error: unknown) => {
          pages.return().catch(() => undefined);
          reject(error);
        })
        .finally(unlisten);
    });
  const stoppable: PageIterator<Item> = { ...pages, next, [Symbol.asyncIterator]: () => stoppable };
  return stoppable;
}
