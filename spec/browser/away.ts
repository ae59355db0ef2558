// Walks whose tab goes offline, is frozen, or is hidden. They stop at each page until `goOn`.
import {
  fetchTransport,
  paginate,
  retryRequests,
  throttleRequests,
  type PagewiseError,
  type TransportError,
  type WalkEvent,
} from 'pagewise';
import { pipe, type Subscription } from 'rxjs';
import { strategy } from './walks.js';

let items: number[] = [];
let waits: { ms: number; offline: boolean }[] = [];
let ending: string | undefined;
let walk: Subscription | undefined;
let goOn: () => void = () => undefined;

export const away = {
  startAway(url: string, totalTimeout = 60_000, attemptTimeout = 30_000) {
    items = [];
    waits = [];
    ending = undefined;
    const next = (event: WalkEvent) => {
      if (event.type === 'wait')
        waits.push({ ms: event.ms, offline: (event.error as Partial<TransportError> | undefined)?.offline === true });
    };
    walk = paginate({ url }, strategy, {
      policy: retryRequests({ retries: 2, base: 1 }),
      transport: fetchTransport({ attemptTimeout }),
      totalTimeout,
      events: { next },
      nextWhen: ({ index }) => (index > 0 ? [0] : new Promise<void>((resolve) => (goOn = resolve))),
    }).subscribe({
      next: (page) => items.push(...page.items),
      error: (error: PagewiseError) => (ending = error.message),
      complete: () => (ending = 'complete'),
    });
  },
  goOnAway: () => goOn(),
  stateAway: () => ({ items, waits, ending }),
  stopAway: () => walk?.unsubscribe(),

  /** Ten pages under a limit; gives the milliseconds that they took, and whether the tab is hidden. */
  async limited(url: string, limit: number, interval: number) {
    const policy = pipe(throttleRequests({ limit, interval }), retryRequests());
    const start = performance.now();
    let pages = 0;
    for await (const page of paginate({ url }, strategy, { policy })) if (page.index >= 0 && ++pages === 10) break;
    return { pages, ms: performance.now() - start, visibility: document.visibilityState };
  },
};
