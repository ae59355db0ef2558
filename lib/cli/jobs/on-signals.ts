/** The exit code for each signal that ends a run. */
export const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Name = keyof typeof exitCodes;

// The time to finish writing a page; the reader of the output may be stuck.
const graceMs = 5000;

/**
 * Calls `stop` on the first SIGINT, SIGTERM or SIGHUP. Calls `giveUp` on the second one, or if the process still runs some
 * seconds later.
 * @returns a function that removes the listeners
 */
export function onSignals(stop: (exitCode: number) => void, giveUp: () => void): () => void {
  let grace: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(grace);
    for (const name of Object.keys(exitCodes) as Name[]) process.off(name, listener);
  };
  const listener = (name: NodeJS.Signals) => {
    if (grace) {
      end();
      giveUp();
      return;
    }
    grace = setTimeout(() => {
      end();
      giveUp();
    }, graceMs);
    stop(exitCodes[name as Name]);
  };
  for (const name of Object.keys(exitCodes) as Name[]) process.on(name, listener);
  return end;
}
