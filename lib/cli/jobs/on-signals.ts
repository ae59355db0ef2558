/** The exit code for each signal that ends a run. */
export const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type Name = keyof typeof exitCodes;

// A page that is being written gets so much time; its reader may not read.
const graceMs = 5000;

/**
 * Calls `stop` at the first SIGINT or SIGTERM, and `giveUp` where the process is still there some seconds later, or at
 * the second one.
 * @returns a function that ends this
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
