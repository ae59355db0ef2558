// What is drawn of a walk: shapes in milliseconds and rows, from its events alone.
import type { Entry } from './walk.js';

export interface RequestShape {
  readonly kind: 'request';
  readonly row: number;
  readonly from: number;
  /** `undefined` while it is under way. */
  readonly to: number | undefined;
  readonly page: number;
  readonly attempt: number;
  readonly outcome: 'open' | 'answered' | 'failed' | 'cancelled';
  /** The status or why there is none, if it failed. */
  readonly label: string;
}

export interface WaitShape {
  readonly kind: 'wait';
  readonly row: number;
  readonly from: number;
  readonly to: number | undefined;
  readonly page: number;
  readonly reason: 'retry' | 'throttle';
}

/** The loop's work on a page. */
export interface WorkShape {
  readonly from: number;
  readonly to: number;
  readonly page: number;
}

export interface MarkShape {
  readonly kind: 'page' | 'gap' | 'end';
  readonly at: number;
  readonly label: string;
}

export interface Lanes {
  /** Rows that are needed: as many as pages were in progress at the same time. */
  readonly rows: number;
  readonly spans: readonly (RequestShape | WaitShape)[];
  readonly marks: readonly MarkShape[];
  readonly work: readonly WorkShape[];
}

type Open<Shape> = { -readonly [Name in keyof Shape]: Shape[Name] };

export function lanesOf(log: readonly Entry[]): Lanes {
  const spans: (Open<RequestShape> | Open<WaitShape>)[] = [];
  const marks: MarkShape[] = [];
  const work: WorkShape[] = [];
  /** The row of each page in progress, and the span in it that is not over. */
  const rows = new Map<number, number>();
  const open = new Map<number, Open<RequestShape> | Open<WaitShape>>();
  let most = 0;

  function rowOf(page: number): number {
    const known = rows.get(page);
    if (known !== undefined) return known;
    const taken = new Set(rows.values());
    let row = 0;
    while (taken.has(row)) row++;
    rows.set(page, row);
    most = Math.max(most, row + 1);
    return row;
  }
  function close(page: number, at: number): void {
    const span = open.get(page);
    if (span === undefined) return;
    span.to = at;
    if (span.kind === 'request') span.outcome = 'cancelled';
    open.delete(page);
  }
  function begin(span: Open<RequestShape> | Open<WaitShape>): void {
    close(span.page, span.from);
    open.set(span.page, span);
    spans.push(span);
  }

  for (const entry of log) {
    const { at } = entry;
    switch (entry.type) {
      case 'request': {
        const { page, attempt } = entry;
        begin({
          kind: 'request',
          row: rowOf(page),
          from: at,
          to: undefined,
          page,
          attempt,
          outcome: 'open',
          label: '',
        });
        break;
      }
      case 'response': {
        const { page, status, problem } = entry;
        const span = open.get(page);
        if (span?.kind !== 'request') break;
        Object.assign(span, { to: at, outcome: problem === undefined ? 'answered' : 'failed' });
        if (problem !== undefined) span.label = status === undefined || status === 200 ? 'unreadable' : String(status);
        open.delete(page);
        if (problem === undefined) rows.delete(page);
        break;
      }
      case 'wait':
        begin({
          kind: 'wait',
          row: rowOf(entry.page),
          from: at,
          to: undefined,
          page: entry.page,
          reason: entry.reason,
        });
        break;
      case 'page':
      case 'gap':
        // A hand-written walk goes on after a failure that it did not see.
        rows.delete(entry.page);
        marks.push({ kind: entry.type, at, label: String(entry.page + 1) });
        break;
      case 'work':
        work.push({ from: at, to: at + entry.ms, page: entry.page });
        break;
      case 'end':
        for (const page of [...open.keys()]) close(page, at);
        marks.push({ kind: 'end', at, label: entry.problem === undefined ? entry.reason : 'error' });
        break;
      case 'notice':
    }
  }
  return { rows: most, spans, marks, work };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** An event in words, for the log of the page. */
export function sayEntry(entry: Entry): string {
  const at = seconds(entry.at);
  const page = 'page' in entry ? `page ${entry.page + 1}` : '';
  switch (entry.type) {
    case 'request':
      return `${at}: ${page} is requested${entry.attempt > 1 ? `, attempt ${entry.attempt}` : ''}`;
    case 'response':
      return entry.problem === undefined ? `${at}: ${page} is answered` : `${at}: ${page} fails: ${entry.problem}`;
    case 'wait':
      return `${at}: ${page} waits ${entry.reason === 'retry' ? `${seconds(entry.ms)} for its next attempt` : 'for its turn'}`;
    case 'page':
      return `${at}: ${page} arrives, ${entry.items} items`;
    case 'work':
      return `${at}: the loop takes ${page} and works for ${seconds(entry.ms)}`;
    case 'gap':
      return `${at}: ${page} is skipped: ${entry.problem}`;
    case 'notice':
      return `${at}: notice: ${entry.message}`;
    case 'end':
      return `${at}: the end: ${entry.problem ?? ends[entry.reason] ?? entry.reason}`;
  }
}

const ends: Readonly<Record<string, string>> = {
  'last-page': 'the API said that this was the last page',
  unsubscribed: 'enough pages were taken',
  complete: 'the stream completes, without an error',
};
