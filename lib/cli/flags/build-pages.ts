import { pipe } from 'rxjs';
import { failIf, okIf, retryIf } from '../../checks.js';
import { read } from '../../detect/paging.js';
import type { EventListener } from '../../events.js';
import type { Pages } from '../../pages.js';
import { paginate } from '../../paginate.js';
import { retryRequests } from '../../policies/retry-requests.js';
import { type ThrottleOptions, throttleRequests } from '../../policies/throttle-requests.js';
import type { Policy, Transport } from '../../request.js';
import type { ResumeToken } from '../../page.js';
import { readToken } from '../../resume-token.js';
import { afterItems, afterPages, type StopCondition } from '../../stops.js';
import type { Check, Strategy } from '../../strategy.js';
import { fingerprint } from '../../values/compare.js';
import { isReadWhole } from '../output/job-output.js';
import type { Template } from '../terminal/shown-request.js';
import { verboseEvents, verboseTransport, verboseWaits } from '../terminal/verbose.js';
import type { Together } from '../jobs/together.js';
import { type Arguments, UsageError } from './arguments.js';
import { buildPaging, type PagedRequest } from './build-paging.js';
import { connections } from './connections.js';
import { draftRequest, isCookieFile, toRequest } from './draft-request.js';
import { syncOf } from './build-sync.js';
import { rememberAnswers } from './remember-answers.js';
import { withCookies } from '../../node/with-cookies.js';

/** How the API pages, and its pages, none of which has been requested yet. */
export interface Prepared {
  readonly paging: PagedRequest;
  readonly pages: Pages<unknown>;
  /** How many requests of the walk detection had already sent. */
  readonly spared: () => number;
  /** Writes the file of `-c`. */
  readonly saveCookies: () => Promise<void> | undefined;
}

// Both load a library, which few runs need.
const loadSchema = async (file: string, signal: AbortSignal) =>
  (await import('./json-schema.js')).jsonSchema(file, signal);

async function loadCookies({ cookie = [], cookieJar }: Arguments, signal: AbortSignal) {
  const files = cookie.filter(isCookieFile);
  if (cookieJar === undefined && files.length === 0) return undefined;
  return (await import('./cookie-jar.js')).cookieJar(files, signal);
}

/** What takes the place of the network in a run that sends nothing. */
export interface Rehearsal {
  transport(direct: Transport, template: Template): Transport;
  strategy(paging: PagedRequest): Strategy;
}

/**
 * @param log receives a line for each request, answer, wait and page
 * @param rehearsal for a run that sends nothing
 * @throws UsageError, ConfigError, ResumeError before anything is sent; later DetectionError and errors of its requests
 */
export async function buildPages(
  args: Arguments,
  resume: ResumeToken | undefined,
  { detection, walk }: Readonly<Record<'detection' | 'walk', EventListener>>,
  log: ((line: string) => void) | undefined,
  signal: AbortSignal,
  together: Together,
  rehearsal?: Rehearsal,
): Promise<Prepared> {
  const draft = await draftRequest(args, signal);
  // Refuses a token of another query before detection sends anything. The strategy is not known yet.
  if (resume) readToken(resume, { ...resume.of, method: draft.method, url: fingerprint(draft.url) });
  const sync = syncOf(args, draft);
  const schema = args.schema === undefined ? undefined : await loadSchema(args.schema, signal);
  const cookies = await loadCookies(args, signal);
  const { headers } = toRequest(args, draft, 'bytes');
  const template: Template = {
    url: draft.url,
    headers,
    body: draft.body?.object ?? draft.body?.text,
    ranges: rangesOf(args),
  };
  const real = await (together.connections.transport ??= connections(args, signal));
  const direct = rehearsal ? rehearsal.transport(real, template) : real;
  const plain = cookies ? withCookies(direct, cookies, new URL(draft.url).origin) : direct;
  const { asking, walking, spared } = rememberAnswers(log ? verboseTransport(plain, template, log) : plain);
  const events = log ? verboseEvents(walk, log) : walk;
  const allowOrigins = args.allowOrigin;
  const once = (name: string, make: () => Policy): Policy => {
    const policy = together.policies.get(name) ?? make();
    together.policies.set(name, policy);
    return policy;
  };
  const retry = once('retry', () =>
    retryRequests({
      retries: args.retries,
      base: args.retryDelay,
      cap: args.retryMaxDelay,
      budget: args.retryBudget,
      retryHeader: args.retryHeader,
      maxRetryAfter: args.maxRetryAfter,
    }),
  );
  const limited = (limit: ThrottleOptions | undefined): Policy =>
    limit
      ? once(JSON.stringify(limit), () =>
          pipe(throttleRequests({ ...limit, margin: args.margin, maxPause: args.maxPause }), retry),
        )
      : retry;
  // If the flags set the rate, one policy serves all requests: those of detection count too.
  const policy = limited(args.rate);
  const checks = checksOf(args);
  const paging = await buildPaging(args, draft, {
    transport: asking,
    policy,
    signal,
    allowOrigins,
    events: log ? verboseWaits(detection, log) : detection,
    check: checks,
  });
  // Paging alone may leave a body as it was given.
  const inObject = sync !== undefined && /^(body|variables|template)/.test(args.syncIn ?? '');
  const request = inObject ? toRequest(args, draft, 'object') : paging.request;
  const strategy = rehearsal ? rehearsal.strategy(paging) : paging.strategy;
  const pages = paginate(request, strategy, {
    transport: walking,
    policy: args.rate === undefined ? limited(paging.throttle) : policy,
    check: [...checks, ...(paging.check ? [paging.check] : [])],
    until: stops(args),
    gaps: args.gaps,
    skipFailedPages: args.skipFailedPages === undefined ? undefined : { max: args.skipFailedPages },
    concurrency: args.concurrency,
    adaptiveSize: args.adaptiveSize,
    schema,
    totalTimeout: args.totalTimeout,
    prefetch: args.prefetch ?? (readsAhead(args, paging.strategy) ? 1 : 0),
    resumeFrom: resume,
    sync,
    signal,
    allowOrigins,
    events,
  });
  const { cookieJar: file } = args;
  return { paging, pages, spared, saveCookies: () => (file === undefined ? undefined : cookies?.save(file)) };
}

/**
 * Whether the next page is requested while this one is written. Not if the run may end before that page is needed:
 * at --max-items, or when the reader stops early. Not if the server keeps the position (a scroll): after a kill, the
 * next run could not request the unwritten page again.
 */
const readsAhead = (args: Arguments, { onRepeat, stateful }: PagedRequest['strategy']): boolean =>
  isReadWhole(args) &&
  onRepeat !== 'allow' &&
  stateful === undefined &&
  args.concurrency === undefined &&
  (args.maxItems === undefined || args.distinct === undefined);

/** The parameters that hold numbers or times of --split and --sync. */
const rangesOf = ({ split = '', splitParams = '', syncParam }: Arguments): readonly string[] => [
  ...splitParams.replaceAll('{field}', split).split(','),
  ...(syncParam === undefined ? [] : [syncParam]),
];

/** Checks of --ok-if, --retry-if and --fail-if, in this order; the profile's check comes last. @throws UsageError */
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
    // With --distinct, only the output knows which items count.
    ...(maxItems === undefined || distinct !== undefined ? [] : [afterItems(maxItems)]),
  ];
  return conditions.length === 0 ? undefined : (page, run) => conditions.some((stop) => stop(page, run));
}
