import type { Observable } from 'rxjs';
import type { Checkpoint, CheckpointOptions, Place } from '../../checkpoint.js';
import { asError, CallbackError, ConfigError, LeaseError, PartitionsError } from '../../errors.js';
import { asksNothing, isWhole } from '../../page.js';
import type { PartitionEnd, PartitionsReport } from '../../partition.js';
import { onAbort, reasonOf } from '../../values/abort.js';
import { describe } from '../../values/describe.js';
import { checkOneOf, checkWhole, invalid } from '../../values/options.js';
import { peek } from '../../values/peek.js';
import type { KnownKeys } from './known-keys.js';
import { type PartitionPages, type PartitionSource, readerOf } from './source.js';

/** What the walk of one partition gets; pass it on as a whole: `paginate(request, strategy, { policy, ...own })`. */
export interface OwnOptions {
  /** Its position in the store; `undefined` without a store. */
  readonly checkpoint: Checkpoint | undefined;
  /** Aborted when all partitions are to stop. */
  readonly signal: AbortSignal;
}

/** The walk of one partition, with what consumes it: the promise of a sink, or an Observable such as that of `eachPage`. */
export type PartitionWalk<Partition> = (
  partition: Partition,
  own: OwnOptions,
) => PromiseLike<unknown> | Observable<unknown>;

/** Anything that receives the end of each partition, and then of all. */
export interface PartitionListener {
  next(event: PartitionEvent): void;
}

export type PartitionEvent =
  ({ readonly type: 'partition' } & PartitionEnd) | ({ readonly type: 'end' } & PartitionsReport);

const of = 'eachPartition';

/** @internal How partitions are run, with positions kept in any way. */
export interface PartitionsPlan<Partition> extends CheckpointOptions {
  readonly concurrency?: number | undefined;
  readonly key?: ((partition: Partition) => string | number) | undefined;
  readonly onError?: 'continue' | 'stop' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly events?: PartitionListener | undefined;
  readonly known?: KnownKeys | undefined;
  /** Where a partition is, whatever `whenDone` says. */
  readonly placeOf?: ((key: string, partition: Partition) => Promise<Place | undefined>) | undefined;
  /** Whether a walk that leaves no position is an error. */
  readonly mustCommit?: boolean;
  readonly checkpointOf?: ((key: string) => Checkpoint) | undefined;
}

/** @internal `eachPartition`, for the command too. */
export async function runPartitions<Partition>(
  source: PartitionSource<Partition> | PartitionPages<Partition>,
  walk: PartitionWalk<Partition>,
  { concurrency = 1, key: keyOf, whenDone = 'stop', onError = 'continue', signal, events, known, placeOf, checkpointOf, mustCommit = false }: PartitionsPlan<Partition>, // prettier-ignore
): Promise<PartitionsReport> {
  if (typeof walk !== 'function') throw invalid(of, 'walk', walk, 'a function');
  checkWhole(of, 'concurrency', concurrency, 1);
  checkOneOf(of, 'onError', onError, ['continue', 'stop']);
  if (signal !== undefined && typeof signal.addEventListener !== 'function')
    throw invalid(of, 'signal', signal, 'an AbortSignal');
  if (events !== undefined && typeof events.next !== 'function')
    throw invalid(of, 'events', events, 'a Subject or { next: (event) => … }');
  const seen = new Set<string>();
  const keyed = (partition: Partition): string => {
    const key = keyOfPartition(partition, keyOf);
    if (seen.has(key))
      throw new ConfigError(
        `${of}: two partitions have the key ${describe(key)}; each needs its own, since its position is stored under it`,
      );
    seen.add(key);
    return key;
  };
  // A list is checked before anything is sent.
  if (Array.isArray(source)) {
    for (const partition of source as readonly Partition[]) keyed(partition);
    seen.clear();
  }
  if (signal?.aborted) throw reasonOf(signal);
  const reader = readerOf(source);

  const stop = new AbortController();
  // One listener, and no race with a promise that lives as long as the run, which would keep all that it raced with.
  let wake: () => void = () => undefined;
  stop.signal.addEventListener('abort', () => {
    wake();
  });
  const orStopped = <T>(waited: Promise<T>): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      wake = () => {
        resolve(undefined);
      };
      waited.then(resolve, reject);
    });
  const ignoreAbort = signal ? onAbort(signal, () => stop.abort(reasonOf(signal))) : () => undefined;
  const partitions: PartitionEnd[] = [];
  const running = new Set<Promise<void>>();
  /** What ends the run besides the failures of partitions. */
  let broken: { readonly error: unknown } | undefined;
  const breaks = (error: unknown) => {
    broken ??= { error };
  };
  /** Whether the source was read to its end. */
  let isRead = false;

  function tell(event: PartitionEvent): void {
    try {
      events?.next(event);
    } catch (error) {
      breaks(asError('events', error));
      stop.abort(error);
    }
  }

  async function run(partition: Partition, key: string): Promise<boolean> {
    let end: PartitionEnd;
    try {
      end = await walked(partition, key);
    } catch (error) {
      // The job is another run's now: no partition has failed.
      if (error instanceof LeaseError && error.key === known?.lease) {
        breaks(error);
        stop.abort(error);
      }
      // What an abort interrupted has not failed.
      const aborted = stop.signal.aborted && (error === stop.signal.reason || peek(error, 'name') === 'AbortError');
      end = { key, state: aborted ? 'unfinished' : 'failed', pages: undefined, items: undefined, error };
    }
    partitions.push(end);
    tell({ type: 'partition', ...end });
    if (end.state === 'failed' && onError === 'stop') stop.abort(end.error);
    return end.state === 'done' || end.state === 'earlier';
  }

  async function walked(partition: Partition, key: string): Promise<PartitionEnd> {
    await known?.add(key);
    const before = await placeOf?.(key, partition);
    if (before && asksNothing(before.resume) && whenDone === 'stop')
      return { key, state: 'earlier', pages: 0, items: 0 };
    if (stop.signal.aborted) throw stop.signal.reason;
    const result = await resultOf(walk(partition, { checkpoint: checkpointOf?.(key), signal: stop.signal }));
    const after = await placeOf?.(key, partition);
    if (mustCommit && !after)
      throw new ConfigError(
        `${of}: the walk of ${describe(key)} has ended, but not used its checkpoint, so the next run would ask for everything again; pass it on: paginate(request, strategy, { ...own })`,
      );
    const counts = countsOf(result) ?? countsBetween(whenDone === 'restart' ? undefined : before, after);
    return { key, state: !placeOf || (after && isWhole(after.resume)) ? 'done' : 'unfinished', ...counts };
  }

  try {
    await known?.load();
    while (!stop.signal.aborted && !broken) {
      const read = await orStopped(reader.next());
      if (!read || read.done === true) {
        isRead = read !== undefined;
        break;
      }
      const { partition, ended } = read.value;
      const key = keyed(partition);
      known?.seen(key);
      const work: Promise<void> = run(partition, key)
        .then(ended, (error: unknown) => {
          breaks(error);
          stop.abort(error);
        })
        .catch(breaks)
        .finally(() => running.delete(work));
      running.add(work);
      if (running.size >= concurrency) await Promise.race([...running]);
    }
  } catch (error) {
    breaks(error);
  }
  const ended = Promise.all(running);
  await reader.close(ended);
  await ended;
  ignoreAbort();

  const count = (...states: PartitionEnd['state'][]) => partitions.filter(({ state }) => states.includes(state)).length;
  const gone = isRead && reader.whole && known ? await known.unseen().catch(breaks) : undefined;
  await known?.close();
  const report: PartitionsReport = {
    done: count('done', 'earlier'),
    unfinished: count('unfinished'),
    failed: count('failed'),
    vanished: gone ?? undefined,
    partitions,
  };
  tell({ type: 'end', ...report });
  if (report.failed > 0) throw new PartitionsError(report, broken?.error);
  if (signal?.aborted) throw reasonOf(signal);
  if (broken) throw broken.error;
  return report;
}

function keyOfPartition<Partition>(
  partition: Partition,
  keyOf: ((partition: Partition) => string | number) | undefined,
): string {
  let key: unknown = partition;
  if (keyOf) {
    try {
      key = keyOf(partition);
    } catch (cause) {
      throw new CallbackError(`${of}.key`, cause);
    }
  }
  if ((typeof key === 'string' && key !== '') || Number.isFinite(key)) return String(key);
  throw new ConfigError(
    keyOf
      ? `${of}: key must return a non-empty string or a number, not ${describe(key)}`
      : `${of}: ${describe(partition)} is not a key; partitions are non-empty strings or numbers, or set key: (partition) => partition.id`,
  );
}

/** The end of a walk. @throws ConfigError for pages that nothing consumes */
async function resultOf(result: unknown): Promise<unknown> {
  const is = (member: PropertyKey) => typeof peek(result, member) === 'function';
  if (is('then')) return result;
  if (is('pagewise.byHand') || !is('subscribe'))
    throw new ConfigError(
      `${of}: walk must return the promise of a sink, not ${is('pagewise.byHand') ? 'pages, which nobody would write' : describe(result)}; return paginate(…).to(writeNdjson('…')), or what an async function has done with the pages`,
    );
  return new Promise((resolve, reject) =>
    (result as Observable<unknown>).subscribe({ error: reject, complete: () => resolve(undefined) }),
  );
}

type Counts = Pick<PartitionEnd, 'pages' | 'items'>;

function countsOf(result: unknown): Counts | undefined {
  const [pages, items] = [peek(result, 'pages'), peek(result, 'items')];
  return typeof pages === 'number' && typeof items === 'number' ? { pages, items } : undefined;
}

function countsBetween(before: Place | undefined, after: Place | undefined): Counts {
  const from = before?.resume ?? { index: 0, itemsBefore: 0 };
  // With `sync`, a run may begin at its first page again.
  return after === undefined || after.resume.sync !== undefined
    ? { pages: undefined, items: undefined }
    : { pages: after.resume.index - from.index, items: after.resume.itemsBefore - from.itemsBefore };
}
