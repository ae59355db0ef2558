import { pipe } from 'rxjs';
import type { EventListener } from '../events.js';
import { paginate } from '../paginate.js';
import type { Pages } from '../pages.js';
import { retryRequests } from '../policies/retry-requests.js';
import { throttleRequests } from '../policies/throttle-requests.js';
import type { Policy } from '../request.js';
import { afterItems } from '../stops/after-items.js';
import { afterPages } from '../stops/after-pages.js';
import type { StopCondition } from '../stops/stop-condition.js';
import { fetchTransport } from '../transports/fetch-transport.js';
import type { Arguments } from './arguments.js';
import { buildPaging } from './build-paging.js';
import { draftRequest, toRequest } from './draft-request.js';

/** @throws UsageError, ConfigError, ResumeError; nothing is sent */
export function buildPages(
  args: Arguments,
  token: string | undefined,
  events: EventListener,
  signal: AbortSignal,
): Pages<unknown> {
  const draft = draftRequest(args);
  const { strategy, inBody, check, throttle } = buildPaging(args, draft);
  const limit = args.rate ?? throttle;
  const retry = retryRequests({ retries: args.retries });
  const policy: Policy = limit ? pipe(throttleRequests(limit), retry) : retry;
  return paginate(toRequest(args, draft, inBody), strategy, {
    transport: fetchTransport({ attemptTimeout: args.timeout }),
    policy,
    check,
    until: stops(args),
    resumeFrom: token,
    signal,
    events,
  });
}

function stops({ maxPages, maxItems }: Arguments): StopCondition | undefined {
  const conditions = [
    ...(maxPages === undefined ? [] : [afterPages(maxPages)]),
    ...(maxItems === undefined ? [] : [afterItems(maxItems)]),
  ];
  return conditions.length === 0 ? undefined : (page, run) => conditions.some((stop) => stop(page, run));
}
