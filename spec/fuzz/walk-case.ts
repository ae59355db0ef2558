import { Random } from './random.js';

export const strategies = [
  'pageNumber', 'offset', 'cursor', 'keyset', 'nextUrl', 'linkHeader', 'relay', 'contentRange',
] as const; // prettier-ignore
export type StrategyName = (typeof strategies)[number];

/** Where a strategy can write its parameters. */
export const placements = {
  pageNumber: ['query', 'body', 'form', 'headers', 'path'],
  offset: ['query', 'body', 'form', 'headers', 'path'],
  cursor: ['query', 'body', 'form', 'headers', 'path'],
  keyset: ['query', 'body', 'form', 'headers', 'path'],
  nextUrl: ['query'],
  linkHeader: ['query'],
  relay: ['variables'],
  contentRange: ['headers'],
} as const satisfies Record<StrategyName, readonly string[]>;
export type PlacementName = (typeof placements)[StrategyName][number];

export const transports = ['memory', 'cross-fetch', 'fetch', 'undici'] as const;
export const consumers = ['subscribe', 'loop', 'eachPage', 'ndjson', 'json', 'csv', 'both'] as const;
export const faultKinds = ['503', '500', '429', '422', 'heavy', 'reset', 'cut', 'html', 'slow', 'hang'] as const;

/** What goes wrong with each page that holds an item. */
export interface Fault {
  /** Index of the item in the list. */
  readonly item: number;
  readonly kind: (typeof faultKinds)[number];
  /** How many requests of one run fail. */
  readonly times: number;
  /** In how many runs, from the first one. */
  readonly runs: number;
  /** heavy: the most items that a page may hold; slow: milliseconds. */
  readonly n: number;
}

/** How one run is stopped from outside. */
export interface Stop {
  /** After how many of its pages. */
  readonly pages: number;
  /** kill: as by a crash, with whatever the files hold at that moment. */
  readonly how: 'leave' | 'abort' | 'kill' | 'until';
}

/** One job: its API, how it is walked, and what goes wrong. All of it is in this object, so it can be run again. */
export interface WalkCase {
  readonly strategy: StrategyName;
  readonly placement: PlacementName;
  readonly transport: (typeof transports)[number];
  /** In the list of the API. */
  readonly items: number;
  /** That the walk requests in a page, and the most that the server gives. */
  readonly size: number;
  readonly cap: number;
  readonly end: 'empty' | 'total' | 'hasMore' | 'totalPages';
  readonly concurrency: number;
  readonly adaptiveSize: boolean;
  /** `skipFailedPages.max`; 0: none. */
  readonly skip: number;
  readonly gaps: 'retry' | 'keep';
  readonly retries: number;
  /** Milliseconds, in memory only; 0: none. */
  readonly totalTimeout: number;
  readonly throttle: boolean;
  /** Milliseconds until an answer, in memory; 0: within the call. */
  readonly latency: number;
  /** Milliseconds that the consumer works on a page, in memory. */
  readonly work: number;
  readonly consumer: (typeof consumers)[number];
  readonly carry: 'token' | 'checkpoint';
  readonly prefetch: number;
  readonly stops: readonly Stop[];
  readonly faults: readonly Fault[];
}

const guesses = (strategy: StrategyName): boolean => strategy === 'pageNumber' || strategy === 'offset';
const hasSize = (strategy: StrategyName): boolean => !['nextUrl', 'linkHeader', 'contentRange'].includes(strategy);
export const isSink = ({ consumer }: Pick<WalkCase, 'consumer'>): boolean =>
  ['ndjson', 'json', 'csv', 'both'].includes(consumer);

/** The case of a seed. */
export function caseOf(seed: number): WalkCase {
  const random = new Random(seed);
  const strategy = random.pick(strategies);
  const items = random.whole(0, 40);
  const size = random.whole(1, 9);
  const transport = random.chance(0.7) ? 'memory' : random.pick(transports.slice(1));
  const consumer = random.chance(0.4) ? 'subscribe' : random.pick(consumers); // Files take the most time.
  const fault = (): Fault => ({
    item: random.whole(0, Math.max(0, items - 1)),
    kind: random.pick(faultKinds),
    times: random.chance(0.5) ? random.whole(1, 3) : 1000,
    runs: random.pick([1, 1, 2, 3, 1000]),
    n: random.whole(1, size),
  });
  const stop = (): Stop => ({ pages: random.whole(1, 6), how: random.pick(['leave', 'abort', 'kill', 'until']) });
  return legal({
    strategy,
    placement: random.pick(placements[strategy]),
    transport,
    items,
    size,
    cap: random.chance(0.3) ? random.whole(1, size) : size,
    end: random.pick(['empty', 'total', 'hasMore', 'totalPages']),
    concurrency: random.chance(0.4) ? random.whole(2, 5) : 1,
    adaptiveSize: random.chance(0.3),
    skip: random.chance(0.5) ? random.whole(1, 3) : 0,
    gaps: random.chance(0.85) ? 'retry' : 'keep',
    retries: random.pick([0, 1, 2, 3, 40]),
    totalTimeout: random.chance(0.25) ? random.pick([20, 200, 2000]) : 0,
    throttle: random.chance(0.15),
    latency: random.pick([0, 1, 10]),
    work: random.pick([0, 0, 50, 500]),
    consumer,
    carry: random.chance(0.5) ? 'token' : 'checkpoint',
    prefetch: random.chance(0.2) ? random.whole(1, 3) : 0,
    stops: Array.from({ length: random.pick([0, 0, 1, 2]) }, stop),
    faults: Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, fault),
  });
}

/** The same case without combinations that the library refuses. */
export function legal(one: WalkCase): WalkCase {
  const { strategy, consumer } = one;
  const inMemory = one.transport === 'memory';
  const carry = isSink(one) ? 'checkpoint' : consumer === 'subscribe' ? 'token' : one.carry;
  return {
    ...one,
    carry,
    end:
      strategy === 'pageNumber' || (strategy === 'offset' && one.end !== 'totalPages')
        ? one.end
        : strategy === 'keyset'
          ? one.end === 'hasMore' ? 'hasMore' : 'empty'
          : 'empty', // prettier-ignore
    skip: guesses(strategy) ? one.skip : 0,
    adaptiveSize: hasSize(strategy) && one.adaptiveSize,
    prefetch: consumer === 'loop' ? one.prefetch : 0,
    totalTimeout: inMemory ? one.totalTimeout : 0,
    latency: inMemory ? one.latency : 0,
    work: inMemory && (consumer === 'loop' || consumer === 'eachPage') ? one.work : 0,
    throttle: inMemory && one.throttle,
    stops: one.stops.map(({ pages, how }) => ({ pages, how: how === 'kill' && !isSink(one) ? 'leave' : how })),
  };
}

const replaced = <T>(list: readonly T[], at: number, by: T): T[] => list.map((one, i) => (i === at ? by : one));

/** Cases that are simpler than this one, the simplest first. */
export function* simpler(one: WalkCase): Generator<WalkCase> {
  const but = (change: Partial<WalkCase>) => legal({ ...one, ...change });
  for (const at of one.faults.keys()) yield but({ faults: one.faults.filter((_, i) => i !== at) });
  for (const at of one.stops.keys()) yield but({ stops: one.stops.filter((_, i) => i !== at) });
  yield but({ transport: 'memory' });
  yield but({ consumer: 'subscribe' });
  yield but({ consumer: 'ndjson' });
  yield but({ concurrency: 1 });
  yield but({ concurrency: 2 });
  yield but({ adaptiveSize: false });
  yield but({ skip: 0 });
  yield but({ skip: 1 });
  yield but({ gaps: 'retry' });
  yield but({ totalTimeout: 0 });
  yield but({ throttle: false });
  yield but({ prefetch: 0 });
  yield but({ latency: 0 });
  yield but({ work: 0 });
  yield but({ retries: 0 });
  yield but({ placement: placements[one.strategy][0] });
  yield but({ strategy: 'offset', placement: 'query' });
  yield but({ end: 'empty' });
  yield but({ cap: one.size });
  for (const items of [Math.floor(one.items / 2), one.items - 1]) {
    const inside = one.faults.map((fault) => ({ ...fault, item: Math.min(fault.item, items - 1) }));
    if (items > 0) yield but({ items, faults: inside });
  }
  for (const size of [Math.ceil(one.size / 2), one.size - 1])
    if (size > 0) yield but({ size, cap: Math.min(one.cap, size) });
  for (const [at, fault] of one.faults.entries()) {
    const with_ = (change: Partial<Fault>) => but({ faults: replaced(one.faults, at, { ...fault, ...change }) });
    if (fault.kind !== '422') yield with_({ kind: '422' });
    if (fault.times > 1) yield with_({ times: 1 });
    if (fault.runs > 1) yield with_({ runs: fault.runs - 1 > 9 ? 2 : fault.runs - 1 });
    if (fault.item > 0) yield with_({ item: fault.item - 1 });
    if (fault.n > 1) yield with_({ n: fault.n - 1 });
  }
  for (const [at, stop] of one.stops.entries()) {
    if (stop.how !== 'leave') yield but({ stops: replaced(one.stops, at, { ...stop, how: 'leave' }) });
    if (stop.pages > 1) yield but({ stops: replaced(one.stops, at, { ...stop, pages: stop.pages - 1 }) });
  }
}
