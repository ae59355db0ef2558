import { startDeadline } from '../values/timer.js';

/** Something with a deadline. */
export interface Timed {
  onTimeout(timeoutMs: number): void;
}

/**
 * The deadlines of a transport's attempts, on one timer: all attempts have the same timeout, so the first to start is
 * the first to expire. The timer is ref'd, and exists while any attempt is pending: with cross-fetch, a body shorter
 * than its Content-Length may never settle.
 */
export class Deadlines {
  /** In the order in which they started. */
  readonly #pending = new Map<Timed, number>();
  #cancelTimer: (() => void) | undefined;

  constructor(readonly timeoutMs: number) {}

  add(one: Timed): void {
    if (this.timeoutMs >= 2 ** 31) return; // Longer than timers support, or Infinity: no deadline.
    this.#pending.set(one, performance.now() + this.timeoutMs);
    this.#cancelTimer ??= startDeadline(this.timeoutMs, this.#onTimer);
  }

  delete(one: Timed): void {
    this.#pending.delete(one);
  }

  /** Clears the timer if nothing is pending. Call it after `delete`, when the next attempt could have started. */
  readonly release = (): void => {
    if (this.#pending.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  };

  readonly #onTimer = (): void => {
    this.#cancelTimer = undefined;
    const now = performance.now();
    // Timers may fire up to a millisecond early. Ending an attempt may end or start others, so collect first.
    const due: Timed[] = [];
    for (const [one, deadline] of this.#pending) {
      if (deadline - now >= 1) {
        this.#cancelTimer = startDeadline(Math.ceil(deadline - now), this.#onTimer);
        break;
      }
      due.push(one);
    }
    for (const one of due) if (this.#pending.has(one)) one.onTimeout(this.timeoutMs);
  };
}
