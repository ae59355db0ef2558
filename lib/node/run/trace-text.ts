import type { RecordedWalk } from './report/report-data.js';
import { pageEnds, type RunRecord, unknown } from './run-record.js';

const outcomes: Readonly<Record<number, string>> = {
  [pageEnds.none]: 'cancelled or failed',
  [pageEnds.page]: 'page',
  [pageEnds.gap]: 'skipped',
};

/** Number of the first thread that shows waits. */
const waitsFrom = 1000;

/**
 * Walks in Chrome's trace-event format, for Perfetto and chrome://tracing, in pieces: each is a process, with a thread
 * for each lane of pages, with the attempts at each page, threads for waits, and a counter of items.
 */
export function* traceText(walks: readonly RecordedWalk[]): Generator<string> {
  const began = Math.min(...walks.map(({ record }) => record.startedAt));
  yield '{"displayTimeUnit":"ms","traceEvents":[\n';
  let comma = '';
  for (const [at, { record, label }] of walks.entries()) {
    const offset = us(record.startedAt - began);
    const event = (fields: TraceFields): string => {
      const later = fields.ts === undefined ? {} : { ts: fields.ts + offset };
      const text = `${comma}${JSON.stringify({ pid: at + 1, ...fields, ...later })}`;
      comma = ',\n';
      return text;
    };
    yield* eventsOf(record, label === undefined ? 'pagewise' : `pagewise ${label}`, event);
  }
  yield '\n]}\n';
}

type ToEvent = (fields: TraceFields) => string;

interface TraceFields {
  readonly ph: string;
  readonly ts?: number;
  readonly [name: string]: unknown;
}

function* eventsOf(record: RunRecord, name: string, event: ToEvent): Generator<string> {
  const thread = (tid: number, name: string): string =>
    event({ ph: 'M', name: 'thread_name', tid, args: { name } }) +
    event({ ph: 'M', name: 'thread_sort_index', tid, args: { sort_index: tid } });
  yield event({ ph: 'M', name: 'process_name', tid: 0, args: { name } });

  const { pages, attempts, waits } = record;
  const starts = pages.column('start');
  const lanes = new Map<number, number>();
  const named = new Set<number>();
  for (const { row, lane } of inLanes(
    starts,
    starts.map((start, row) => start + record.msOf(pages, row)),
  )) {
    const tid = lane + 1;
    if (!named.has(tid)) yield thread(tid, `lane ${tid}`);
    named.add(tid);
    lanes.set(row, tid);
  }
  for (const [row, tid] of lanes) {
    const number = pages.get('index', row) + 1;
    const items = pages.get('items', row);
    const args = {
      page: number,
      ended: outcomes[pages.get('end', row)],
      ...(items === unknown ? {} : { items }),
    };
    const at = lasting(pages.get('start', row), record.msOf(pages, row));
    yield event({ ph: 'X', cat: 'page', name: `page ${number}`, tid, ...at, args });
  }
  for (let row = 0; row < attempts.length; row++) {
    const request = record.requests.all[attempts.get('request', row)];
    const failure = record.failures.all[attempts.get('failure', row)];
    const [status, bytes] = [attempts.get('status', row), attempts.get('bytes', row)];
    const args = {
      attempt: attempts.get('attempt', row),
      ...(failure?.name === 'cancelled' || !request ? {} : { method: request.method, url: request.url }),
      ...(status === 0 ? {} : { status }),
      ...(bytes === unknown ? {} : { bytes }),
      ...(failure === undefined || failure.name === '' ? {} : { error: failure.name, message: failure.message }),
    };
    const name = failure?.name === '' ? String(status === 0 ? 'answer' : status) : (failure?.name ?? 'answer');
    yield event({
      ph: 'X',
      cat: 'request',
      name,
      tid: lanes.get(attempts.get('page', row)) ?? 0,
      ...lasting(attempts.get('start', row), record.msOf(attempts, row)),
      args,
    });
  }

  const ends = waits.map(({ at, ms }) => Math.min(at + ms, record.duration));
  for (const { row, lane } of inLanes(
    waits.map(({ at }) => at),
    ends,
  )) {
    const wait = waits[row];
    if (!wait) continue;
    const tid = waitsFrom + lane;
    if (!named.has(tid)) yield thread(tid, `waits ${lane + 1}`);
    named.add(tid);
    const { at, ms, reason, error } = wait;
    const args = { ms, ...(error === undefined ? {} : { error }) };
    yield event({ ph: 'X', cat: 'wait', name: reason, tid, ...lasting(at, (ends[row] ?? at) - at), args });
  }
  yield* items(record, event);
  for (const { at, message } of record.notices)
    yield event({ ph: 'i', cat: 'notice', name: message, tid: 1, ts: us(at), s: 'p' });
  if (record.end)
    yield event({ ph: 'i', cat: 'end', name: `end: ${record.end.reason}`, tid: 1, ts: us(record.duration), s: 'p' });
}

function* items({ pages }: RunRecord, event: ToEvent): Generator<string> {
  let sum = 0;
  for (let row = 0; row < pages.length; row++) {
    if (pages.get('end', row) !== pageEnds.page) continue;
    sum += pages.get('items', row);
    const ts = us(pages.get('start', row) + pages.get('ms', row));
    yield event({ ph: 'C', name: 'items', tid: 0, ts, args: { items: sum } });
  }
}

const us = (ms: number): number => Math.round(ms * 1000);

/** In whole microseconds. Both ends are rounded, so that nested intervals stay nested. */
const lasting = (start: number, ms: number) => ({ ts: us(start), dur: us(start + ms) - us(start) });

/** An interval and its lane. Intervals in one lane don't overlap. */
interface InLane {
  readonly row: number;
  readonly lane: number;
}

/** Puts intervals into as few lanes as possible, in the order of their starts. `ends[i]` belongs to `starts[i]`. */
function inLanes(starts: readonly number[], ends: readonly number[]): InLane[] {
  const free: number[] = []; // When each lane is free again.
  const order = starts.map((_, row) => row).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  return order.map((row) => {
    const start = starts[row] ?? 0;
    const found = free.findIndex((at) => at <= start);
    const lane = found === -1 ? free.length : found;
    free[lane] = ends[row] ?? start;
    return { row, lane };
  });
}
