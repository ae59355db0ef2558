import { muchTooLate, startDeadline } from '../values/timer.js';

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
  /** When the timer was to fire. */
  #due = 0;

  constructor(readonly timeoutMs: number) {}

  add(one: Timed): void {
    if (this.timeoutMs >= 2 ** 31) return; // Longer than timers support, or Infinity: no deadline.
    const now = performance.now();
    this.#pending.set(one, now + this.timeoutMs);
    if (this.#cancelTimer === undefined) this.#arm(now, this.timeoutMs);
    else if (now - this.#due > muchTooLate) {
      this.#cancelTimer(); // It was dropped: see timersAreOfRequests.
      this.#arm(now, 1);
    }
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

  #arm(now: number, ms: number): void {
    this.#due = now + ms;
    this.#cancelTimer = startDeadline(ms, this.#onTimer);
  }

  readonly #onTimer = (): void => {
    this.#cancelTimer = undefined;
    const now = performance.now();
    // Timers may fire up to a millisecond early. Ending an attempt may end or start others, so collect first.
    const due: Timed[] = [];
    for (const [one, deadline] of this.#pending) {
      if (deadline - now >= 1) {
        this.#arm(now, Math.ceil(deadline - now));
        break;
      }
      due.push(one);
    }
    for (const one of due) if (this.#pending.has(one)) one.onTimeout(this.timeoutMs);
  };
}
