import { CallbackError, ConfigError, LeaseError, ResumeError } from './errors.js';
import type { EventListener } from './events.js';
import type { Json, Page, ResumeToken } from './page.js';
import { parseToken, reopened } from './resume-token.js';
import { describe } from './values/describe.js';
import { checkOneOf, checkOptions, checkWhole, invalid } from './values/options.js';
import { longestDelay } from './values/timer.js';

/**
 * Stores texts by key: a `Map`, a Keyv with any of its adapters, `fileStore(folder)` of `pagewise/node`. Both methods
 * may return promises. `get` must return the text that `set` stored, even after a crash.
 */
export interface CheckpointStore {
  /** `undefined` or `null` if nothing is stored. */
  get(key: string): unknown;
  /** `false` means that the text was not stored; any other result means that it was. */
  set(key: string, text: string): unknown;
  /**
   * Reserves the key for one run, until that has not renewed it for `ms` milliseconds. Without this method, only runs
   * of this process are kept apart.
   * @param holder who that is, in words, for the message of a run that is refused
   * @returns the lease, or who holds it; both may be promises
   */
  lease?(key: string, holder: string, ms: number): Lease | LeaseTaken | PromiseLike<Lease | LeaseTaken>;
}

/** A key that a store has reserved for this run. All methods may return promises. */
export interface Lease {
  /** Extends the lease by its time, from now. @returns `true`; or who has taken it over, if it is lost */
  renew(): true | LeaseTaken | PromiseLike<true | LeaseTaken>;
  /**
   * Stores the text like `set` of the store, if the lease is still held. The check and the write are one step, since a
   * process may be stopped between two.
   * @returns `true`; or who has taken it over, if it is lost, so that nothing was stored
   */
  set(text: string): true | LeaseTaken | PromiseLike<true | LeaseTaken>;
  /** Ends the lease; no effect if it is lost. */
  release(): unknown;
}

/** Who holds a lease, as far as that is known. */
export interface LeaseTaken {
  readonly holder?: string | undefined;
  /** In epoch milliseconds. */
  readonly since?: number | undefined;
  /** When it ends if it is not renewed, in epoch milliseconds. */
  readonly until?: number | undefined;
}

export interface LeaseOptions {
  /** Who holds the lease, in messages of other runs. @default the machine and the number of the process */
  readonly holder?: string | undefined;
  /**
   * Milliseconds after which the lease of a run that crashed or was stopped is taken over; at least 1000. It is renewed
   * after each third of it. @default 60000
   */
  readonly time?: number | undefined;
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
  /** The checkpoint for one run, which has it to itself from its first `load` until `close`. */
  open?(): OpenCheckpoint;
}

/** A checkpoint that one run uses. */
export interface OpenCheckpoint extends Checkpoint {
  /** The first call takes the lease. @throws LeaseError if another run uses the checkpoint; what `load` throws */
  load(): Promise<Place | undefined>;
  /** @throws LeaseError if another run has taken the checkpoint over, so that nothing was stored; what `save` throws */
  save(place: Place): Promise<void>;
  /**
   * Settles if the lease is still held; call it before you write what a later `save` will commit. It asks the store only
   * if the lease was not renewed in time.
   * @throws LeaseError
   */
  check(): Promise<void>;
  /**
   * Releases the lease, when the last `save` is over. Never throws: a lease that can't be released ends after its time.
   * @param last settles when the last `save` is over, if some may still follow
   */
  close(last?: Promise<unknown>): Promise<void>;
}

/**
 * The progress of a job, stored under a key, so that the next run continues from there:
 *
 *     paginate(request, strategy, { checkpoint: checkpoint(fileStore('.jobs'), 'orders') })
 *
 * A page is committed when its consumer has finished it: when `for await` asks for the next page, when the work of
 * `eachPage` on it completes, or when a sink has written it. A crash repeats at most one page (with `eachPage`, at most
 * its `concurrency`), and none with a sink, which stores the end of its output in the same commit. A finished job
 * completes immediately and reports a notice, unless `whenDone` says otherwise.
 *
 * A run has its checkpoint to itself: another run is refused with a `LeaseError` that says who uses it since when. The
 * store keeps runs of other processes apart too if it has leases: `fileStore`, `redisLease`, `postgresLease`. A run that
 * was taken over, because it was stopped for longer than its lease, can't commit any more.
 *
 * A checkpoint holds positions (cursors), so store it like a secret.
 * @param options.lease the lease in the store; `false`: runs of other processes are not kept apart
 * @throws ConfigError if there is no store or no key, or for a lease of a store that has none
 */
export function checkpoint(
  store: CheckpointStore,
  key: string,
  options: CheckpointOptions & { readonly lease?: LeaseOptions | false | undefined } = {},
): Checkpoint {
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
  checkOptions('checkpoint', options, ['whenDone', 'lease']);
  checkWhenDone('checkpoint', options);
  checkLease(store, options.lease);

  async function load(): Promise<Place | undefined> {
    const text = await called('checkpoint.get', () => store.get(key));
    if (text === undefined || text === null) return undefined;
    const place = readPlace(text, key);
    const resume = continuedAt(place.resume, options, key);
    return resume && { ...place, resume };
  }
  async function save({ resume, at }: Place, lease?: HeldLease): Promise<void> {
    const text = JSON.stringify({ v: 1, resume, at });
    if (lease) return lease.set(text);
    const kept = await called('checkpoint.set', () => store.set(key, text));
    if (kept === false)
      throw new CallbackError('checkpoint.set', new Error('the checkpoint was not stored: set returned false'));
  }
  return {
    key,
    whenDone: options.whenDone,
    load,
    save: (place) => save(place),
    open() {
      const use = openKey(store, key, options.lease);
      return {
        key,
        whenDone: options.whenDone,
        async load() {
          await use.begin();
          return load();
        },
        save: async (place) => save(place, await use.begin()),
        check: async () => (await use.begin())?.check(),
        close: (last) => use.end(last),
      };
    },
  };
}

/** @internal The checkpoint for one run; one that was not made by `checkpoint` may have no leases. */
export const openCheckpoint = (of: Checkpoint): OpenCheckpoint =>
  of.open?.() ?? { ...of, check: () => Promise.resolve(), close: () => Promise.resolve() };

/** Calls a method of the store. @throws CallbackError with what it throws */
async function called<T>(callback: string, run: () => T): Promise<Awaited<T>> {
  try {
    return await run();
  } catch (cause) {
    throw new CallbackError(callback, cause);
  }
}

/** @throws ConfigError */
function checkLease(store: CheckpointStore, lease: LeaseOptions | false | undefined): void {
  if (lease === undefined || lease === false) return;
  checkOptions('checkpoint.lease', lease, ['holder', 'time'] satisfies (keyof LeaseOptions)[]);
  if (typeof store.lease !== 'function' && !(store instanceof Map))
    throw new ConfigError(
      "must be left out, since this store has none (a Keyv can't compare and set); use fileStore, redisLease or postgresLease",
      { of: 'checkpoint', options: ['lease'], value: lease },
    );
  const { holder = 'me', time = leaseTime } = lease;
  if (typeof holder !== 'string' || holder === '')
    throw invalid('checkpoint', 'lease.holder', holder, 'a text that names this run');
  checkWhole('checkpoint', 'lease.time', time, 1000);
}

const leaseTime = 60_000;

/** Who uses a checkpoint, as messages name it. */
function thisRun(): string {
  const { process } = globalThis as {
    process?: { readonly pid?: number; getBuiltinModule?(name: string): { hostname(): string } };
  };
  if (process?.pid === undefined) return 'this page or worker';
  return `${process.getBuiltinModule?.('node:os').hostname() ?? 'this machine'}, process ${process.pid}`;
}

/** A run of this process that uses a checkpoint. */
interface Use extends LeaseTaken {
  /** Settles when it uses it no longer; set as soon as it has ended. */
  ending?: Promise<void> | undefined;
}

/** The runs of this process, by store and key. */
const uses = /* @__PURE__ */ new WeakMap<CheckpointStore, Map<string, Use>>();

/** @internal One run's use of a key: within this process, and in the store if that has leases. */
export function openKey(store: CheckpointStore, key: string, options?: LeaseOptions | false) {
  const { holder = thisRun(), time = leaseTime } = options === false ? {} : (options ?? {});
  const inProcess = uses.get(store) ?? new Map<string, Use>();
  uses.set(store, inProcess);
  let own: Use | undefined;
  let begun: Promise<HeldLease | undefined> | undefined;
  let ending: Promise<void> | undefined;

  async function begin(): Promise<HeldLease | undefined> {
    for (let other = inProcess.get(key); other; other = inProcess.get(key)) {
      if (!other.ending) throw new LeaseError(key, other);
      await other.ending;
    }
    inProcess.set(
      key,
      (own = { holder: `another sink or loop of this process (${holder})`, since: Date.now(), ending }),
    );
    if (options === false || typeof store.lease !== 'function') return undefined;
    const asked = sinceNow();
    const lease = await called('checkpoint.lease', () => store.lease?.(key, holder, time));
    if (isLease(lease)) return holdLease(lease, key, time, asked);
    throw new LeaseError(key, lease ?? {});
  }

  async function release(last: Promise<unknown> | undefined): Promise<void> {
    await last?.catch(() => undefined);
    const lease = await begun?.catch(() => undefined);
    await lease?.release();
    if (own) inProcess.delete(key);
  }

  return {
    /** Begins the use, once. @throws LeaseError if another run uses the checkpoint; CallbackError */
    begin: () => (begun ??= begin()),
    end(last?: Promise<unknown>): Promise<void> {
      ending ??= release(last);
      if (own) own.ending = ending; // The next run of this process waits for it.
      return ending;
    },
  };
}

const isLease = (value: Lease | LeaseTaken | undefined): value is Lease =>
  typeof (value as Partial<Lease> | undefined)?.set === 'function';

type HeldLease = ReturnType<typeof holdLease>;

/** Renews a lease until it is released or lost. @param renewed milliseconds since it was taken */
function holdLease(lease: Lease, key: string, time: number, renewed: () => number) {
  let over = false;
  let lost: LeaseError | undefined;
  let timer: ReturnType<typeof setTimeout>;

  function judge(result: true | LeaseTaken): void {
    if (result === true) return;
    lost ??= new LeaseError(key, result, true);
    throw lost;
  }
  async function renew(): Promise<void> {
    if (lost) throw lost;
    const asked = sinceNow();
    judge(await called('checkpoint.lease', () => lease.renew()));
    renewed = asked;
  }
  function renewLater(): void {
    timer = setTimeout(
      () => {
        // A store that is away may be back for the next one; if it is not, a commit fails.
        const done = () => {
          if (!over && !lost) renewLater();
        };
        renew().then(done, done);
      },
      Math.min(time / 3, longestDelay),
    );
    (timer as { unref?(): void }).unref?.(); // In browsers a timer is a number.
  }
  renewLater();

  return {
    async check(): Promise<void> {
      if (lost || renewed() > (2 / 3) * time) await renew();
    },
    async set(text: string): Promise<void> {
      if (lost) throw lost;
      judge(await called('checkpoint.set', () => lease.set(text)));
    },
    async release(): Promise<void> {
      over = true;
      clearTimeout(timer);
      await called('checkpoint.lease', () => lease.release()).catch(() => undefined);
    },
  };
}

/** Measures time from now, also while the process is stopped (one clock) or the machine asleep (the other). */
function sinceNow(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall);
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
  // With `sync`, each run asks for what is new.
  if (whenDone === 'continue' && resume.sync !== undefined) return resume;
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
    /** Opened for this consumer, which closes it. */
    readonly checkpoint: OpenCheckpoint | undefined;
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
