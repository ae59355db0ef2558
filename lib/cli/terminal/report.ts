import { kindNames, kinds, takes } from '../../detect/kinds.js';
import { ConfigError, HttpError, PositionExpiredError } from '../../errors.js';
import { isPastEnd } from '../../failure.js';
import type { Delivery } from '../output/deliver.js';
import { startOver } from '../output/job-output.js';
import { wordError } from './word-error.js';
import { counted, pagesOf, retried, shellQuoted } from './words.js';

/** How a run ended. */
export type Outcome =
  | { readonly kind: 'done'; /** Items that the API announced and that did not arrive. */ readonly missing: number }
  | { readonly kind: 'stopped'; readonly flag: '--max-pages' | '--max-items' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly lines: readonly string[]; readonly error: unknown };

/** The lines of the report at the end of a run: what happened, the counts, and how to resume if there is more. */
export function report(outcome: Outcome, run: Delivery, now: number): readonly string[] {
  const { pages, items, requests, retries, started } = run.tally;
  const counts = [
    counted(pages, 'page'),
    counted(items, 'item'),
    counted(requests + run.more(), 'request'),
    retried(retries),
    `${((now - started) / 1000).toFixed(1)} s`,
  ].join(', ');
  switch (outcome.kind) {
    case 'done':
      return [
        ...(run.quiet ? [] : [counts]),
        ...(run.quiet && outcome.missing === 0 ? [] : drift(run)),
        ...(outcome.missing > 0 ? [missing(outcome.missing, run)] : []),
        ...missingFields(run),
        ...skipped(run),
        ...howToFill(run),
      ];
    case 'stopped':
      if (run.quiet) return [...missingFields(run), ...skipped(run), ...howToFill(run)];
      return [
        counts,
        `Stopped at ${outcome.flag}${run.cut ? ` within page ${run.cut.index + 1}; there are more items.` : '; there may be more items.'}`,
        ...missingFields(run),
        ...skipped(run),
        ...howToResume(
          run,
          run.cut
            ? run.resume?.delivered
              ? 'after the last written item'
              : 'from the start of that page'
            : 'after the last written page',
        ),
      ];
    case 'interrupted':
      return ['pagewise: interrupted', counts, ...skipped(run), ...howToResume(run, 'after the last complete page')];
    case 'failed':
      return [
        ...outcome.lines,
        ...pastTheEnd(outcome.error, run),
        `Written before the failure: ${counts}`,
        ...skipped(run),
        ...(outcome.error instanceof PositionExpiredError
          ? howToStartOver(run)
          : [...howToResume(run, 'at the page that failed'), ...failedAgain(run)]),
        ...(isAboutColumns(outcome.error) && run.tally.pages > 0
          ? [
              `To have that field too, ${run.checkpoint ? startOver(run.checkpoint) : 'start over'}, with --fields and the names of all columns.`,
            ]
          : []),
      ];
  }
}

/** The columns of a file are those of its first page: no run that continues it could add one. */
const isAboutColumns = (error: unknown): boolean => error instanceof ConfigError && error.options.includes('columns');

function* howToResume(
  { resume, unfinished, checkpoint, strategy, output, distinct, resumed, tally }: Delivery,
  where: string,
): Generator<string> {
  if (output.lost || distinct?.lost === true) return; // The error says to start over.
  if (unfinished)
    yield `Page ${unfinished.index + 1} was being written: some of its items may already be in the output, and will be written again.`;
  if (strategy.stateful)
    yield "This run can't be resumed: the server keeps the position (--on-same-token continue). To start over, run the same command again.";
  else if (resume === undefined) yield 'To resume, run the same command again.';
  else if (!resumed && tally.pages === 0) {
    // Nothing to resume: the first page is where the same command begins.
    if (unfinished) yield 'To start over, run the same command again.';
  } else if (checkpoint) yield `To resume ${where}, run the same command again: ${checkpoint} has the progress.`;
  else if (resume.position !== undefined) {
    yield `To resume ${where}, run the same command with:`;
    yield `  --resume-from ${shellQuoted(JSON.stringify(resume))}`;
  }
}

/** An API that refuses pages past its last one looks like an API that fails. */
function* pastTheEnd(error: unknown, { strategy, tally }: Delivery): Generator<string> {
  const status = error instanceof HttpError ? error.status : 0;
  const kind = kindNames.find((name) => kinds[name].typescript === strategy.name);
  if (tally.pages === 0 || !isPastEnd(status) || kind === undefined || !takes(kind, 'endStatuses')) return;
  yield `If this is how the API answers past its last page, add --end-statuses ${status}.`;
}

/** After an expired position, which no later run can use. */
function* howToStartOver({ checkpoint, resumed }: Delivery): Generator<string> {
  const restart = 'or add --on-expired restart, which starts over once.';
  if (checkpoint)
    yield `Running the same command again would fail at the same position. To start over, delete ${checkpoint}, name another file, ${restart}`;
  else yield `To start over, run the same command ${resumed ? 'without --resume-from' : 'again'}, ${restart}`;
}

/** A run that failed at the very page where it resumed: its position may be wrong. */
function* failedAgain({ checkpoint, resumed, tally, strategy }: Delivery): Generator<string> {
  if (!resumed || tally.pages > 0 || strategy.stateful) return;
  yield `This run has failed at the page where it resumed. If that position never works again, ${checkpoint ? startOver(checkpoint) : 'start over without --resume-from'}.`;
}

function* drift({ tally: { end }, distinct, totalNamed }: Delivery): Generator<string> {
  if (distinct) {
    const { repeated, withoutKey } = distinct;
    yield `${counted(distinct.distinct, 'distinct item')}${end?.total === undefined ? '' : ` of ${end.total.toLocaleString('en-US')} that the API announced`}; ${counted(repeated, 'repeated item')} omitted.`;
    if (withoutKey > 0) yield `${counted(withoutKey, 'item')} without a value for --distinct, all of them written.`;
    return;
  }
  if (end?.total === undefined || end.total === end.received) return;
  yield `The API announced ${counted(end.total, 'item')}, but ${end.received.toLocaleString('en-US')} arrived${totalNamed || end.received > end.total ? '' : '; to make that a failure (exit code 3), name the total with --total'}.`;
}

const missing = (items: number, { tally }: Delivery): string =>
  `pagewise: ${counted(items, 'item')} missing${tally.gaps.length > 0 ? '.' : '; if the announced total counts something else or is an estimate, add --total-is estimate.'}`;

/** Named fields that no item had: printed even with -q, since all of their cells are empty. */
function* missingFields({ named }: Delivery): Generator<string> {
  const missing = [...new Set(named.flatMap((fields) => fields.missing()))];
  if (missing.length > 0)
    yield `pagewise: no item has ${missing.map((field) => JSON.stringify(field)).join(', ')}; check the paths in --fields and --distinct.`;
}

/** Pages that were skipped by this run or by earlier ones. Resuming covers those after the last page that is written. */
function* skipped({ tally, resume }: Delivery): Generator<string> {
  const gaps = tally.gaps.filter(({ pageIndex }) => pageIndex < (resume?.index ?? Infinity));
  if (gaps.length > 0) yield `Skipped, and missing from the output: ${counted(gaps.length, 'page')}.`;
  for (const { error } of gaps) yield `  ${wordError(error)}`;
  const earlier = (tally.end?.missing ?? []).filter(
    (index) => !tally.gaps.some(({ pageIndex }) => pageIndex === index),
  );
  if (earlier.length > 0) yield `Skipped by earlier runs, and still missing: ${pagesOf(earlier)}.`;
}

/** How to request skipped pages again: a run that resumes requests them first. */
function* howToFill({ resume, checkpoint }: Delivery): Generator<string> {
  if (!resume?.gaps) return;
  if (checkpoint) yield 'To request the skipped pages again, run the same command again.';
  else {
    yield 'To request the skipped pages again, run the same command with:';
    yield `  --resume-from ${shellQuoted(JSON.stringify(resume))}`;
  }
}
