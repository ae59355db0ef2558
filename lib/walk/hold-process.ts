import { longestDelay } from '../values/longest-delay.js';

/** Keeps a Node process alive while a walk is under way: a promise that never settles would let it exit with 0 (E12). */
export interface ProcessHold {
  /** The consumer's turn: whether the process lives on is its business. */
  pause(): void;
  resume(): void;
  release(): void;
}

export function holdProcess(): ProcessHold {
  // In browsers a timer is a number, and there is nothing to hold.
  const timer = setInterval(() => undefined, longestDelay) as unknown as { ref?(): void; unref?(): void };
  return {
    pause: () => timer.unref?.(),
    resume: () => timer.ref?.(),
    release: () => {
      clearInterval(timer as unknown as number);
    },
  };
}
