import { CallbackError, ConfigError, ResumeError } from './errors.js';
import type { Json, Page, ResumeToken } from './page.js';
import { parseToken } from './resume-token.js';
import { describe } from './values/describe.js';

/**
 * Keeps texts by key: a `Map`, a Keyv with any of its adapters, `fileStore(folder)` of `pagewise/node`. What it returns
 * may be a promise. A text that `set` has been given must be what `get` gives, also after a crash.
 */
export interface CheckpointStore {
  /** `undefined` or `null` where nothing is kept. */
  get(key: string): unknown;
  /** `false` means that it was not kept; whatever else it gives, that it was. */
  set(key: string, text: string): unknown;
}

/** How far a job has come: the pages that its consumer is done with. */
export interface Place {
  /** Continues after the last of them. */
  readonly resume: ResumeToken;
  /** Where a sink's output ends with them: a byte offset, say. */
  readonly at?: Json | undefined;
}

/** One job's place in a store; made by `checkpoint`. */
export interface Checkpoint {
  readonly key: string;
  /** @throws ResumeError where what is kept is no place; CallbackError with what the store throws */
  load(): Promise<Place | undefined>;
  /** @throws CallbackError with what the store throws */
  save(place: Place): Promise<void>;
}

/**
 * Where a job stands, kept under a key, so that the next run goes on there:
 *
 *     paginate(request, strategy, { checkpoint: checkpoint(fileStore('.jobs'), 'orders') })
 *
 * A page is committed when its consumer is done with it: when `for await` asks for the next one, when what `eachPage`
 * has made of it completes, when a sink has written it. A crash repeats at most one page (or as many as `eachPage` works
 * on at once), and none with a sink, which keeps its own place in the same commit. A finished job completes at once;
 * to start over, use another key or delete this one. Two runs at once would write over each other's place.
 *
 * It holds positions (cursors), so keep it like a secret.
 * @throws ConfigError where there is no store or no key
 */
export function checkpoint(store: CheckpointStore, key: string): Checkpoint {
  for (const method of ['get', 'set'] as const)
    if (typeof (store as Partial<CheckpointStore> | undefined)?.[method] !== 'function')
      throw new ConfigError(
        `checkpoint: the store must have get and set (a Map, a Keyv, a fileStore), not ${describe(store)}`,
      );
  // Keyv tells of errors by events, and would give a database that is down as one without a place: all would come again.
  const { throwOnErrors, store: adapter } = store as { throwOnErrors?: unknown; store?: unknown };
  if (throwOnErrors === false && !(adapter instanceof Map))
    throw new ConfigError(
      'checkpoint: the Keyv must be made with { throwOnErrors: true }; it would keep silent about places that it can not read or write',
    );
  if (typeof key !== 'string' || key === '')
    throw new ConfigError(`checkpoint: the key must be a name for this job, not ${describe(key)}`);

  return {
    key,
    async load() {
      let text: unknown;
      try {
        text = await store.get(key);
      } catch (cause) {
        throw new CallbackError('checkpoint.get', cause);
      }
      return text === undefined || text === null ? undefined : readPlace(text, key);
    },
    async save({ resume, at }) {
      const text = JSON.stringify(at === undefined ? { v: 1, resume } : { v: 1, resume, at });
      let kept: unknown;
      try {
        kept = await store.set(key, text);
      } catch (cause) {
        throw new CallbackError('checkpoint.set', cause);
      }
      if (kept === false)
        throw new CallbackError('checkpoint.set', new Error('the store did not keep it: it gave false'));
    },
  };
}

/** What is kept, read back. Stores of JSON may give it parsed. */
function readPlace(kept: unknown, key: string): Place {
  const damaged = (reason: string, cause?: unknown) =>
    new ResumeError(
      'unreadable',
      `the checkpoint ${JSON.stringify(key)} ${reason}; to start over, delete it or use another key`,
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
  if (v !== 1) throw damaged(`holds ${describe(value)}, and no place of a job`);
  try {
    return { resume: parseToken(resume), at };
  } catch (cause) {
    throw damaged('is damaged', cause);
  }
}

/** @internal Names the method by which eachPage and sinks have pages that they commit by hand. */
export const byHand = Symbol('pagewise.byHand');

/** @internal Pages that can be had without being committed. */
export interface CommittedByHand<Item> {
  [byHand](): {
    readonly checkpoint: Checkpoint | undefined;
    /** @param from where to go on; without it the checkpoint says so */
    pull(from?: ResumeToken): AsyncIterableIterator<Page<Item>, undefined>;
  };
}
