import { pipe } from 'rxjs';
import { failIf, okIf, retryIf } from '../../checks.js';
import { read } from '../../detect/paging.js';
import type { EventListener } from '../../events.js';
import type { Pages } from '../../pages.js';
import { paginate } from '../../paginate.js';
import { retryRequests } from '../../policies/retry-requests.js';
import { type ThrottleOptions, throttleRequests } from '../../policies/throttle-requests.js';
import type { Policy } from '../../request.js';
import type { ResumeToken } from '../../page.js';
import { readToken } from '../../resume-token.js';
import { afterItems, afterPages, type StopCondition } from '../../stops.js';
import type { Check } from '../../strategy.js';
import { fingerprint } from '../../values/compare.js';
import { isReadWhole } from '../output/job-output.js';
import { verboseEvents, verboseTransport } from '../terminal/verbose.js';
import { type Arguments, UsageError } from './arguments.js';
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

/**
 * @param say where each request, answer, wait and page is told of
 * @throws UsageError, ConfigError, ResumeError before anything is sent; DetectionError and what asking throws after
 */
export async function buildPages(
  args: Arguments,
  resume: ResumeToken | undefined,
  tally: EventListener,
  say: ((line: string) => void) | undefined,
  signal: AbortSignal,
): Promise<Prepared> {
  const draft = draftRequest(args);
  // Another query is refused before it is found out how this one pages, which tells the rest.
  if (resume) readToken(resume, { ...resume.of, method: draft.method, url: fingerprint(draft.url) });
  const plain = connections(args);
  const transport = say ? verboseTransport(plain, draft, say) : plain;
  const events = say ? verboseEvents(tally, say) : tally;
  const allowOrigins = args.allowOrigin;
  const retry = retryRequests({ retries: args.retries });
  const limited = (limit: ThrottleOptions | undefined): Policy =>
    limit ? pipe(throttleRequests(limit), retry) : retry;
  // One policy for all requests where the flags give the rate: finding out how the API pages counts too.
  const policy = limited(args.rate);
  const checks = checksOf(args);
  let requests = 0;
  const counting: EventListener = {
    next({ type }) {
      if (type === 'request') requests++;
    },
  };

  const paging = await buildPaging(args, draft, {
    transport,
    policy,
    signal,
    allowOrigins,
    events: counting,
    check: checks,
  });
  const pages = paginate(paging.request, paging.strategy, {
    transport,
    policy: args.rate === undefined ? limited(paging.throttle) : policy,
    check: [...checks, ...(paging.check ? [paging.check] : [])],
    until: stops(args),
    skipFailedPages: args.skipFailedPages === undefined ? undefined : { max: args.skipFailedPages },
    concurrency: args.concurrency,
    prefetch: args.prefetch ?? (readsAhead(args, paging.strategy) ? 1 : 0),
    resumeFrom: resume,
    signal,
    allowOrigins,
    events,
  });
  return { paging, requests, pages };
}

/**
 * Whether the next page is requested while this one is written. Not past what --max-items will turn out to be, nor for a
 * reader that may stop early; and not where the server's state is the position (a scroll): a run that is killed could not
 * request again what it had not written.
 */
const readsAhead = (args: Arguments, { onRepeat }: PagedRequest['strategy']): boolean =>
  isReadWhole(args) &&
  onRepeat !== 'allow' &&
  args.concurrency === undefined &&
  (args.maxItems === undefined || args.distinct === undefined);

/** The exceptions first, and before what a profile says: @throws UsageError */
function checksOf({ failIf: fail = [], retryIf: retry = [], okIf: ok = [] }: Arguments): readonly Check[] {
  const made = (flag: string, texts: readonly string[], make: typeof failIf) =>
    texts.map((text) => {
      const [, path = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
      if (path === '') throw new UsageError(`${flag} ${text}: give a path, or PATH=VALUE, such as status=error`);
      return make(read(path), value);
    });
  return [...made('--ok-if', ok, okIf), ...made('--retry-if', retry, retryIf), ...made('--fail-if', fail, failIf)];
}

function stops({ maxPages, maxItems, distinct }: Arguments): StopCondition | undefined {
  const conditions = [
    ...(maxPages === undefined ? [] : [afterPages(maxPages)]),
    // Which items count with --distinct is not known here.
    ...(maxItems === undefined || distinct !== undefined ? [] : [afterItems(maxItems)]),
  ];
  return conditions.length === 0 ? undefined : (page, run) => conditions.some((stop) => stop(page, run));
}
