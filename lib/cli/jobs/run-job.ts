import { ConfigError, isPagewiseError, LeaseError } from '../../errors.js';
import type { Arguments } from '../flags/arguments.js';
import { hideValuesOf } from '../flags/environment.js';
import { deliver, type Delivery, isClosedPipe, writePipes } from '../output/deliver.js';
import { type Outcome, report } from '../terminal/report.js';
import { errorLines, isUsageError, wordError } from '../terminal/word-error.js';
import { codeOf } from '../output/job-output.js';
import { onSignals } from './on-signals.js';
import { prepare } from './prepare.js';
import { alone, type Together } from './together.js';
import { say } from '../terminal/say.js';

/** How a run of a job has ended. */
export interface Ended {
  /** The exit code. */
  readonly code: number;
  /** What was written. */
  readonly pages: number;
  readonly items: number;
}

/**
 * Runs one job, and reports errors on stderr.
 * @param names names that messages show: of the job, and of the file that it is in
 * @returns its exit code
 */
export async function runJob(args: Arguments, names: readonly string[] = []): Promise<number> {
  hideValuesOf([args], names);
  return (await runOne(args, alone())).code;
}

/** Runs a job, or one partition of it. */
export async function runOne(args: Arguments, together: Together): Promise<Ended> {
  const { say } = together;
  const stop = new AbortController();
  let signalled = 0;
  let close = () => Promise.resolve();
  try {
    // During preparation, detection included, there is nothing to deliver yet.
    const ignoreSignals = onSignals(
      (code) => {
        signalled = code;
        stop.abort();
      },
      () => process.exit(signalled),
    );
    const delivery = await prepare(args, stop.signal, together, (closing) => (close = closing)).finally(ignoreSignals);
    if (typeof delivery === 'number') return { ...nothing, code: signalled || delivery };
    const code = await carryOut(delivery, args, stop, signalled, together);
    return { code, pages: delivery.tally.pages, items: delivery.tally.items };
  } catch (error) {
    if (signalled > 0) {
      say(['pagewise: interrupted']);
      return { ...nothing, code: signalled };
    }
    return { ...nothing, code: reportError(error, args, say) };
  } finally {
    await close();
  }
}

/** The exit code of a run that leaves its job to another one. */
const busy = 4;
const nothing = { pages: 0, items: 0 };

/** Reports an error that came before anything was delivered. @returns the exit code. @throws unexpected errors */
export function reportError(error: unknown, args?: Arguments, write: Together['say'] = say): number {
  if (!isUsageError(error) && !isPagewiseError(error)) throw error;
  write(errorLines(error, args));
  return error instanceof LeaseError ? busy : isUsageError(error) ? 2 : 1;
}

/**
 * Delivers, and reports how the run ended.
 * @param signalled the exit code of a signal that came during preparation; 0 for none
 * @returns the exit code
 */
async function carryOut(
  delivery: Delivery,
  args: Arguments,
  stop: AbortController,
  signalled: number,
  { say, readerLeft }: Together,
): Promise<number> {
  const reportEnd = (outcome: Outcome, then?: () => void) => {
    delivery.progress.stop();
    say(report(outcome, delivery, performance.now()), then);
  };
  let code = signalled;
  delivery.stopping = signalled > 0;
  // Aborted instead of the walk when that has ended.
  const afterWalk = new AbortController();
  let isOver = false;
  const ignoreSignals = onSignals(
    (signalCode) => {
      code = signalCode;
      delivery.stopping = true;
      // A page that is being written is completed, and is the last one.
      if (isOver) afterWalk.abort();
      else if (!delivery.unfinished) stop.abort();
      else if (!delivery.quiet) {
        delivery.progress.hide();
        say([`Page ${delivery.unfinished.index + 1} is being written; interrupt again to stop immediately.`]);
        delivery.progress.show();
      }
    },
    // The reader of stdout is stuck, so pending output can't be waited for.
    () => {
      const exit = () => process.exit(code);
      reportEnd({ kind: 'interrupted' }, exit);
      setTimeout(exit, 1000); // The reader of stderr may be stuck too.
    },
  );
  try {
    await deliver(delivery)
      .then(delivery.recorded, (error: unknown) => {
        quietly(delivery.recorded);
        throw error;
      })
      .finally(() => {
        isOver = true;
        return writePipes(delivery, afterWalk);
      });
    const outcome = ending(delivery);
    reportEnd(outcome);
    if (delivery.unsaid !== undefined && outcome.kind === 'done') {
      say([unsaidLine(delivery.unsaid)]);
      return 3;
    }
    const { missing = [] } = delivery.tally.end ?? {};
    return missing.length > 0 || (outcome.kind === 'done' && outcome.missing > 0) ? 3 : 0;
  } catch (error) {
    if (isClosedPipe(error)) {
      readerLeft?.();
      delivery.progress.stop();
      return 0;
    }
    if (delivery.stopping) reportEnd({ kind: 'interrupted' });
    else reportEnd({ kind: 'failed', lines: linesOf(error, delivery, args), error });
    return delivery.stopping ? code : error instanceof LeaseError ? busy : 1;
  } finally {
    ignoreSignals();
    await delivery
      .saveCookies()
      ?.catch((error: unknown) =>
        say([`pagewise: -c ${args.cookieJar ?? ''}: can't write the cookies (${codeOf(error)})`]),
      );
  }
}

/** After a failure, which is what is reported. */
function quietly(write: () => void): void {
  try {
    write();
  } catch {
    // The files are as they were at the end of the walk.
  }
}

/** Shown with -q too: the list may have more pages. */
const unsaidLine = (reason: string): string =>
  `pagewise: this may not be the whole list: ${reason}. If it is, add --paging none; otherwise set --paging and its flags (pagewise --explain lists what was tried)`;

/** Names the page of an item that can't be written; other errors of a page already name it. */
const linesOf = (error: unknown, { resume }: Delivery, args: Arguments): readonly string[] =>
  error instanceof ConfigError && error.pageIndex === undefined
    ? [`pagewise: Page ${(resume?.index ?? 0) + 1} can't be written: ${wordError(error, args)}`]
    : errorLines(error, args);

function ending(delivery: Delivery): Outcome {
  const { cut, enough, maxItems, tally } = delivery;
  if (!cut && !enough && tally.end?.reason !== 'until') return { kind: 'done', missing: missingItems(delivery) };
  return { kind: 'stopped', flag: cut || tally.items >= maxItems ? '--max-items' : '--max-pages' };
}

/** The number of announced items that did not arrive; 0 if that is unknown, or if the total proves nothing. */
function missingItems({ tally: { end }, distinct, totalNamed, checkpoint }: Delivery): number {
  if (!totalNamed || end?.reason !== 'last-page' || end.total === undefined || end.totalIs === 'estimate') return 0;
  if (!distinct) return Math.max(0, end.total - end.received);
  // Only a checkpoint keeps the keys of earlier runs, and nothing keeps their number of items without a key.
  const isWhole = end.received === end.items || (checkpoint !== undefined && distinct.withoutKey === 0);
  return isWhole ? Math.max(0, end.total - distinct.distinct) : 0;
}
