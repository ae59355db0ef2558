import { ResumeError } from '../errors.js';
import { parseToken } from '../resume-token.js';
import type { Arguments } from './arguments.js';
import { buildPages } from './build-pages.js';
import { checkConflicts } from './check-conflicts.js';
import type { Delivery } from './deliver.js';
import { hideValues } from './environment.js';
import { explain, foundOut } from './explain.js';
import { jobCheckpoint, startOver, type JobCheckpoint, type JobPlace } from './job-checkpoint.js';
import { openOutput } from './open-output.js';
import { noProgress, startProgress, type Progress } from './progress.js';
import { readArgumentFile } from './read-argument.js';
import { rowMaker } from './row-maker.js';
import { openSeenKeys } from './seen-keys.js';
import { createTally } from './tally.js';
import { recorded } from './recorded.js';
import { UsageError } from './usage-error.js';

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
