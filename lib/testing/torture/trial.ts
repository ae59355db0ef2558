import { pipe, Subscription } from 'rxjs';
import { isPagewiseError } from '../../errors.js';
import type { WalkEvent } from '../../events.js';
import type { Page, ResumeToken } from '../../page.js';
import { paginate, type PaginateOptions } from '../../paginate.js';
import type { RetryOptions } from '../../policies/retry-options.js';
import { retryRequests } from '../../policies/retry-requests.js';
import { throttleRequests } from '../../policies/throttle-requests.js';
import type { HeaderSource, PageRequest, Transport } from '../../request.js';
import type { Strategy } from '../../strategy.js';
import type { FetchTransportOptions } from '../../transports/fetch-transport.js';
import { hostileServer, type HostileServer } from '../hostile/hostile-server.js';
import type { FaultSchedule } from '../hostile/fault.js';
import type { PagedApi } from '../hostile/paged-api.js';

/** What carries requests in a trial. */
export type MakeTransport = (options: Pick<FetchTransportOptions, 'attemptTimeout' | 'maxResponseBytes'>) => Transport;

/** How the walk behaves, if a fault needs more than the defaults. */
export interface Behaviour {
  /** @default 30_000 */
  readonly attemptTimeout?: number;
  readonly maxResponseBytes?: number;
  readonly retry?: RetryOptions;
  readonly headers?: HeaderSource;
  readonly options?: Omit<PaginateOptions, 'transport' | 'policy' | 'resumeFrom' | 'events' | 'signal'>;
}

/** A strategy, and what to test it on. */
export interface Subject {
  readonly make: () => Strategy<unknown, never>;
  readonly api: PagedApi;
  readonly transport: MakeTransport;
  readonly pages: readonly (readonly unknown[])[];
  readonly concurrency: number;
}

/** The result of one run. */
export interface Run {
  readonly pages: readonly Page[];
  readonly items: readonly unknown[];
  /** `undefined` if the run completed. */
  readonly error: unknown;
  readonly events: readonly WalkEvent[];
  /** Continues after the emitted pages. */
  readonly resume: ResumeToken | undefined;
}

/** A server, and any number of walks of the subject over it. */
export interface Trial {
  readonly server: HostileServer;
  run(resumeFrom?: ResumeToken, until?: { readonly unsubscribeAfterMs: number }): Promise<Run>;
}

/** Milliseconds. In no run nothing happens for that long, unless it hangs. */
const longest = 60_000;
/** No run sends that many requests for a page, on average, unless it never ends. */
const mostRequests = 100;

/** Runs `test` with a trial and cleans up. @throws if requests stay in flight */
export async function onTrial<T>(
  subject: Subject,
  faults: FaultSchedule,
  behaviour: Behaviour,
  test: (trial: Trial) => Promise<T>,
): Promise<T> {
  const { make, api, pages, concurrency } = subject;
  const { attemptTimeout = 30_000, maxResponseBytes = 8 * 1024 * 1024, retry, headers, options } = behaviour;
  const server = await hostileServer({ pages, api, faults });
  try {
    const request: PageRequest = { ...api.request, url: server.url, ...(headers ? { headers } : {}) };
    const transport = subject.transport({ attemptTimeout, maxResponseBytes });
    // The limit is never reached, but the throttle is part of the walk.
    const policy = pipe(
      throttleRequests({ limit: 1e6 }),
      retryRequests({ base: 1, cap: 50, budget: Infinity, ...retry }),
    );
    const run: Trial['run'] = (resumeFrom, until) =>
      new Promise((resolve, reject) => {
        let left = mostRequests * pages.length;
        const found: Page[] = [];
        const events: WalkEvent[] = [];
        const walk = new Subscription();
        const settle = () => {
          clearTimeout(hang);
          clearTimeout(unsubscribing);
        };
        const fail = (what: string) => {
          settle();
          walk.unsubscribe();
          reject(new Error(`the walk ${what}; ${server.inFlight} requests in flight`));
        };
        const ended = (error?: unknown) => {
          settle();
          const resume = isPagewiseError(error) ? error.resume : found.at(-1)?.resume;
          resolve({ pages: found, items: found.flatMap((page) => page.items), error, events, resume });
        };
        const unsubscribe = () => {
          walk.unsubscribe();
          ended(new Unsubscribed());
        };
        const hang = setTimeout(() => fail(`hangs: nothing for ${longest / 1000} s`), longest);
        const unsubscribing = until && setTimeout(unsubscribe, until.unsubscribeAfterMs);
        const listener = {
          next(event: WalkEvent) {
            hang.refresh();
            events.push(event);
            if (event.type === 'request' && --left === 0) fail(`never ends: ${found.length} pages so far`);
          },
        };
        const pageByPage = paginate(request, make() as Strategy, {
          ...options,
          concurrency,
          transport,
          policy,
          events: listener,
          ...(resumeFrom === undefined ? {} : { resumeFrom: JSON.stringify(resumeFrom) }),
        });
        walk.add(pageByPage.subscribe({ next: (page) => found.push(page), error: ended, complete: ended }));
      });
    const result = await test({ server, run });
    await expectNothingInFlight(server);
    return result;
  } finally {
    await server.close();
  }
}

/** The subscriber unsubscribed. */
export class Unsubscribed extends Error {}

/** A client that has ended has nothing in flight. How fast the sockets show that depends on the machine. */
async function expectNothingInFlight(server: HostileServer): Promise<void> {
  for (let waited = 0; server.inFlight > 0; waited += 10) {
    if (waited > 10_000) throw new Error(`the walk leaked: ${server.inFlight} requests are in flight after the end`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
