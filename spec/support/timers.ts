import { afterEach } from '@jest/globals';

const originals = { setTimeout, setInterval, clearTimeout, clearInterval };

afterEach(() => void Object.assign(globalThis, originals));

/** Watches the timers that the library sets (those of tests and servers don't count). @returns how many are pending */
export function watchTimers(): () => number {
  const pending = new Set<unknown>();
  /** Whether the caller's caller is the library; undici has a lib folder too. */
  const isOurs = () => {
    const caller = new Error().stack?.split('\n')[3] ?? '';
    return /[\\/]lib[\\/]/.test(caller) && !caller.includes('node_modules');
  };
  const set =
    (original: typeof setTimeout, once: boolean) =>
    (done: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
      const fire = () => {
        if (once) pending.delete(timer);
        done(...args);
      };
      const timer = original(fire, ms);
      if (isOurs()) pending.add(timer);
      return timer;
    };
  const clear = (original: typeof clearTimeout) => (timer: NodeJS.Timeout | undefined) => {
    pending.delete(timer);
    original(timer);
  };
  Object.assign(globalThis, {
    setTimeout: set(originals.setTimeout, true),
    setInterval: set(originals.setInterval as typeof setTimeout, false),
    clearTimeout: clear(originals.clearTimeout),
    clearInterval: clear(originals.clearInterval),
  });
  return () => pending.size;
}
