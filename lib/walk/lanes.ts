import { Subscription, timer, type Unsubscribable } from 'rxjs';
import type { PolicyScope } from '../attempt.js';
import type { PageTimeoutError } from '../errors.js';
import type { WaitEvent } from '../events.js';
import type { Answer, Page, Position } from '../page.js';
import type { PageRequest, PageResponse } from '../request.js';
import type { Step } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { sameJson } from '../values/compare.js';
import { asCallbackError } from './judge.js';
import { type AnswerObserver, type Asking, PageAsk } from './page-ask.js';

/** Pages in flight at once (E6). */
export interface Lanes<Item, P extends Position> {
  /** The lane of the page that the walk has arrived at, and lanes for those that are likely to follow. */
  take(step: Step<P>, request: PageRequest): Lane<P>;
  /** The page has been read: from it the next ones are guessed. */
  read(page: Page<Item>): void;
}

interface LanesOf<Item, P extends Position> extends Asking {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly notice: (message: string) => void;
}

/**
 * Asks for pages ahead of the walk, where the strategy guesses them to be. The walk itself goes on page after page, and
 * believes `next` alone: a lane whose position is not what the page before it says is discarded, and what lies past the
 * end is never looked at.
 * @param concurrency pages in flight or waiting for their turn, at most
 * @param life when it ends, everything in flight is given up
 */
export function openLanes<Item, P extends Position>(
  walk: LanesOf<Item, P>,
  concurrency: number,
  life: Subscription,
): Lanes<Item, P> {
  const { strategy } = walk;
  const limit = laneLimit(concurrency);
  const scope: PolicyScope = {
    report(event) {
      limit.hear(event);
      walk.scope.report(event);
    },
  };
  const asking = { ...walk, scope };
  let ahead: Lane<P>[] = [];
  let seen: Page<Item> | undefined;
  let taken = 0;
  let told = false;

  function open(step: Step<P>, request: PageRequest): Lane<P> {
    return new Lane(new PageAsk(asking, request, step), step.position).start(limit.pauseMs());
  }
  function discard(lanes: readonly Lane<P>[]): void {
    for (const lane of lanes) {
      life.remove(lane);
      lane.unsubscribe();
    }
  }
  const guess = (from: P): P | undefined => {
    try {
      return strategy.guess?.(from, seen as Answer<Item, P> | undefined);
    } catch (error) {
      throw asCallbackError('strategy.guess', error);
    }
  };

  /** A guess that can't be asked for is the walk's to meet, if it is none. */
  function place(position: P): PageRequest | undefined {
    try {
      return strategy.place(walk.request, position);
    } catch {
      return undefined;
    }
  }

  function fill(current: P, index: number): void {
    const most = Math.min(limit.width(), pagesLeft(seen)) - 1;
    while (ahead.length < most) {
      const from = ahead.at(-1)?.position ?? current;
      const position = guess(from);
      if (position === undefined || sameJson(position, from)) break;
      const request = place(position);
      if (request === undefined) break;
      // What comes before it is not known yet; nothing asks, since it is not the walk's turn.
      const lane = open({ position, index: index + ahead.length + 1, itemsBefore: 0 }, request);
      life.add(lane);
      ahead.push(lane);
    }
    if (told || ahead.length > 0) told = true;
    else if (most > 0 && (strategy.guess === undefined || ++taken === 3)) {
      told = true;
      walk.notice(
        `concurrency: ${String(concurrency)} has nothing to guess the next pages by (${strategy.name}), so they are asked for one after the other.`,
      );
    }
  }

  return {
    take(step, request) {
      const { position, index } = step;
      const at = ahead.findIndex((lane) => sameJson(lane.position, position));
      discard(at === -1 ? ahead : ahead.slice(0, at));
      const known = ahead[at];
      ahead = at === -1 ? [] : ahead.slice(at + 1);
      if (known) life.remove(known); // From here on it is the page's, and ends with it.
      const lane = known ?? open(step, request);
      fill(position, index);
      return lane;
    },
    read(page) {
      seen = page;
      limit.pageRead();
    },
  };
}

/**
 * How many pages are left by the total that the API announces; a hint that saves requests past the end. `Infinity` where
 * there is none, or one that what has come proves wrong.
 */
function pagesLeft(page: Page | undefined): number {
  if (page?.total === undefined || page.items.length === 0) return Infinity;
  const left = page.total - page.itemsBefore - page.items.length;
  return left > 0 ? Math.ceil(left / page.items.length) : Infinity;
}

/** One page that is asked for ahead of its turn: its answer, or its error, waits here until the walk arrives. */
class Lane<P extends Position> implements AnswerObserver, Unsubscribable {
  readonly ask: PageAsk;
  readonly position: P;
  readonly #life = new Subscription();
  #observer: AnswerObserver | undefined;
  #outcome: ((observer: AnswerObserver) => void) | undefined;

  constructor(ask: PageAsk, position: P) {
    this.ask = ask;
    this.position = position;
  }

  /** @param delayMs while a rate limit holds everyone back */
  start(delayMs: number): this {
    const start = () => {
      try {
        this.#life.add(this.ask.start(this, this.#life));
      } catch (error) {
        this.error(error);
      }
    };
    if (delayMs > 0) this.#life.add(timer(delayMs).subscribe(start));
    else start();
    return this;
  }

  /** The walk has arrived: what is known already is told at once. */
  observe(observer: AnswerObserver): this {
    this.#observer = observer;
    if (this.#outcome) {
      this.ask.time(observer, this.#life); // Reading it is the page's time too.
      this.#outcome(observer);
    }
    return this;
  }

  next(response: PageResponse): void {
    this.#tell((observer) => {
      observer.next(response);
      observer.complete();
    });
  }

  error(error: unknown): void {
    this.#tell((observer) => {
      observer.error(error);
    });
  }

  late(error: PageTimeoutError): void {
    if (this.#observer) this.#observer.late(error);
    else this.error(error);
  }

  complete(): void {
    this.#tell((observer) => {
      observer.complete();
    });
  }

  #tell(outcome: (observer: AnswerObserver) => void): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    if (this.#observer) outcome(this.#observer);
    else this.ask.timer?.unsubscribe(); // Waiting for its turn is no time that the page takes.
  }

  unsubscribe(): void {
    this.#life.unsubscribe();
  }
}

/** How many pages may be in flight: fewer after a rate limit, and one more again each time that so many have come. */
interface LaneLimit {
  width(): number;
  /** Milliseconds for which nothing is to be sent, since the server has asked for that. */
  pauseMs(): number;
  hear(event: WaitEvent): void;
  pageRead(): void;
}

function laneLimit(most: number): LaneLimit {
  let width = most;
  let sinceChange = 0;
  let pausedUntil = -Infinity;
  return {
    width: () => width,
    pauseMs: () => Math.max(0, pausedUntil - performance.now()),
    hear({ reason, throttled, ms }) {
      if (reason !== 'retry' || throttled !== true) return;
      const now = performance.now();
      // Those that were in flight together are told together: that is one limit.
      if (now >= pausedUntil) width = Math.max(1, Math.floor(width / 2));
      sinceChange = 0;
      pausedUntil = Math.max(pausedUntil, now + ms);
    },
    pageRead() {
      if (width === most || ++sinceChange < width) return;
      width++;
      sinceChange = 0;
    },
  };
}
