import { ConfigError, ResumeError } from '../../errors.js';
import { type EventListener, tellAll } from '../../events.js';
import { parseToken } from '../../resume-token.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { buildPages } from '../flags/build-pages.js';
import { hideValues } from '../flags/environment.js';
import { readArgumentFile } from '../flags/read-body.js';
import type { Delivery } from '../output/deliver.js';
import { jobCheckpoint, type JobCheckpoint, type JobPlace, startOver } from '../output/job-checkpoint.js';
import { openOutput } from '../output/open-output.js';
import { rowMaker } from '../output/output-format.js';
import { openSeenKeys } from '../output/seen-keys.js';
import { createTally } from '../output/tally.js';
import { explain, foundOut } from '../terminal/explain.js';
import { noProgress, type Progress, startProgress } from '../terminal/progress.js';
import { checkConflicts } from './check-conflicts.js';

/** Everything that can be refused before a request is sent; `undefined` where nothing is left to do. @throws UsageError */
export async function prepare(args: Arguments, signal: AbortSignal): Promise<Delivery | undefined> {
  const { resumeFrom, maxItems = Infinity, verbose = false } = args;
  const quiet = args.quiet ?? args.silent ?? false;
  const { progress = process.stderr.isTTY && !quiet && !verbose } = args;
  let shown: Progress = noProgress;
  const say = (message: string) => {
    if (quiet) return;
    shown.hide();
    process.stderr.write(`${hideValues(message)}\n`);
  };
  const tally = createTally(say);
  // What can't work is said before anything is asked to find out how the API pages.
  checkConflicts(args);
  const text = resumeFrom?.startsWith('@') ? readArgumentFile('--resume-from', resumeFrom) : resumeFrom;
  const checkpoint = args.checkpoint && !args.explain ? jobCheckpoint(args, args.checkpoint) : undefined;
  const place = await checkpoint?.load();
  const resume = text === undefined ? place?.resume : parseToken(text);

  const events = await recorded(args, tally);
  const prepared = await buildPages(args, resume, events, verbose ? say : undefined, signal).catch((error: unknown) => {
    throw checkpoint && error instanceof ResumeError ? ofAnother(checkpoint, error) : error;
  });
  if (args.explain) {
    process.stdout.write(explain(prepared));
    return undefined;
  }
  if (prepared.paging.evidence.length > 0) say(foundOut(prepared));
  if (resume && resume.position === undefined) {
    say(
      checkpoint
        ? `Nothing to do: the last page is written, as ${checkpoint.file} says; ${startOver(checkpoint.file)}.`
        : 'Nothing to do: the run that this token is from had reached the last page.',
    );
    return undefined;
  }
  const from = resumeFrom === undefined ? place?.written : ('append' as const);
  const distinct = await openKeys(args, checkpoint, place);
  const output = await openOutput(args, from);
  if (resume) tally.resumed(resume);
  if (progress) shown = startProgress(tally, process.stderr);
  return {
    pages: prepared.pages,
    output,
    rows: rowMaker(args),
    maxItems,
    distinct,
    checkpoint,
    tally,
    progress: shown,
    quiet,
    resume,
    unfinished: undefined,
    cut: undefined,
    enough: false,
    stopping: false,
  };
}

const openKeys = async ({ distinct }: Arguments, checkpoint: JobCheckpoint | undefined, place: JobPlace | undefined) =>
  distinct === undefined
    ? undefined
    : openSeenKeys(distinct, checkpoint && `${checkpoint.file}.keys`, place?.keys ?? 0).catch((error: unknown) => {
        if (checkpoint && error instanceof ResumeError)
          throw new UsageError(
            `--distinct ${distinct}: the keys that came before, ${checkpoint.file}.keys, were cut or are gone; ${startOver(checkpoint.file)}`,
          );
        throw error;
      });

/** A place of another query, in terms of the flags. */
function ofAnother({ file }: JobCheckpoint, { message }: ResumeError): UsageError {
  const reason = /it was made with (another[^;]*)/.exec(message)?.[1];
  return new UsageError(
    reason === undefined
      ? `--checkpoint ${file}: it can't be gone on with here; ${startOver(file)}`
      : `--checkpoint ${file}: it was made with ${reason}; run the command that made it, or ${startOver(file)}`,
  );
}

/**
 * The listener, and beside it what writes the files of --report, --trace and --har, where they are asked for.
 * @throws UsageError for files that can't be written
 */
async function recorded({ report, trace, har }: Arguments, listener: EventListener): Promise<EventListener> {
  if (report === undefined && trace === undefined && har === undefined) return listener;
  const { recordRun } = await import('../../node/run/record-run.js'); // Loaded on use: the report's page is large.
  try {
    return tellAll(listener, recordRun({ report, trace, har }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.message.replace(/^recordRun: /, '--'));
  }
}
