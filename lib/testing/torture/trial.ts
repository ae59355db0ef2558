import { pipe } from 'rxjs';
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

/** Milliseconds. No run takes that long unless it hangs. */
const longest = 60_000;

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
        const found: Page[] = [];
        const events: WalkEvent[] = [];
        const listener = { next: (event: WalkEvent) => void events.push(event) };
        const hang = setTimeout(() => {
          reject(new Error(`the walk hangs: no end after ${longest / 1000} s; ${server.inFlight} requests in flight`));
        }, longest);
        const ended = (error?: unknown) => {
          clearTimeout(hang);
          clearTimeout(unsubscribing);
          const resume = isPagewiseError(error) ? error.resume : found.at(-1)?.resume;
          resolve({ pages: found, items: found.flatMap((page) => page.items), error, events, resume });
        };
        const walk = paginate(request, make() as Strategy, {
          ...options,
          concurrency,
          transport,
          policy,
          events: listener,
          ...(resumeFrom === undefined ? {} : { resumeFrom: JSON.stringify(resumeFrom) }),
        }).subscribe({ next: (page) => found.push(page), error: ended, complete: ended });
        const unsubscribe = () => {
          if (walk.closed) return;
          walk.unsubscribe();
          ended(new Unsubscribed());
        };
        const unsubscribing = until && setTimeout(unsubscribe, until.unsubscribeAfterMs);
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
