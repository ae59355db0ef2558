import { pipe } from 'rxjs';
import type { EventListener } from '../events.js';
import { paginate } from '../paginate.js';
import type { Pages } from '../pages.js';
import { retryRequests } from '../policies/retry-requests.js';
import { throttleRequests, type ThrottleOptions } from '../policies/throttle-requests.js';
import type { Policy } from '../request.js';
import { afterItems } from '../stops/after-items.js';
import { afterPages } from '../stops/after-pages.js';
import type { StopCondition } from '../stops/stop-condition.js';
import { fetchTransport } from '../transports/fetch-transport.js';
import type { Arguments } from './arguments.js';
import { buildPaging, type PagedRequest } from './build-paging.js';
import { connections } from './connections.js';
import { draftRequest } from './draft-request.js';

/** How the API pages, and its pages, which are not asked for yet. */
export interface Prepared {
  readonly paging: PagedRequest;
  /** Requests that were sent to find out how it pages. */
  readonly requests: number;
  readonly pages: Pages<unknown>;
}

/** @throws UsageError, ConfigError, ResumeError before anything is sent; DetectionError and what asking throws after */
export async function buildPages(
  args: Arguments,
  token: string | undefined,
  events: EventListener,
  signal: AbortSignal,
): Promise<Prepared> {
  const transport = fetchTransport({ attemptTimeout: args.timeout, agent: await connections(args) });
  const allowOrigins = args.allowOrigin;
  const retry = retryRequests({ retries: args.retries });
  const limited = (limit: ThrottleOptions | undefined): Policy =>
    limit ? pipe(throttleRequests(limit), retry) : retry;
  // One policy for all requests where the flags give the rate: finding out how the API pages counts too.
  const policy = limited(args.rate);
  let requests = 0;
  const counting: EventListener = {
    next({ type }) {
      if (type === 'request') requests++;
    },
  };

  const paging = await buildPaging(args, draftRequest(args), {
    transport,
    policy,
    signal,
    allowOrigins,
    events: counting,
  });
  const pages = paginate(paging.request, paging.strategy, {
    transport,
    policy: args.rate === undefined ? limited(paging.throttle) : policy,
    check: paging.check,
    until: stops(args),
    skipFailedPages: args.skipFailedPages === undefined ? undefined : { max: args.skipFailedPages },
    resumeFrom: token,
    signal,
    allowOrigins,
    events,
  });
  return { paging, requests, pages };
}

function stops({ maxPages, maxItems }: Arguments): StopCondition | undefined {
  const conditions = [
    ...(maxPages === undefined ? [] : [afterPages(maxPages)]),
    ...(maxItems === undefined ? [] : [afterItems(maxItems)]),
  ];
  return conditions.length === 0 ? undefined : (page, run) => conditions.some((stop) => stop(page, run));
}
