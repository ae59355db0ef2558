const codes = { SIGINT: 130, SIGTERM: 143 } as const;
type Name = keyof typeof codes;

// What is being written gets so much time to leave the process.
const graceMs = 1000;

/**
 * Calls `stop` at the first SIGINT or SIGTERM, and `giveUp` where the process is still there a moment later, or at
 * the second one.
 * @returns a function that ends this
 */
export function onSignals(stop: (exitCode: number) => void, giveUp: () => void): () => void {
  let grace: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(grace);
    for (const name of Object.keys(codes) as Name[]) process.off(name, listener);
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
    stop(codes[name as Name]);
  };
  for (const name of Object.keys(codes) as Name[]) process.on(name, listener);
  return end;
}
