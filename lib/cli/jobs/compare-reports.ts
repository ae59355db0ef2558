import { readFileSync } from 'node:fs';
import type { ReportData, RunData } from '../../node/run/report/report-data.js';
import { UsageError } from '../flags/arguments.js';
import { codeOf } from '../output/job-output.js';
import { visibleLines } from '../terminal/say.js';

/** Prints two reports of --report side by side, walk by walk. @returns the exit code. @throws UsageError */
export function compareReports([a, b]: readonly [string, string]): number {
  const [before, after] = [readReport(a), readReport(b)];
  process.stdout.write(visibleLines(comparison([a, before], [b, after])));
  return 0;
}

type Named = readonly [name: string, report: ReportData];

/** @returns lines; `change` is how much more the second report has than the first */
export function comparison([a, before]: Named, [b, after]: Named): readonly string[] {
  const pairs = pairsOf(before.runs, after.runs);
  const alone = (runs: readonly RunData[], others: readonly (RunData | undefined)[], name: string) =>
    runs
      .filter((run) => !others.includes(run))
      .map((run) => `only in ${name}: ${run.label ?? 'a walk without a name'}`);
  const lines = pairs.flatMap(([x, y], at) => [
    ...(at === 0 ? [] : ['']),
    ...(pairs.length === 1 ? [] : [`${x.label ?? `walk ${at + 1}`}:`]),
    ...table([['', a, b, 'change'], ...figuresOf(x, y)]),
    ...difference(x, y),
  ]);
  return [...lines, ...alone(before.runs, pairs.map(([run]) => run), a), ...alone(after.runs, pairs.map(([, run]) => run), b)]; // prettier-ignore
}

/** Walks by their names; two reports of one walk each are compared whatever the names are. */
function pairsOf(before: readonly RunData[], after: readonly RunData[]): readonly (readonly [RunData, RunData])[] {
  const [first, second] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && first && second) return [[first, second]];
  const left = [...after];
  return before.flatMap((run) => {
    const at = left.findIndex(({ label }) => label === run.label);
    const [found] = at === -1 ? [] : left.splice(at, 1);
    return found ? [[run, found] as const] : [];
  });
}

type Row = readonly [name: string, before: string, after: string, change: string];

function figuresOf(before: RunData, after: RunData): readonly Row[] {
  const row = (
    name: string,
    of: (run: RunData) => number | undefined,
    shown: (n: number) => string,
  ): readonly Row[] => {
    const [x, y] = [of(before), of(after)];
    if (x === undefined && y === undefined) return [];
    return [[name, x === undefined ? '–' : shown(x), y === undefined ? '–' : shown(y), changeOf(x, y)]];
  };
  const perSecond = (n: number, { duration }: RunData) => (duration === 0 ? undefined : (n / duration) * 1000);
  const statuses = [...new Set([before, after].flatMap(({ figures }) => figures.statuses.map(([status]) => status)))];
  const attempts = (status: string) => ({ figures }: RunData) => figures.statuses.find(([name]) => name === status)?.[1] ?? 0; // prettier-ignore
  return [
    ['ended', endOf(before), endOf(after), ''],
    ...row('time', ({ duration }) => duration, ms),
    ...row('pages', ({ sums }) => sums.pages, whole),
    ...row('items', ({ sums }) => sums.items, whole),
    ...row('items/s', (run) => perSecond(run.sums.items, run), oneDigit),
    ...row('requests', ({ sums }) => sums.attempts, whole),
    ...row('requests/s', (run) => perSecond(run.sums.attempts, run), oneDigit),
    ...row('retries', ({ sums }) => sums.retries, whole),
    ...row('skipped pages', ({ sums }) => sums.gaps, whole),
    ...row('bytes', ({ sums }) => sums.bytes, whole),
    ...row('latency, 50%', ({ figures }) => figures.latency?.p50, ms),
    ...row('latency, 90%', ({ figures }) => figures.latency?.p90, ms),
    ...row('latency, 99%', ({ figures }) => figures.latency?.p99, ms),
    ...row('first byte, 50%', ({ figures }) => figures.firstByte?.p50, ms),
    ...row('body, 50%', ({ figures }) => figures.body?.p50, ms),
    ...times.flatMap(([name, of]) => row(name, of, ms)),
    ...row('connections', ({ figures }) => figures.connections?.opened, whole),
    ...row('lowest rate limit left', ({ figures }) => figures.headroom?.lowest, whole),
    ...statuses.flatMap((status) => row(`answered ${status}`.replace(/^answered (?=\D)/, ''), attempts(status), whole)),
  ];
}

const times: readonly (readonly [name: string, of: (run: RunData) => number])[] = [
  ['requests in flight', ({ figures }) => figures.times.requests],
  ['waits for retries', ({ figures }) => figures.times.retries],
  ['waits for the throttle', ({ figures }) => figures.times.throttle],
  ['elsewhere', ({ figures }) => figures.times.rest],
];

const endOf = ({ end }: RunData): string => (end === null ? 'still running' : (end.error?.name ?? end.reason));

function changeOf(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined || before === after) return '';
  if (before === 0) return 'new';
  const percent = Math.round((after / before - 1) * 100);
  return percent === 0 ? '' : `${percent > 0 ? '+' : '−'}${whole(Math.abs(percent))}%`;
}

/** What most of the difference in time is. */
function difference(before: RunData, after: RunData): readonly string[] {
  const more = after.duration - before.duration;
  if (Math.abs(more) < Math.max(100, before.duration * 0.05)) return ['Both took about the same time.'];
  const [most] = times
    .map(([name, of]) => [name, of(after) - of(before)] as const)
    .sort((x, y) => (y[1] - x[1]) * Math.sign(more));
  const part =
    most && most[1] * more > 0 ? `: ${ms(Math.abs(most[1]))} ${more > 0 ? 'more' : 'less'} for ${most[0]}` : '';
  return [`The second took ${ms(Math.abs(more))} ${more > 0 ? 'longer' : 'less'}${part}.`];
}

function table(rows: readonly Row[]): readonly string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const whole = (n: number): string => Math.round(n).toLocaleString('en-US');
const oneDigit = (n: number): string => (n < 100 ? n.toFixed(1) : whole(n));
const ms = (n: number): string =>
  n < 10 ? `${n.toFixed(1)} ms` : n < 1000 ? `${Math.round(n)} ms` : n < 60_000 ? `${(n / 1000).toFixed(2)} s` : `${Math.floor(n / 60_000)} min ${Math.round((n % 60_000) / 1000)} s`; // prettier-ignore

const howTo = 'give two files that --report wrote, such as run.json or run.html';

/** Reads the JSON form, also out of the HTML form. @throws UsageError */
function readReport(path: string): ReportData {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`report compare: can't read ${path} (${codeOf(error)}); ${howTo}`);
  }
  const [, within] = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(text) ?? [];
  let data: Partial<ReportData> | null;
  try {
    data = JSON.parse(within ?? text) as Partial<ReportData> | null;
  } catch {
    data = null;
  }
  if (data?.format !== 'pagewise-report') throw new UsageError(`report compare: ${path} is no report; ${howTo}`);
  if (data.v !== 1)
    throw new UsageError(
      `report compare: ${path} was written by Pagewise ${String(data.version)}, whose reports this version can't read; use that version, or write the report again`,
    );
  if (!Array.isArray(data.runs) || data.runs.length === 0)
    throw new UsageError(`report compare: ${path} has no walk; ${howTo}`);
  const report = data as ReportData;
  try {
    comparison([path, report], [path, report]); // Needs each figure.
  } catch {
    throw new UsageError(`report compare: ${path} is damaged: figures are missing; write the report again`);
  }
  return report;
}
