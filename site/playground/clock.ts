// A clock that stands still until it is moved. Installed in a worker, or in a test, it replaces timers and clocks there,
// so the real library runs in its time: slowly, in steps, or at once, and in the same way each time.

/** A timer further away than this only keeps a process alive; nothing waits for it. */
const never = 1e9;

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly every: number | undefined;
  readonly run: () => void;
}

/** Resolves when all microtasks have run. The real timers would wait longer in browsers. */
function makeTurn(): () => Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (done: () => void) => void };
  if (setImmediate) return () => new Promise((resolve) => setImmediate(resolve));
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(undefined);
    });
}

export class VirtualClock {
  readonly #turn = makeTurn();
  #timers = new Map<number, Timer>();
  #ids = 0;
  #now = 0;
  #random = 1;

  /** Milliseconds since the start. */
  get now(): number {
    return this.#now;
  }

  /** When the next timer is due; `undefined` if nothing waits for time to pass. */
  get next(): number | undefined {
    return this.#first()?.at;
  }

  /** Back to the start, without timers. */
  reset(): void {
    this.#timers.clear();
    this.#now = 0;
    this.#random = 1;
  }

  readonly set = (run: () => void, ms = 0, every?: number): number => {
    const id = ++this.#ids;
    if (ms < never) this.#timers.set(id, { id, at: this.#now + Math.max(0, ms), every, run });
    return id;
  };

  readonly clear = (id: unknown): void => void this.#timers.delete(id as number);

  /** Runs what is due until then, in order. */
  async runTo(to: number): Promise<void> {
    await this.#turn();
    for (let timer = this.#first(); timer !== undefined && timer.at <= to; timer = this.#first())
      await this.#fire(timer);
    this.#now = Math.max(this.#now, to);
  }

  /** Runs the next timer. @returns whether there was one */
  async step(): Promise<boolean> {
    await this.#turn();
    const timer = this.#first();
    if (timer !== undefined) await this.#fire(timer);
    return timer !== undefined;
  }

  /** Replaces timers, clocks and chance of a global scope. @returns what restores them */
  install(scope: object): () => void {
    const began = Date.UTC(2026, 0, 1);
    const replaced = {
      setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        this.set(() => run(...args), ms ?? 0),
      setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        this.set(() => run(...args), ms ?? 0, Math.max(1, ms ?? 0)),
      clearTimeout: this.clear,
      clearInterval: this.clear,
      performance: { now: () => this.#now },
    };
    const before = Object.keys(replaced).map((name) => [name, Object.getOwnPropertyDescriptor(scope, name)] as const);
    for (const [name, value] of Object.entries(replaced))
      Object.defineProperty(scope, name, { value, configurable: true, writable: true });
    const { Date: date, Math: math } = scope as typeof globalThis;
    const { now } = date;
    const { random } = math;
    date.now = () => began + this.#now;
    math.random = () => this.#chance();
    return () => {
      date.now = now;
      math.random = random;
      for (const [name, descriptor] of before)
        if (descriptor) Object.defineProperty(scope, name, descriptor);
        else Reflect.deleteProperty(scope, name);
    };
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }

  async #fire(timer: Timer): Promise<void> {
    this.#now = Math.max(this.#now, timer.at);
    this.#timers.delete(timer.id);
    if (timer.every !== undefined) this.#timers.set(timer.id, { ...timer, at: this.#now + timer.every });
    timer.run();
    await this.#turn();
  }

  /** The same numbers in each run (mulberry32), so that a link shows the same waits. */
  #chance(): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}
