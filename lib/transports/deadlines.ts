/** What has a deadline. */
interface Timed {
  onTimeout(timeoutMs: number): void;
}

/**
 * The deadlines of a transport's attempts, on one timer: all take equally long, so the first to begin is the first to
 * end. The timer is ref'd and there while any attempt is pending; with cross-fetch, a body that is cut off below its
 * Content-Length may never settle.
 */
export class Deadlines<T extends Timed> {
  /** When each is over, in the order of that. */
  readonly #pending = new Map<T, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly timeoutMs: number) {}

  add(one: T): void {
    if (this.timeoutMs >= 2 ** 31) return; // Beyond what timers take, Infinity too: none.
    this.#pending.set(one, performance.now() + this.timeoutMs);
    this.#timer ??= setTimeout(this.#onTimer, this.timeoutMs);
  }

  delete(one: T): void {
    this.#pending.delete(one);
  }

  /** Clears the timer where nothing is pending. To be called after `delete`, when the next attempt has had its chance. */
  release(): void {
    if (this.#pending.size > 0 || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const now = performance.now();
    const due: T[] = [];
    for (const [one, end] of this.#pending) {
      // Timers may fire up to a millisecond early.
      if (end - now >= 1) {
        this.#timer = setTimeout(this.#onTimer, Math.ceil(end - now));
        break;
      }
      due.push(one);
    }
    for (const one of due) one.onTimeout(this.timeoutMs);
  };
}
