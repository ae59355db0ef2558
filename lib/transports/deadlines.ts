/** Something with a deadline. `deadline`, `before` and `after` are only for the list. */
export abstract class Timed {
  /** @internal */ deadline = 0;
  /** @internal */ before: Timed | undefined;
  /** @internal */ after: Timed | undefined;

  abstract onTimeout(timeoutMs: number): void;
}

/**
 * The deadlines of a transport's attempts, on one timer: all attempts have the same timeout, so the first to start is
 * the first to expire. The timer is ref'd, and exists while any attempt is pending: with cross-fetch, a body shorter
 * than its Content-Length may never settle.
 */
export class Deadlines {
  #first: Timed | undefined;
  #last: Timed | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly timeoutMs: number) {}

  add(one: Timed): void {
    if (this.timeoutMs >= 2 ** 31) return; // Longer than timers support, or Infinity: no deadline.
    one.deadline = performance.now() + this.timeoutMs;
    one.before = this.#last;
    one.after = undefined;
    if (this.#last) this.#last.after = one;
    else this.#first = one;
    this.#last = one;
    this.#timer ??= setTimeout(this.#onTimer, this.timeoutMs);
  }

  delete(one: Timed): void {
    if (one.deadline === 0) return;
    one.deadline = 0;
    if (one.before) one.before.after = one.after;
    else this.#first = one.after;
    if (one.after) one.after.before = one.before;
    else this.#last = one.before;
  }

  /** Clears the timer if nothing is pending. Call it after `delete`, when the next attempt could have started. */
  readonly release = (): void => {
    if (this.#first || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  };

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const now = performance.now();
    // Timers may fire up to a millisecond early. Ending an attempt may change the list, so collect first.
    const due: Timed[] = [];
    let one = this.#first;
    for (; one && one.deadline - now < 1; one = one.after) due.push(one);
    if (one) this.#timer = setTimeout(this.#onTimer, Math.ceil(one.deadline - now));
    for (const over of due) if (over.deadline !== 0) over.onTimeout(this.timeoutMs);
  };
}
