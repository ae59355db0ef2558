import { ConfigError, isPagewiseError } from '../../errors.js';
import type { Arguments } from '../flags/arguments.js';
import { hideValues } from '../flags/environment.js';
import { deliver, type Delivery, readerLeft } from '../output/deliver.js';
import { apiSays, type Outcome, report } from '../terminal/report.js';
import { isUsageError, wordError } from '../terminal/word-error.js';
import { onSignals } from './on-signals.js';
import { prepare } from './prepare.js';

/**
 * Runs one job to its end, and says on stderr what went wrong.
 * @returns its exit code
 */
export async function runJob(args: Arguments): Promise<number> {
  const stop = new AbortController();
  let signalled = 0;
  try {
    // While it is found out how the API pages there is nothing to deliver yet.
    const ignoreSignals = onSignals(
      (code) => {
        signalled = code;
        stop.abort();
      },
      () => process.exit(signalled),
    );
    const delivery = await prepare(args, stop.signal).finally(ignoreSignals);
    return delivery ? await carryOut(delivery, args, stop, signalled) : signalled;
  } catch (error) {
    if (signalled > 0) {
      process.stderr.write('pagewise: interrupted\n');
      return signalled;
    }
    return sayError(error, args);
  }
}

/** Says what went wrong before anything was delivered. @returns the exit code. @throws errors that nobody has thought of */
export function sayError(error: unknown, args?: Arguments): number {
  if (!isUsageError(error) && !isPagewiseError(error)) throw error;
  const said = apiSays(error);
  process.stderr.write(
    hideValues(`pagewise: ${wordError(error, args)}\n${said === undefined ? '' : `The API says: ${said}\n`}`),
  );
  return isUsageError(error) ? 2 : 1;
}

/**
 * Delivers, and says how it ended.
 * @param signalled the exit code of a signal that came while it was prepared; 0: none
 * @returns the exit code
 */
async function carryOut(
  delivery: Delivery,
  args: Arguments,
  stop: AbortController,
  signalled: number,
): Promise<number> {
  const say = (outcome: Outcome, then?: () => void) => {
    delivery.progress.stop();
    process.stderr.write(report(outcome, delivery, performance.now()), then);
  };
  let code = signalled;
  delivery.stopping = signalled > 0;
  const ignoreSignals = onSignals(
    (signalCode) => {
      code = signalCode;
      delivery.stopping = true;
      // A page that is being written is written whole, and is the last one.
      if (!delivery.unfinished) stop.abort();
      else if (!delivery.quiet) {
        delivery.progress.hide();
        process.stderr.write(`Page ${delivery.unfinished.index + 1} is being written; again to end at once.\n`);
      }
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
    if (readerLeft(error)) {
      delivery.progress.stop();
      return 0;
    }
    if (delivery.stopping) say({ kind: 'interrupted' });
    else say({ kind: 'failed', message: hideValues(messageOf(error, delivery, args)), apiSays: said(error) });
    return delivery.stopping ? code : 1;
  } finally {
    ignoreSignals();
  }
}

const said = (error: unknown): string | undefined => {
  const text = apiSays(error);
  return text === undefined ? undefined : hideValues(text);
};

/** What of an item can't be written names no page by itself; other errors of a page do. */
const messageOf = (error: unknown, { resume }: Delivery, args: Arguments): string =>
  error instanceof ConfigError && error.pageIndex === undefined
    ? `Page ${(resume?.index ?? 0) + 1} can't be written: ${wordError(error, args)}`
    : wordError(error, args);

function ending({ cut, enough, maxItems, tally }: Delivery): Outcome {
  if (!cut && !enough && tally.end?.reason !== 'until') return { kind: 'done' };
  return { kind: 'stopped', flag: cut || tally.items >= maxItems ? '--max-items' : '--max-pages' };
}
