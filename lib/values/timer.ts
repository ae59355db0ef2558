/** Starts a ref'd timer, so that a wait keeps the process alive; the delay is clamped. @returns its cancellation */
export function startTimer(ms: number, done: () => void): () => void {
  const timer = setTimeout(done, Math.min(ms, longestDelay));
  return () => {
    clearTimeout(timer);
  };
}

/** The longest delay that timers support, in milliseconds; longer ones would fire immediately. */
export const longestDelay = 2_147_483_647;
