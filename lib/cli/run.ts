import { isPagewiseError } from '../errors.js';
import { parseToken } from '../resume-token.js';
import type { Arguments } from './arguments.js';
import { apiSays } from './api-says.js';
import { buildPages } from './build-pages.js';
import { deliver, type Delivery } from './deliver.js';
import { explain, foundOut } from './explain.js';
import { inFlags, isUsageError } from './in-flags.js';
import { onSignals } from './on-signals.js';
import { checkOutput, openOutput, WriteError } from './output.js';
import { parseArguments } from './parse-arguments.js';
import { noProgress, startProgress } from './progress.js';
import { readArgumentFile } from './read-argument.js';
import { recorded } from './recorded.js';
import { report, type Outcome } from './report.js';
import { createTally } from './tally.js';

/** Runs the command. @returns its exit code */
export async function run(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  let signalled = 0;
  try {
    const args = parseArguments(argv);
    if (!args) return 0;
    // While it is found out how the API pages there is nothing to deliver yet.
    const ignoreSignals = onSignals(
      (code) => {
        signalled = code;
        stop.abort();
      },
      () => process.exit(signalled),
    );
    const delivery = await prepare(args, stop.signal).finally(ignoreSignals);
    return delivery ? await carryOut(delivery, stop) : 0;
  } catch (error) {
    if (signalled > 0) {
      process.stderr.write('pagewise: interrupted\n');
      return signalled;
    }
    if (!isUsageError(error) && !isPagewiseError(error)) throw error;
    const said = apiSays(error);
    process.stderr.write(`pagewise: ${inFlags(error)}\n${said === undefined ? '' : `The API says: ${said}\n`}`);
    return isUsageError(error) ? 2 : 1;
  }
}

/** Everything that can be refused before a request is sent; `undefined` where nothing is left to do. */
async function prepare(args: Arguments, signal: AbortSignal): Promise<Delivery | undefined> {
  const { resumeFrom, maxItems = Infinity, progress = process.stderr.isTTY && !args.silent } = args;
  const text = resumeFrom?.startsWith('@') ? readArgumentFile('--resume-from', resumeFrom) : resumeFrom;
  const tally = createTally((message) => {
    delivery?.progress.hide();
    process.stderr.write(`${message}\n`);
  });
  let delivery: Delivery | undefined;
  // What can't work is said before anything is asked to find out how the API pages.
  const resume = text === undefined ? undefined : parseToken(text);
  checkOutput(args.output);
  const prepared = await buildPages(args, text, await recorded(args, tally), signal);
  const { pages, paging } = prepared;
  if (args.explain) {
    process.stdout.write(explain(prepared));
    return undefined;
  }
  if (paging.evidence.length > 0 && !args.silent) process.stderr.write(foundOut(prepared));
  if (resume && resume.position === undefined) {
    process.stderr.write('Nothing to do: the run that this token is from had reached the last page.\n');
    return undefined;
  }
  const output = await openOutput(args.output, resume !== undefined);
  return (delivery = {
    pages,
    output,
    maxItems,
    tally,
    progress: progress ? startProgress(tally, process.stderr) : noProgress,
    resume,
    unfinished: undefined,
    cut: undefined,
  });
}

async function carryOut(delivery: Delivery, stop: AbortController): Promise<number> {
  const say = (outcome: Outcome, then?: () => void) => {
    delivery.progress.stop();
    process.stderr.write(report(outcome, delivery, performance.now()), then);
  };
  let code = 0;
  const ignoreSignals = onSignals(
    (signalCode) => {
      code = signalCode;
      stop.abort();
    },
    // Whoever reads stdout does not, so what is on its way there can't be waited for.
    () => {
      const leave = () => process.exit(code);
      say({ kind: 'interrupted' }, leave);
      setTimeout(leave, 1000); // Nor may anyone read stderr.
    },
  );
  try {
    await deliver(delivery);
    say(ending(delivery));
    return delivery.tally.gaps.length > 0 ? 3 : 0;
  } catch (error) {
    if (error instanceof WriteError && error.readerLeft) {
      delivery.progress.stop();
      return 0;
    }
    if (stop.signal.aborted) say({ kind: 'interrupted' });
    else say({ kind: 'failed', message: inFlags(error), apiSays: apiSays(error) });
    return stop.signal.aborted ? code : 1;
  } finally {
    ignoreSignals();
  }
}

function ending({ cut, maxItems, tally }: Delivery): Outcome {
  if (!cut && tally.end?.reason !== 'until') return { kind: 'done' };
  return { kind: 'stopped', flag: cut || tally.items >= maxItems ? '--max-items' : '--max-pages' };
}
