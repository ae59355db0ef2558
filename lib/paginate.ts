import type { Observable, ObservableInput } from 'rxjs';
import type { Checkpoint } from './checkpoint.js';
import { ConfigError } from './errors.js';
import type { EventListener } from './events.js';
import type { Page, Position, PositionOf } from './page.js';
import { Pages } from './pages.js';
import { retryRequests } from './policies/retry-requests.js';
import type { PagePolicy, RequestTemplate, Transport } from './request.js';
import { type Point, readToken, tokenOwner } from './resume-token.js';
import type { Schema } from './schema.js';
import type { StopCondition } from './stops.js';
import type { Check, Strategy } from './strategy.js';
import type { Sync } from './sync.js';
import { fetchTransport } from './transports/fetch-transport.js';
import { checkFunction, checkNumber, checkOneOf, checkOptions, checkWhole, invalid } from './values/options.js';
import {
  checkAdaptive,
  checkCheckpoint,
  readRequest,
  checkSkip,
  checkStrategy,
  checkSync,
  firstRequest,
} from './walk/check-arguments.js';
import { type AllowedOrigin, originRule } from './walk/origin-rule.js';
import { checkpointOf, findStart, type ResumePoint, beginningAt, startWalk, type WalkPlan } from './walk/start-walk.js';
import { pageValidator } from './walk/validate-page.js';

/** How to behave. Every option has a default. */
export interface PaginateOptions<Item = unknown, P extends Position = Position> {
  /** Sends the requests. @default fetchTransport() */
  readonly transport?: Transport | undefined;
  /** When requests are sent and retried; replaces the default. @default retryRequests(), built for this call */
  readonly policy?: PagePolicy | undefined;
  /**
   * Milliseconds that one page may take, all its attempts and waits included. After that the stream fails with
   * PageTimeoutError, which no policy retries. @default none
   */
  readonly totalTimeout?: number | undefined;
  /**
   * Judges the answer to each attempt: `failIf`, `retryIf`, `okIf`, or a function. Of several, the first one with an
   * opinion decides. @default the HTTP status: 2xx is a page, but an empty page that would end the walk is an error if
   * it looks like a failure (`success: false`, `errors`), and 202 without items is retried
   */
  readonly check?: Check<P> | readonly Check<P>[] | undefined;
  /** Validates items (or `{ items, body }`): any Standard Schema. Pages hold its output. @default none */
  readonly schema?: Schema<Item> | undefined;
  /** Stops the walk early, after the page for which it returns true. @default none: the walk runs to the last page */
  readonly until?: StopCondition<Item, P> | undefined;
  /**
   * Delays the next request until the Observable or promise that it returns emits. If that completes without emitting,
   * the stream completes. @default the next request is sent immediately
   */
  readonly nextWhen?: ((page: Page<Item, P>) => ObservableInput<unknown>) | undefined;
  /**
   * Skips up to `max` pages per run that keep failing, and continues at the position that the strategy guesses to be
   * next (`pageNumber`, and `offset` with a size). A `gap` event and the end event report each skipped page; its items
   * are missing. The first page is never skipped. Only rejected answers, network failures, timeouts and unreadable
   * bodies are skipped. @default none: the stream fails
   */
  readonly skipFailedPages?: { readonly max: number } | undefined;
  /**
   * Whether a resumed run first requests the pages that earlier runs skipped (`'retry'`) or not (`'keep'`). The end
   * event's `missing` names those that are still missing. @default 'retry'
   */
  readonly gaps?: 'retry' | 'keep' | undefined;
  /**
   * Pages in flight at the same time, emitted in order, if the strategy can guess the next positions: `pageNumber`,
   * `offset` with a size, `linkHeader` with `rel="last"`. Other strategies request one page after the other and report
   * that in a notice. At most `concurrency` pages are in memory. Up to `concurrency - 1` requests past the end are
   * wasted. A rate limit holds all of them back. @default 1
   */
  readonly concurrency?: number | undefined;
  /**
   * Halves the size of a page that is too heavy (413, 502, 504, an attempt timeout, or a check's `tooHeavy`) and
   * immediately requests the same items again. After a run of successful pages the size grows back. A notice reports
   * each change. For `pageNumber`, `offset`, `cursor`, `keyset` and `relay` with a size. @default false
   */
  readonly adaptiveSize?: boolean | undefined;
  /** Pages that `for await` fetches ahead of the loop. @default 0 */
  readonly prefetch?: number | undefined;
  /**
   * Continues an earlier walk: `page.resume` after that page, `error.resume` at the page that failed. The token may
   * also be JSON text, or a promise that may resolve to `undefined`. @default none: starts at the first page
   */
  readonly resumeFrom?: ResumePoint | undefined;
  /**
   * Continues where an earlier run stopped and saves its own progress: `checkpoint(store, key)`. Can't be combined with
   * resumeFrom. @default none
   */
  readonly checkpoint?: Checkpoint | undefined;
  /**
   * Asks only for what is new since the last run: `newest('updated_at', { param: 'updated_since' })`. What it remembers
   * is stored with the pages, in `checkpoint` or in `page.resume`. @default none: everything is requested
   */
  readonly sync?: Sync | undefined;
  /** Ends the stream with `signal.reason` as its error. @default none */
  readonly signal?: AbortSignal | undefined;
  /**
   * Other origins that next-page URLs may point to. No credentials and no body are sent there, unless an entry names
   * `headers` or sets `body`. @default none
   */
  readonly allowOrigins?: readonly (string | AllowedOrigin)[] | undefined;
  /** Receives an event per request, wait, page and for the end: a `Subject`, or anything with `next`. @default none */
  readonly events?: EventListener | undefined;
}

const known = [
  'transport', 'policy', 'totalTimeout', 'check', 'schema', 'until', 'nextWhen', 'skipFailedPages', 'gaps', 'concurrency', 'adaptiveSize', 'prefetch', 'resumeFrom', 'checkpoint', 'sync', 'signal', 'allowOrigins', 'events',
] as const satisfies readonly (keyof PaginateOptions)[]; // prettier-ignore

/** Options that are functions, and what to give. */
const functions = {
  transport: 'fetchTransport({ … })',
  policy: 'retryRequests({ … }), or several in pipe of RxJS',
  until: 'afterPages(3)',
  nextWhen: '(page) => timer(1000)',
} as const satisfies Partial<Record<keyof PaginateOptions, string>>;

/**
 * A stream of the pages of one API: what to ask, how this API pages, how to behave.
 *
 *     paginate({ url: 'https://api.example.com/inputs' }, pageNumber<Input>({ size: 20, items: 'inputs' }))
 *
 *     GET /inputs?page=1&per_page=20   ▸   { "inputs": [ … ] }   ▸   Page { index: 0, items: [ … ], next: { page: 2, size: 20 } }
 *
 * Nothing is sent before the stream is subscribed to or iterated.
 * @param request the request template; never changed
 * @throws ConfigError, ResumeError for input that can't work; thrown by this call, not in the stream
 */
// P has a default so that paginate<Item>(…) names the items, although strategies differ in their positions.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function paginate<Read, P extends Position = any, Item = Read>(
  request: RequestTemplate,
  strategy: Strategy<Read, P>,
  options: OptionsFor<Item, P> = {},
): Pages<Item, PositionOf<P>> {
  return paginateOver(fetchTransport, request, strategy, options);
}

export { readRequest, checkStrategy };

/** The options of a walk whose items are those of `strategy`, or the output of `schema`. */
// NoInfer: a stop condition for any item must not turn the item type into unknown.
export type OptionsFor<Item, P extends Position = Position> = Omit<
  PaginateOptions<NoInfer<Item>, PositionOf<NoInfer<P>>>,
  'schema'
> & {
  readonly schema?: Schema<Item> | undefined;
};

/** @internal `paginate` with another default transport, so that fetchTransport need not be in the bundle. */
export function paginateOver<Read, P extends Position, Item = Read>(
  defaultTransport: () => Transport,
  template: RequestTemplate,
  strategy: Strategy<Read, P>,
  options: OptionsFor<Item, P>,
): Pages<Item, PositionOf<P>> {
  checkOptions('paginate', options, known);
  const request = readRequest(template);
  checkStrategy(strategy);
  for (const [name, example] of Object.entries(functions) as [keyof typeof functions, string][])
    checkFunction('paginate', name, options[name], example);
  if (options.transport !== undefined && options.transport === (globalThis.fetch as unknown))
    throw new ConfigError('paginate: transport must be a transport, not fetch; give fetchTransport({ fetch })');
  const checks = options.check === undefined ? [] : [options.check].flat();
  for (const check of checks) checkFunction('paginate', 'check', check, "failIf('error')");
  const {
    concurrency = 1,
    adaptiveSize = false,
    prefetch = 0,
    allowOrigins = [],
    resumeFrom,
    checkpoint,
    signal,
    events,
    totalTimeout,
    skipFailedPages,
    gaps = 'retry',
  } = options;
  checkOneOf('paginate', 'gaps', gaps, ['retry', 'keep']);
  checkWhole('paginate', 'prefetch', prefetch, 0);
  checkWhole('paginate', 'concurrency', concurrency, 1);
  if (concurrency > 1 && options.nextWhen !== undefined)
    throw new ConfigError(
      'paginate: nextWhen requests pages one by one, concurrency several ahead; remove one of them',
    );
  if (totalTimeout !== undefined) checkNumber('paginate', 'totalTimeout', totalTimeout, 1, true);
  if (events !== undefined && typeof events.next !== 'function')
    throw invalid('paginate', 'events', events, 'a Subject or { next: (event) => … }');
  if (signal !== undefined && typeof signal.addEventListener !== 'function')
    throw invalid('paginate', 'signal', signal, 'an AbortSignal, such as that of an AbortController');

  checkCheckpoint(checkpoint, resumeFrom, strategy.stateful, request.body);
  checkSync(options.sync, checkpoint, skipFailedPages);
  checkAdaptive(adaptiveSize, strategy);
  if (skipFailedPages !== undefined) checkSkip(skipFailedPages, strategy);

  const transport = options.transport ?? defaultTransport();
  const first = firstRequest(options.sync?.place(request, {}) ?? request, strategy);
  transport.checkRequest?.(first);
  const owner = tokenOwner(request, strategy as unknown as Strategy<never, never>, options.sync);
  const beginning: Point<P> = { position: strategy.first, index: 0, itemsBefore: 0 };
  const kept = checkpoint && checkpointOf(checkpoint, owner);
  const start = findStart(beginning, owner, resumeFrom);
  const plan: WalkPlan<Item, P> = {
    ...options,
    request,
    // Validated items are the schema's output for the items that the strategy reads.
    strategy: strategy as unknown as Strategy<Item, P>,
    transport,
    policy: options.policy ?? retryRequests(),
    concurrency,
    adaptiveSize,
    checks,
    validate: pageValidator(options.schema),
    skip: skipFailedPages,
    gaps,
    owner,
    allow: originRule(request, allowOrigins),
  };
  return new Pages(
    (demand, token, open) =>
      startWalk(
        plan,
        token ? readToken<P>(token, owner) : open ? beginningAt(open, beginning, owner) : start,
        demand,
      ) as Observable<Page<Item, PositionOf<P>>>,
    prefetch,
    kept,
    events,
    signal,
    options.sync !== undefined,
  );
}
