interface Timer {
  readonly id: number;
  at: number;
  readonly every: number | undefined;
  readonly run: () => void;
}

/** Virtual time: replaces the timers and clocks of the process, until `uninstall`. Days pass in no time. */
export class Clock {
  #now = 1_000_000;
  #next = 1;
  readonly #timers = new Map<number, Timer>();
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    now: Date.now,
    performanceNow: performance.now.bind(performance),
  };

  constructor() {
    const start =
      (repeats: boolean) =>
      (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
        const id = this.#next++;
        const delay = Math.max(repeats ? 1 : 0, ms);
        // What only keeps the process alive never fires.
        const at = delay > 1e9 ? Infinity : this.#now + delay;
        this.#timers.set(id, { id, at, every: repeats ? delay : undefined, run: () => run(...args) });
        const handle = { ref: () => handle, unref: () => handle, hasRef: () => true, [Symbol.toPrimitive]: () => id };
        return handle;
      };
    const stop = (handle: unknown) => {
      if (handle !== undefined && handle !== null) this.#timers.delete(Number(handle));
    };
    Object.assign(globalThis, {
      setTimeout: start(false),
      clearTimeout: stop,
      setInterval: start(true),
      clearInterval: stop,
    });
    Date.now = () => this.#now;
    performance.now = () => this.#now;
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Whether one of them is going to fire. */
  get isDue(): boolean {
    return [...this.#timers.values()].some(({ at }) => at < Infinity);
  }

  get now(): number {
    return this.#now;
  }

  /** Lets the next timer fire. */
  advance(): void {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) if (first === undefined || timer.at < first.at) first = timer;
    if (first === undefined || first.at === Infinity) return;
    this.#now = Math.max(this.#now, first.at);
    if (first.every === undefined) this.#timers.delete(first.id);
    else first.at = this.#now + first.every;
    first.run();
  }

  uninstall(): void {
    const { now, performanceNow, ...timers } = this.#real;
    Object.assign(globalThis, timers);
    Date.now = now;
    performance.now = performanceNow;
  }
}
