import { ConfigError } from '../errors.js';
import { apiSays } from './api-says.js';
import { deliver, readerLeft, type Delivery } from './deliver.js';
import { hideValues } from './environment.js';
import { inFlags } from './in-flags.js';
import { onSignals } from './on-signals.js';
import { report, type Outcome } from './report.js';

/**
 * Delivers, and says how it ended.
 * @param signalled the exit code of a signal that came while it was prepared; 0: none
 * @returns the exit code
 */
export async function carryOut(delivery: Delivery, stop: AbortController, signalled: number): Promise<number> {
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
    else say({ kind: 'failed', message: hideValues(messageOf(error, delivery)), apiSays: said(error) });
    return delivery.stopping ? code : 1;
  } finally {
    ignoreSignals();
  }
}

const said = (error: unknown): string | undefined => {
  const text = apiSays(error);
  return text === undefined ? undefined : hideValues(text);
};

/** What of an item can't be written names no page by itself. */
const messageOf = (error: unknown, { resume }: Delivery): string =>
  error instanceof ConfigError
    ? `Page ${(resume?.index ?? 0) + 1} can't be written: ${inFlags(error)}`
    : inFlags(error);

function ending({ cut, enough, maxItems, tally }: Delivery): Outcome {
  if (!cut && !enough && tally.end?.reason !== 'until') return { kind: 'done' };
  return { kind: 'stopped', flag: cut || tally.items >= maxItems ? '--max-items' : '--max-pages' };
}
