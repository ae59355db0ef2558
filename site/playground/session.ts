// Both walks on one clock, and how far it is moved. The worker of the page and the specs drive it.
import type { VirtualClock } from './clock.js';
import { effective, type Knobs } from './knobs.js';
import { type Counts, type Entry, HandWrittenWalk, PagewiseWalk } from './walk.js';

/** What one walk has come to, as plain data. */
export interface WalkState {
  readonly log: readonly Entry[];
  readonly counts: Counts;
}

export interface SessionState {
  /** Milliseconds. */
  readonly now: number;
  readonly ended: boolean;
  /** Whether the walk waits for `more`. */
  readonly waits: boolean;
  /** Whether nothing waits for time to pass. */
  readonly idle: boolean;
  readonly pagewise: WalkState;
  readonly hand: WalkState | undefined;
}

/** No walk of the page takes longer, unless it would never end. */
const longest = 30 * 60_000;

export class Session {
  readonly pagewise: PagewiseWalk;
  readonly hand: HandWrittenWalk | undefined;

  constructor(
    knobs: Knobs,
    private readonly clock: VirtualClock,
  ) {
    clock.reset();
    const used = effective(knobs);
    this.pagewise = new PagewiseWalk(used, clock);
    this.hand = used.hand === 'yes' ? new HandWrittenWalk(used, clock) : undefined;
  }

  get state(): SessionState {
    const { clock, pagewise, hand } = this;
    const stateOf = ({ log, counts }: WalkState) => ({ log: [...log], counts });
    return {
      now: clock.now,
      ended: this.#ended,
      waits: pagewise.waits,
      idle: clock.next === undefined,
      pagewise: stateOf(pagewise),
      hand: hand && stateOf(hand),
    };
  }

  /** Moves the clock, but not past the end, and not while nothing but `more` is waited for. */
  async runTo(to: number): Promise<void> {
    await this.clock.runTo(this.clock.now);
    while (!this.#ended && this.clock.next !== undefined && this.clock.next <= to) await this.clock.step();
    if (!this.#ended && this.clock.next !== undefined) await this.clock.runTo(to);
  }

  /** Moves the clock to the next moment at which something happens. */
  async step(): Promise<void> {
    const before = this.#entries;
    await this.clock.runTo(this.clock.now);
    while (!this.#ended && this.#entries === before && (await this.clock.step()));
    // What happens at the same moment is one step.
    await this.clock.runTo(this.clock.now);
  }

  /** To the end, or until `more` is waited for. */
  finish(): Promise<void> {
    return this.runTo(longest);
  }

  more(): void {
    this.pagewise.more();
  }

  get #entries(): number {
    return this.pagewise.log.length + (this.hand?.log.length ?? 0);
  }

  get #ended(): boolean {
    return this.pagewise.ended && (this.hand?.ended ?? true);
  }
}
