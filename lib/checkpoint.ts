import { CallbackError, ConfigError, ResumeError } from './errors.js';
import type { EventListener } from './events.js';
import type { Json, Page, ResumeToken } from './page.js';
import { parseToken, reopened } from './resume-token.js';
import { describe } from './values/describe.js';
import { checkOneOf, checkOptions } from './values/options.js';

/**
 * Stores texts by key: a `Map`, a Keyv with any of its adapters, `fileStore(folder)` of `pagewise/node`. Both methods
 * may return promises. `get` must return the text that `set` stored, even after a crash.
 */
export interface CheckpointStore {
  /** `undefined` or `null` if nothing is stored. */
  get(key: string): unknown;
  /** `false` means that the text was not stored; any other result means that it was. */
  set(key: string, text: string): unknown;
}

/** How far a job has got: the pages that its consumer has finished. */
export interface Place {
  /** Continues after the last of these pages. */
  readonly resume: ResumeToken;
  /** Where a sink's output ends after these pages: a byte offset, say. */
  readonly at?: Json | undefined;
}

export interface CheckpointOptions {
  /**
   * What a run does if the job is done:
   * - `'stop'`: nothing; a notice reports that
   * - `'restart'`: starts over at the first page; sinks overwrite their files
   * - `'continue'`: requests the last page with items again, and delivers what has been added since
   * @default 'stop'
   */
  readonly whenDone?: 'stop' | 'restart' | 'continue' | undefined;
}

/** One job's checkpoint in a store; made by `checkpoint`. */
export interface Checkpoint {
  readonly key: string;
  /** What a run does if the job is done, if that was set. */
  readonly whenDone?: CheckpointOptions['whenDone'];
  /** @throws ResumeError if the stored value is not a checkpoint; CallbackError with what the store throws */
  load(): Promise<Place | undefined>;
  /** @throws CallbackError with what the store throws */
  save(place: Place): Promise<void>;
}

/**
 * The progress of a job, stored under a key, so that the next run continues from there:
 *
 *     paginate(request, strategy, { checkpoint: checkpoint(fileStore('.jobs'), 'orders') })
 *
 * A page is committed when its consumer has finished it: when `for await` asks for the next page, when the work of
 * `eachPage` on it completes, or when a sink has written it. A crash repeats at most one page (with `eachPage`, at most
 * its `concurrency`), and none with a sink, which stores the end of its output in the same commit. A finished job
 * completes immediately and reports a notice, unless `whenDone` says otherwise. Two runs at the same time would
 * overwrite each other's checkpoint.
 *
 * A checkpoint holds positions (cursors), so store it like a secret.
 * @throws ConfigError if there is no store or no key
 */
export function checkpoint(store: CheckpointStore, key: string, options: CheckpointOptions = {}): Checkpoint {
  for (const method of ['get', 'set'] as const)
    if (typeof (store as Partial<CheckpointStore> | undefined)?.[method] !== 'function')
      throw new ConfigError(
        `checkpoint: the store must have get and set (a Map, a Keyv, a fileStore), not ${describe(store)}`,
      );
  // Keyv reports errors as events. A database that is down would look empty, and the job would start over.
  const { throwOnErrors, store: adapter } = store as { throwOnErrors?: unknown; store?: unknown };
  if (throwOnErrors === false && !(adapter instanceof Map))
    throw new ConfigError(
      'checkpoint: the Keyv must be made with { throwOnErrors: true }; without that option it hides failures to read or write the checkpoint',
    );
  if (typeof key !== 'string' || key === '')
    throw new ConfigError(`checkpoint: the key must be a string that names this job, not ${describe(key)}`);
  checkOptions('checkpoint', options, ['whenDone'] satisfies (keyof CheckpointOptions)[]);
  checkWhenDone('checkpoint', options);

  return {
    key,
    whenDone: options.whenDone,
    async load() {
      let text: unknown;
      try {
        text = await store.get(key);
      } catch (cause) {
        throw new CallbackError('checkpoint.get', cause);
      }
      if (text === undefined || text === null) return undefined;
      const place = readPlace(text, key);
      const resume = continuedAt(place.resume, options, key);
      return resume && { ...place, resume };
    },
    async save({ resume, at }) {
      const text = JSON.stringify({ v: 1, resume, at });
      let kept: unknown;
      try {
        kept = await store.set(key, text);
      } catch (cause) {
        throw new CallbackError('checkpoint.set', cause);
      }
      if (kept === false)
        throw new CallbackError('checkpoint.set', new Error('the checkpoint was not stored: set returned false'));
    },
  };
}

/** @throws ConfigError */
export function checkWhenDone(name: string, { whenDone = 'stop' }: CheckpointOptions): void {
  checkOneOf(name, 'whenDone', whenDone, ['stop', 'restart', 'continue']);
}

/** Why `whenDone` can't stand beside `sync`. */
export const syncAppends = (of: string): string =>
  `${of}: whenDone says what a run does after the last page, but with sync each run appends what is new; remove whenDone`;

/** Where the next run of a job begins; `undefined`: at the first page. @param key of the checkpoint, if it has one */
export function continuedAt(
  resume: ResumeToken,
  { whenDone = 'stop' }: CheckpointOptions,
  key?: string,
): ResumeToken | undefined {
  if (resume.done !== true || whenDone === 'stop') return resume;
  return whenDone === 'restart' || resume.itemsBefore === 0 ? undefined : reopened(resume, key);
}

/** Reads a stored checkpoint. A store that parses JSON may return it parsed. */
function readPlace(kept: unknown, key: string): Place {
  const damaged = (reason: string, cause?: unknown) =>
    new ResumeError(
      'unreadable',
      `the checkpoint ${JSON.stringify(key)} ${reason}; to start over, delete the checkpoint or use another key`,
      { checkpoint: key, cause },
    );
  let value = kept;
  if (typeof kept === 'string') {
    try {
      value = JSON.parse(kept);
    } catch (cause) {
      throw damaged('is not JSON', cause);
    }
  }
  const { v, resume, at } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Place> & {
    v?: unknown;
  };
  if (v !== 1) throw damaged(`holds ${describe(value)}, not the progress of a job`);
  try {
    return { resume: parseToken(resume), at };
  } catch (cause) {
    throw damaged('is damaged', cause);
  }
}

/**
 * @internal A checkpoint that follows a table's own, which decides: the progress of a job in a queue, say. A table tells
 * it where the walk begins, and saves each page after it has committed it.
 */
export interface Follower extends Checkpoint {
  'pagewise.follow'(from: ResumeToken | undefined): void;
}

/** @internal Pages that can be pulled without being committed. */
export interface CommittedByHand<Item> {
  'pagewise.byHand'(): {
    readonly checkpoint: Checkpoint | undefined;
    /** The listener of the walk. */
    readonly events: EventListener | undefined;
    /** Aborts the walk, and what its sinks wait for. */
    readonly signal: AbortSignal | undefined;
    /** Whether the walk asks only for what is new. */
    readonly syncs?: boolean;
    /** @param from where to continue; without it, the checkpoint decides */
    pull(from?: ResumeToken): AsyncIterableIterator<Page<Item>, undefined>;
  };
}
