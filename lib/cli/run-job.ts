import { isPagewiseError } from '../errors.js';
import { apiSays } from './api-says.js';
import type { Arguments } from './arguments.js';
import { carryOut } from './carry-out.js';
import { hideValues } from './environment.js';
import { inFlags, isUsageError } from './in-flags.js';
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
    return delivery ? await carryOut(delivery, stop, signalled) : signalled;
  } catch (error) {
    if (signalled > 0) {
      process.stderr.write('pagewise: interrupted\n');
      return signalled;
    }
    return sayError(error);
  }
}

/** Says what went wrong before anything was delivered. @returns the exit code. @throws errors that nobody has thought of */
export function sayError(error: unknown): number {
  if (!isUsageError(error) && !isPagewiseError(error)) throw error;
  const said = apiSays(error);
  process.stderr.write(
    hideValues(`pagewise: ${inFlags(error)}\n${said === undefined ? '' : `The API says: ${said}\n`}`),
  );
  return isUsageError(error) ? 2 : 1;
}
