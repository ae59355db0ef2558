/** A timer that is ref'd, so that a process with a pending wait lives on, and whose delay is clamped. @returns its cancel */
export function startTimer(ms: number, done: () => void): () => void {
  const timer = setTimeout(done, Math.min(ms, longestDelay));
  return () => {
    clearTimeout(timer);
  };
}

/** The longest delay that timers take, in milliseconds; longer ones would fire at once. */
export const longestDelay = 2 ** 31 - 1;
