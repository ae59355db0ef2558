import type { WaitEvent } from '../events.js';

/** How many pages may be in flight: fewer after a rate limit, and one more again each time that so many have come. */
export interface LaneLimit {
  width(): number;
  /** Milliseconds for which nothing is to be sent, since the server has asked for that. */
  pauseMs(): number;
  hear(event: WaitEvent): void;
  pageRead(): void;
}

export function laneLimit(most: number): LaneLimit {
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
