import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { WriteError } from '../../errors.js';
import { CommittedFile, loadCommit } from '../../node/sinks/committed-file.js';
import { waitsForReader } from '../../node/sinks/file.js';
import { asksNothing, type Gap } from '../../page.js';
import { namedFields } from '../../reading/named-fields.js';
import { parsePath } from '../../reading/path.js';
import { parseToken } from '../../resume-token.js';
import type { Strategy } from '../../strategy.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { buildPages } from '../flags/build-pages.js';
import { firstRequest } from '../flags/first-request.js';
import { hideValues } from '../flags/environment.js';
import { readArgumentFile } from '../flags/read-body.js';
import type { Delivery } from '../output/deliver.js';
import { checkExtension, checkReadable, checkWritable, codeOf, formatName, jobCheckpoint, jobEnd, jobTarget, makeFolder, readCheckpoint, rowMaker, toStdout } from '../output/job-output.js'; // prettier-ignore
import { checkKeys, fileOfKeys, openSeenKeys } from '../output/seen-keys.js';
import { createTally } from '../output/tally.js';
import { dryRun } from '../terminal/dry-run.js';
import { explain, detected } from '../terminal/explain.js';
import { inFlags } from '../terminal/in-flags.js';
import { counted, pagesOf } from '../terminal/words.js';
import { shortened, visibleLines } from '../terminal/say.js';
import { delivering, detecting, isWatched, noProgress, type Progress, startProgress } from '../terminal/progress.js';
import { recorded } from './record.js';
import { checkSeparate } from './separate-files.js';
import type { Together } from './together.js';

/**
 * Prepares a job. Whatever can be refused before a request is sent is refused here.
 * @param closing receives what to call when the run has ended, however it ends
 * @returns the exit code instead, if nothing is left to do
 * @throws UsageError
 */
export async function prepare(
  args: Arguments,
  signal: AbortSignal,
  together: Together,
  closing: (close: () => Promise<void>) => void,
): Promise<Delivery | number> {
  const { say } = together;
  const { resumeFrom, distinct: key, maxItems = Infinity, verbose = false } = args;
  const quiet = args.quiet ?? args.silent ?? false;
  const { progress = isWatched(process.stderr) && !quiet && !verbose } = args;
  const attempts = (args.retries ?? 5) + 1;
  let shown: Progress = noProgress;
  const log = (message: string) => {
    if (quiet) return;
    shown.hide();
    say([shortened(hideValues(message))]);
    shown.show();
  };
  const tally = createTally((notice) => log(inFlags(notice)));
  // What can't work is refused before detection sends anything.
  checkConflicts(args);
  const target = jobTarget(args);
  const rows = rowMaker(args);
  if (key !== undefined) parsePath(undefined, 'distinct', key);
  const text = resumeFrom?.startsWith('@') ? await readArgumentFile('--resume-from', resumeFrom, signal) : resumeFrom;
  const file = args.explain || args.checkpoint === false ? undefined : args.checkpoint;
  if (args.dryRun) return rehearse(args, text, signal, together, log);
  const own = file === undefined ? undefined : jobCheckpoint(file, args.whenDone).open();
  if (own) closing(own.close);
  const checkpoint = own && (together.output?.checkpointOf(own) ?? own);
  const commit = checkpoint && (await loadCommit(target, checkpoint));
  if (file !== undefined && key !== undefined) checkReadable('the keys of --distinct', fileOfKeys(file));
  if (commit && file !== undefined && key !== undefined) await checkKeys(key, file, commit);
  const resume = text === undefined ? commit?.resume : parseToken(text);
  const end = text === undefined || args.explain ? undefined : await jobEnd(target);

  const pipes = new Map<string, string>();
  const recording = await recorded(args, together.job, tally, pipes, commit?.resume);
  const detection = createTally(() => undefined);
  if (progress) shown = startProgress(detecting(detection, attempts), process.stderr);
  const listeners = { detection, walk: recording.events };
  const prepared = await buildPages(args, resume, listeners, verbose ? log : undefined, signal, together).finally(
    () => {
      shown.stop();
      shown = noProgress;
    },
  );
  if (args.explain) {
    process.stdout.write(visibleLines(explain(prepared).map(hideValues)));
    return 0;
  }
  if (prepared.paging.evidence.length > 0) log(detected(prepared, detection.requests));
  const missing = resume?.gaps ?? [];
  if (
    args.sync === undefined &&
    resume &&
    resume.position === undefined &&
    (missing.length === 0 || args.gaps === 'keep')
  ) {
    // Printed even with -q, so that nobody waits forever for new items. Only a total that a flag or the profile names,
    // and that is not an estimate, shows missing items.
    const { totalNamed, strategy } = prepared.paging;
    const announced = totalNamed && strategy.totalIs !== 'estimate' ? (resume.total ?? 0) : 0;
    const items = Math.max(0, announced - resume.itemsBefore);
    say([nothingToDo(file, missing, items)]);
    return missing.length === 0 && items === 0 ? 0 : 3;
  }
  const distinct = key === undefined ? undefined : await openSeenKeys(key, file, commit);
  const waiting = { signal, onWait: () => log(waitsForReader(target.path)) };
  // A list that may have more pages is not done: the next run begins again.
  const kept = prepared.paging.unsaid === undefined ? checkpoint : undefined;
  const opening = CommittedFile.open(target, end ?? commit, kept, distinct, waiting);
  const output = await opening.catch(async (error: unknown) => {
    await distinct?.close();
    if (!(error instanceof WriteError)) throw error;
    throw new UsageError(
      `-o ${target.path}: can't open the file for writing (${codeOf(error.cause)}); check its permissions, or name another file`,
    );
  });
  if (resume && args.sync === undefined) tally.resumed(resume);
  if (progress) shown = startProgress(delivering(tally, attempts), process.stderr);
  const delivery: Delivery = {
    pages: prepared.pages,
    output,
    strategy: prepared.paging.strategy as Strategy<unknown, never>,
    rows,
    // What sync remembers, it remembers after each whole page.
    wholePages: args.pages === true || args.sync !== undefined,
    named:
      resume === undefined
        ? [...named('fields', args.fields), ...named('distinct', key === undefined ? undefined : [key])]
        : [],
    maxItems,
    distinct,
    totalNamed: prepared.paging.totalNamed,
    checkpoint: file,
    pipes,
    more: () => detection.requests - prepared.spared(),
    saveCookies: prepared.saveCookies,
    unsaid: prepared.paging.unsaid,
    tally,
    progress: shown,
    sharesTerminal: toStdout(args) && process.stdout.isTTY,
    quiet,
    log,
    resumed: resume !== undefined,
    resume,
    unfinished: undefined,
    cut: undefined,
    enough: false,
    stopping: false,
    recorded: () => recording.write(),
  };
  recording.delivery = delivery;
  return delivery;
}

/** Prints what the run would request. Nothing is sent or written. @returns the exit code */
async function rehearse(
  args: Arguments,
  token: string | undefined,
  signal: AbortSignal,
  together: Together,
  log: (line: string) => void,
): Promise<number> {
  const file = args.checkpoint === false ? undefined : args.checkpoint;
  const kept = file === undefined ? undefined : await (together.output ? readCheckpoint(file, args.whenDone).load() : loadCommit(jobTarget(args), readCheckpoint(file, args.whenDone))); // prettier-ignore
  const resume = token === undefined ? kept?.resume : parseToken(token);
  const first = resume && asksNothing(resume) ? undefined : await firstRequest(args, resume, signal, together);
  if (first === undefined) {
    log('Nothing to do: the last page is written already, so the run would request nothing.');
    return 0;
  }
  process.stdout.write(visibleLines(dryRun(first, args.ceiling).map(hideValues)));
  return 0;
}

function nothingToDo(file: string | undefined, missing: readonly Gap[], items: number): string {
  const fewer =
    items === 0
      ? ''
      : ` The API had announced ${counted(items, 'item')} more than arrived${file === undefined ? '' : '; --when-done restart requests all items again'}.`;
  const gaps =
    missing.length === 0
      ? ''
      : ` Earlier runs skipped ${pagesOf(missing.map(({ index }) => index))}, still missing; to request them, remove --gaps keep.`;
  return file === undefined
    ? `Nothing to do: the run that printed this token reached the last page.${fewer}${gaps}`
    : `Nothing to do: according to ${file}, the last page is written. Add --when-done continue for items added since, or --when-done restart to write everything again.${fewer}${gaps}`;
}

/** Not for a run that resumes: earlier pages had the fields, or the first run has reported the missing ones. */
const named = (option: string, paths: readonly string[] | undefined) =>
  paths === undefined
    ? []
    : [
        namedFields(
          undefined,
          option,
          paths.map((path) => parsePath(undefined, option, path)),
        ),
      ];

/** Refuses flags that can't be combined, and files that can't work. @throws UsageError */
function checkConflicts(args: Arguments): void {
  const { checkpoint, resumeFrom, output, quiet, silent, verbose, progress, fields } = args;
  const format = formatName(args);
  if (args.whenDone !== undefined && (checkpoint === undefined || checkpoint === false))
    throw new UsageError(`--when-done ${args.whenDone} needs --checkpoint FILE, which records whether the job is done`);
  if (args.sync !== undefined) {
    if ((checkpoint === undefined || checkpoint === false) && resumeFrom === undefined)
      throw new UsageError(
        `--sync ${args.sync} needs --checkpoint FILE, which keeps the newest value for the next run`,
      );
    if (args.whenDone !== undefined)
      throw new UsageError(
        `--when-done ${args.whenDone} with --sync: each run asks for what is new; remove --when-done`,
      );
    if (args.skipFailedPages !== undefined)
      throw new UsageError(
        '--skip-failed-pages with --sync: the items of a skipped page would be older than what the next run asks for; remove one of them',
      );
  }
  const keeps = checkpoint !== undefined && checkpoint !== false;
  if (args.onSameToken === 'continue' && (keeps || resumeFrom !== undefined))
    throw new UsageError(
      `${keeps ? `--checkpoint ${checkpoint}` : '--resume-from'} with --on-same-token continue: the server keeps the position, so the run can't be resumed; remove one of them${keeps ? ', or add --no-checkpoint for a job in a file' : ''}`,
    );
  if (keeps) {
    if (resumeFrom !== undefined)
      throw new UsageError(`--checkpoint ${checkpoint} resumes by itself; remove --resume-from or --checkpoint`);
    if (format === 'json' && toStdout(args))
      throw new UsageError(
        '--checkpoint with --format json needs -o FILE: nothing can be written to stdout after the end of an array; add -o, or use --format ndjson, or --no-checkpoint for a job in a file',
      );
  }
  if (resumeFrom !== undefined && format === 'csv' && !fields)
    throw new UsageError(
      '--resume-from with --format csv needs --fields with the columns of the earlier rows; add --fields, or use --checkpoint',
    );
  if (resumeFrom !== undefined && format === 'json')
    throw new UsageError(
      '--resume-from with --format json: nothing can come after the end of an array; use --checkpoint with -o FILE, or --format ndjson',
    );
  if (args.pages && format === 'csv')
    throw new UsageError('--pages with --format csv: a page is not a row of cells; use --format ndjson or json');
  if (output !== undefined && !toStdout(args)) {
    checkExtension(args);
    const writes = !(args.explain ?? args.dryRun ?? false);
    if (writes) makeFolder('-o', output);
    if (writes || existsSync(dirname(output))) checkWritable('-o', output);
  }
  if (args.harNumbers && args.har === undefined)
    throw new UsageError('--har-numbers needs --har FILE, whose URLs show the numbers; add --har, or remove it');
  if (args.cookieJar !== undefined) checkWritable('-c', args.cookieJar);
  checkSeparate([{ args }]);
  if (args.dryRun && args.explain)
    throw new UsageError(
      '--dry-run with --explain, which sends requests to detect how the API pages; remove one of them',
    );
  const twice = fields?.find((field, i) => fields.indexOf(field) !== i);
  if (twice !== undefined) throw new UsageError(`--fields names ${twice} twice; remove one of them`);
  if (verbose && (quiet ?? silent)) throw new UsageError('-v logs more and -q logs less; remove one of them');
  if (progress && (quiet ?? silent))
    throw new UsageError('--progress with -q, which shows no progress; remove one of them');
}
