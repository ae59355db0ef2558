import { pageEnds, type RunRecord, unknown } from './run-record.js';

/** Milliseconds within which that share of the values is (nearest rank). */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly most: number;
}

/** What a run took, as figures. Times are milliseconds. */
export interface Figures {
  /** Of the attempts that a page came from. */
  readonly latency: Percentiles | null;
  /** Of these, until the head of the answer, and from there to its last byte; `null` if the transport reports no head. */
  readonly firstByte: Percentiles | null;
  readonly body: Percentiles | null;
  /** Of the latency: `count` attempts took `from` milliseconds or more, and less than `to`. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  /** Attempts by status, the most frequent first. Without an answer: the error's name, or `cancelled`. */
  readonly statuses: readonly (readonly [status: string, attempts: number])[];
  /** How many connections carried a first request, and how many requests came after one on the same connection. */
  readonly connections: { readonly opened: number; readonly reused: number } | null;
  /** What the API said of its rate limit: times, requests that it still allowed, and out of how many. */
  readonly headroom: {
    readonly points: readonly (readonly [at: number, remaining: number])[];
    readonly lowest: number;
    readonly limit: number | null;
  } | null;
  /** Where the time went; each moment counts once. `rest`: neither a request nor a wait, such as your own code. */
  readonly times: {
    readonly requests: number;
    readonly retries: number;
    readonly throttle: number;
    readonly rest: number;
  };
  /** The largest number of attempts in flight at the same time. */
  readonly inFlight: number;
  /** The number of items that most pages have. */
  readonly usualItems: number | null;
  /** Rows of `pages`. */
  readonly groups: Readonly<Record<Group, readonly number[]>>;
}

/**
 * - `failed`: skipped, or its last attempt failed; `retried`: more than one attempt
 * - `slow`: among the slowest 5 %, and it took at least twice the median
 * - `empty`, `short`: no items; fewer than usual, but not on the last page
 * - `duplicate`: the items of an earlier page, or emitted before
 */
export const groupNames = ['failed', 'retried', 'slow', 'empty', 'short', 'duplicate'] as const;
export type Group = (typeof groupNames)[number];

export function figuresOf(record: RunRecord): Figures {
  const { attempts, pages, waits, duration } = record;
  const rows = Array.from({ length: attempts.length }, (_, row) => row);
  const startOf = (row: number) => attempts.get('start', row);
  const endOf = (row: number) => startOf(row) + record.msOf(attempts, row);
  const good = rows.filter((row) => attempts.get('failure', row) === 0);
  const heard = good.filter((row) => attempts.get('head', row) !== unknown);
  const headOf = (row: number) => Math.min(attempts.get('head', row), attempts.get('ms', row));
  const latencies = good.map((row) => attempts.get('ms', row));
  const asked: Interval[] = rows.map((row) => [startOf(row), endOf(row)]);
  const held = (isCounted: (reason: string) => boolean): Interval[] =>
    waits.filter(({ reason }) => isCounted(reason)).map(({ at, ms }) => [at, Math.min(at + ms, duration)]);
  const requests = covered(asked);
  const withRetries = covered([...asked, ...held((reason) => reason !== 'throttle')]);
  const withThrottle = covered([...asked, ...held(() => true)]);
  const usualItems = usual(record);
  return {
    latency: percentiles(latencies),
    firstByte: percentiles(heard.map(headOf)),
    body: percentiles(heard.map((row) => attempts.get('ms', row) - headOf(row))),
    histogram: histogram(latencies),
    statuses: statuses(record),
    connections: record.connections?.() ?? null,
    headroom: headroomOf(record),
    times: {
      requests,
      retries: withRetries - requests,
      throttle: withThrottle - withRetries,
      rest: Math.max(0, duration - withThrottle),
    },
    inFlight: mostAtOnce(asked),
    usualItems,
    groups: groupsOf(record, usualItems, pages.length),
  };
}

/** Nearest rank: the smallest value that is not below that share of the values. */
export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;

function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => percentile(sorted, share);
  return { count: values.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), most: at(1) };
}

/** Bounds in steps of 1, 2, 5, 10, …, since times of requests spread over magnitudes. */
function histogram(values: readonly number[]): Figures['histogram'] {
  if (values.length === 0) return [];
  const sorted = Float64Array.from(values).sort();
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  const bins: { from: number; to: number; count: number }[] = [];
  let at = 0;
  for (let from = floor125(Math.max(least, 0.1)); from <= Math.max(most, 0.1); from = next125(from)) {
    const bin = { from: bins.length === 0 ? Math.min(from, least) : from, to: next125(from), count: 0 };
    for (; at < sorted.length && (sorted[at] ?? 0) < bin.to; at++) bin.count++;
    bins.push(bin);
  }
  return bins;
}

const steps = [1, 2, 5];
const rounded = (value: number): number => Number(value.toPrecision(3));

function floor125(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return rounded(Math.max(...steps.map((step) => rounded(step * unit)).filter((bound) => bound <= value), unit));
}

const next125 = (bound: number): number => rounded(bound * (/^[^1-9]*2/.test(bound.toExponential()) ? 2.5 : 2));

function statuses({ attempts, failures }: RunRecord): Figures['statuses'] {
  const counts = new Map<string, number>();
  for (let row = 0; row < attempts.length; row++) {
    const status = attempts.get('status', row);
    const failure = failures.all[attempts.get('failure', row)]?.name ?? '';
    const name = status > 0 ? String(status) : failure === '' ? 'answered' : failure;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** At most this many points are kept; of those between them, the lowest. */
const mostPoints = 500;

function headroomOf({ attempts }: RunRecord): Figures['headroom'] {
  const rows = Array.from({ length: attempts.length }, (_, row) => row).filter(
    (row) => attempts.get('remaining', row) !== unknown,
  );
  if (rows.length === 0) return null;
  const all = rows
    .map((row) => [attempts.get('start', row) + attempts.get('ms', row), attempts.get('remaining', row)] as const)
    .sort((a, b) => a[0] - b[0]);
  const width = Math.ceil(all.length / mostPoints);
  const points = Array.from({ length: Math.ceil(all.length / width) }, (_, i) =>
    all.slice(i * width, (i + 1) * width).reduce((low, point) => (point[1] < low[1] ? point : low)),
  );
  const limit = rows.reduce((most, row) => Math.max(most, attempts.get('limit', row)), unknown);
  return {
    points,
    lowest: all.reduce((low, [, remaining]) => Math.min(low, remaining), Infinity),
    limit: limit === unknown ? null : limit,
  };
}

type Interval = readonly [from: number, to: number];

/** The time that intervals cover; overlaps count once. */
function covered(intervals: readonly Interval[]): number {
  let sum = 0;
  let end = -Infinity;
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

function mostAtOnce(intervals: readonly Interval[]): number {
  const changes = intervals.flatMap(([from, to]) => [[from, 1] as const, [to, -1] as const]);
  let now = 0;
  let most = 0;
  for (const [, change] of changes.sort((a, b) => a[0] - b[0] || a[1] - b[1])) most = Math.max(most, (now += change));
  return most;
}

const emitted = ({ pages }: RunRecord): readonly number[] =>
  Array.from({ length: pages.length }, (_, row) => row).filter((row) => pages.get('end', row) === pageEnds.page);

/** The most frequent number of items; of several, the largest. */
function usual(record: RunRecord): number | null {
  const counts = new Map<number, number>();
  for (const row of emitted(record)) {
    const items = record.pages.get('items', row);
    if (items > 0) counts.set(items, (counts.get(items) ?? 0) + 1);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return best?.[0] ?? null;
}

function groupsOf(record: RunRecord, usualItems: number | null, count: number): Figures['groups'] {
  const { attempts, pages } = record;
  const tries = new Uint32Array(count);
  const time = new Float64Array(count);
  const lastFailed = new Uint8Array(count);
  for (let row = 0; row < attempts.length; row++) {
    const page = attempts.get('page', row);
    tries[page] = (tries[page] ?? 0) + 1;
    const end = attempts.get('start', row) + record.msOf(attempts, row);
    time[page] = Math.max(time[page] ?? 0, end - pages.get('start', page));
    lastFailed[page] = attempts.get('failure', row) > 1 ? 1 : 0;
  }
  const came = emitted(record);
  const sorted = Float64Array.from(came, (row) => time[row] ?? 0).sort();
  const [median, slow] = [percentile(sorted, 0.5), percentile(sorted, 0.95)];
  const lastIndex = came.reduce((most, row) => Math.max(most, pages.get('index', row)), -1);
  const groups: Record<Group, number[]> = { failed: [], retried: [], slow: [], empty: [], short: [], duplicate: [] };
  const seen = new Set<number>();
  for (let row = 0; row < count; row++) {
    const [index, items] = [pages.get('index', row), pages.get('items', row)];
    const isPage = pages.get('end', row) === pageEnds.page;
    if (pages.get('end', row) === pageEnds.gap || (!isPage && lastFailed[row] === 1)) groups.failed.push(row);
    if ((tries[row] ?? 0) > 1) groups.retried.push(row);
    if (!isPage) continue;
    const ms = time[row] ?? 0;
    if (ms > slow && ms >= 2 * median) groups.slow.push(row);
    if (items === 0) groups.empty.push(row);
    else if (usualItems !== null && items < usualItems && index !== lastIndex) groups.short.push(row);
    if (pages.get('same', row) !== unknown || seen.has(index)) groups.duplicate.push(row);
    seen.add(index);
  }
  return groups;
}
