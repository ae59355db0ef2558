import { isPagewiseError } from '../../../errors.js';
import { adviceOf } from '../advice.js';
import { type Figures, figuresOf } from '../figures.js';
import { failureOf, type RunRecord } from '../run-record.js';

/** What a person wants to know of a run that its events do not say: `{ Output: 'orders.csv', Rows: 1200 }`. */
export type About = Readonly<Record<string, string | number>>;

/** One walk of a report. */
export interface RecordedWalk {
  readonly label: string | undefined;
  readonly record: RunRecord;
  readonly about: About;
}

/** The machine's form of a report. Times are milliseconds since `startedAt`; -1 stands for an unknown number. */
export interface ReportData {
  readonly format: 'pagewise-report';
  readonly v: 1;
  /** Versions of Pagewise and of Node. */
  readonly version: string;
  readonly node: string;
  readonly timeZone: string;
  readonly runs: readonly RunData[];
}

/** One walk. `attempts`, `pages` and so on are stored by column. */
export interface RunData {
  readonly label: string | null;
  readonly about: About;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly duration: number;
  readonly request: { readonly method: string; readonly url: string | undefined } | null;
  readonly sums: RunRecord['sums'];
  readonly end: {
    readonly reason: string;
    readonly total: number | null;
    readonly received: number;
    readonly error?: {
      readonly name: string;
      readonly message: string;
      readonly detail?: string;
      readonly pageIndex?: number;
    };
  } | null;
  readonly advice: string | null;
  readonly figures: Figures;
  readonly attempts: Readonly<
    Record<'page' | 'start' | 'ms' | 'head' | 'status' | 'bytes' | 'failure', readonly number[]>
  >;
  readonly pages: Readonly<Record<'index' | 'start' | 'ms' | 'items' | 'end' | 'same', readonly number[]>>;
  readonly waits: readonly (readonly [at: number, ms: number, reason: string, error: string])[];
  readonly failures: readonly (readonly [name: string, message: string])[];
  readonly gaps: readonly (readonly [pageIndex: number, name: string, message: string])[];
  readonly notices: readonly (readonly [at: number, message: string])[];
}

export const reportData = (walks: readonly RecordedWalk[], version: string): ReportData => ({
  format: 'pagewise-report',
  v: 1,
  version,
  node: process.version,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  runs: walks.map(runData),
});

function runData({ label, record, about }: RecordedWalk): RunData {
  const { attempts, pages, waits, gaps, notices, failures, requests, end, sums } = record;
  const ms = (columns: typeof attempts | typeof pages) =>
    Array.from({ length: columns.length }, (_, row) => hundredths(record.msOf(columns, row)));
  const figures = figuresOf(record);
  const [first] = requests.all;
  return {
    label: label ?? null,
    about,
    startedAt: record.startedAt,
    duration: hundredths(record.duration),
    request: first ? { method: first.method, url: first.url } : null,
    sums,
    end: end
      ? { reason: end.reason, total: end.total ?? null, received: end.received, ...(end.error && { error: errorData(end.error) }) }
      : null,
    advice: adviceOf(record, figures) ?? null,
    figures,
    attempts: {
      page: attempts.column('page'),
      start: attempts.column('start').map(hundredths),
      ms: ms(attempts),
      head: attempts.column('head').map(hundredths),
      status: attempts.column('status'),
      bytes: attempts.column('bytes'),
      failure: attempts.column('failure'),
    },
    pages: {
      index: pages.column('index'),
      start: pages.column('start').map(hundredths),
      ms: ms(pages),
      items: pages.column('items'),
      end: pages.column('end'),
      same: pages.column('same'),
    },
    waits: waits.map(({ at, ms, reason, error }) => [hundredths(at), hundredths(ms), reason, error ?? '']),
    failures: failures.all.map(({ name, message }) => [name, message]),
    gaps: gaps.map(({ pageIndex, name, message }) => [pageIndex, name, message]),
    notices: notices.map(({ at, message }) => [hundredths(at), message]),
  }; // prettier-ignore
}

/** With what the API says apart, and where it happened. */
function errorData(error: unknown): NonNullable<NonNullable<RunData['end']>['error']> {
  const failure = failureOf(error);
  if (!isPagewiseError(error)) return failure;
  const { detail, pageIndex } = error as { detail?: string | undefined; pageIndex?: number | undefined };
  return { ...failure, ...(detail === undefined ? {} : { detail }), ...(pageIndex === undefined ? {} : { pageIndex }) };
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100;
