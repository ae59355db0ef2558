import type { ObservableInput } from 'rxjs';
import type { Checkpoint } from './checkpoint.js';
import { ConfigError } from './errors.js';
import type { EventListener } from './events.js';
import type { Page, Position } from './page.js';
import { Pages } from './pages.js';
import { retryRequests } from './policies/retry-requests.js';
import type { PagePolicy, PageRequest, Transport } from './request.js';
import { readToken, type Step, tokenOwner } from './resume-token.js';
import type { Schema } from './schema.js';
import type { StopCondition } from './stops.js';
import type { Check, Strategy } from './strategy.js';
import { fetchTransport } from './transports/fetch-transport.js';
import { describe } from './values/describe.js';
import { checkFunction, checkNumber, checkOptions, checkWhole } from './values/options.js';
import {
  checkAdaptive,
  checkCheckpoint,
  checkRequest,
  checkSkip,
  checkStrategy,
  firstRequest,
} from './walk/check-arguments.js';
import { type AllowedOrigin, originRule } from './walk/origin-rule.js';
import { checkpointOf, findStart, type ResumePoint, startWalk, type WalkPlan } from './walk/start-walk.js';
import { pageValidator } from './walk/validate-page.js';

/** How to behave. Every option may be left out. */
export interface PaginateOptions<Item = unknown> {
  /** What carries the requests. @default fetchTransport() */
  readonly transport?: Transport | undefined;
  /** When requests are sent and sent again; replaces the default. @default retryRequests(), built for this call */
  readonly policy?: PagePolicy | undefined;
  /**
   * Milliseconds that one page may take, all its attempts and waits included; then PageTimeoutError, which no policy
   * retries. @default none
   */
  readonly totalTimeout?: number | undefined;
  /** The API's own verdict on an answer, asked within each attempt. @default the HTTP status: 2xx is a page */
  readonly check?: Check | undefined;
  /** What items (or `{ items, body }`) must look like: any Standard Schema. Pages hold what it makes of them. @default none */
  readonly schema?: Schema<Item> | undefined;
  /** Stops the walk early, after the page that it is true for. @default none: to the last page */
  readonly until?: StopCondition<Item> | undefined;
  /**
   * Holds the next request back until what it returns emits; where that completes without emitting, the stream
   * completes. @default at once
   */
  readonly nextWhen?: ((page: Page<Item>) => ObservableInput<unknown>) | undefined;
  /**
   * Goes on past at most `max` pages of a run that keep failing, at the position that the strategy guesses to be next
   * (`pageNumber`, and `offset` with a size). Each is told in a `gap` event and in the end event: what they held is
   * missing. Never the first page, and only for answers, network failures, timeouts and bodies that can't be read.
   * @default none: the stream fails
   */
  readonly skipFailedPages?: { readonly max: number } | undefined;
  /**
   * Pages in flight at once, emitted in order, where the strategy can guess the next positions: `pageNumber`, `offset`
   * with a size, `linkHeader` with `rel="last"`. Others go one after the other, and say so in a notice. At most so many
   * pages are held; at the end up to `concurrency - 1` requests were in vain. A rate limit holds all of them back.
   * @default 1
   */
  readonly concurrency?: number | undefined;
  /**
   * Halves the size of a page that is too heavy (413, 502, 504, an attempt timeout, or a check's `tooHeavy`) and asks for
   * the same items again, at once; after some pages that were well the size grows back. Each change is a notice. For
   * `pageNumber`, `offset`, `cursor`, `keyset` and `relay` with a size. @default false
   */
  readonly adaptiveSize?: boolean | undefined;
  /** Pages that `for await` has fetched ahead of the loop. @default 0 */
  readonly prefetch?: number | undefined;
  /**
   * Continues an earlier walk: `page.resume` after that page, `error.resume` at the page that failed; also as JSON text,
   * or a promise of one, which may turn out to be `undefined`.
   */
  readonly resumeFrom?: ResumePoint | undefined;
  /** Goes on where an earlier run was, and keeps its own place: `checkpoint(store, key)`. Instead of resumeFrom. @default none */
  readonly checkpoint?: Checkpoint | undefined;
  /** Ends the stream with `signal.reason` as its error. */
  readonly signal?: AbortSignal | undefined;
  /** Other origins that next pages may be at. Without `headers` and `body`, no credentials and no body are sent there. @default none */
  readonly allowOrigins?: readonly (string | AllowedOrigin)[] | undefined;
  /** Told of requests, waits, pages and the end: a `Subject`, or anything with `next`. */
  readonly events?: EventListener | undefined;
}

const known = [
  'transport', 'policy', 'totalTimeout', 'check', 'schema', 'until', 'nextWhen', 'skipFailedPages', 'concurrency', 'adaptiveSize', 'prefetch', 'resumeFrom', 'checkpoint', 'signal', 'allowOrigins', 'events',
] as const satisfies readonly (keyof PaginateOptions)[]; // prettier-ignore

/**
 * A stream of the pages of one API: what to ask, how this API pages, how to behave.
 *
 *     paginate({ url: 'https://api.example.com/inputs' }, pageNumber<Input>({ size: 20, items: 'inputs' }))
 *
 *     GET /inputs?page=1&per_page=20   ▸   { "inputs": [ … ] }   ▸   Page { index: 0, items: [ … ], next: { page: 2, size: 20 } }
 *
 * Nothing is sent before the stream is subscribed to or iterated.
 * @param request the request template; never changed
 * @throws ConfigError, ResumeError for input that can't work, here and not in the stream
 */
export function paginate<Read, P extends Position, Item = Read>(
  request: PageRequest,
  strategy: Strategy<Read, P>,
  // NoInfer: a stop condition for any item must not make the items unknown.
  options: OptionsFor<Item> = {},
): Pages<Item> {
  return paginateOver(fetchTransport, request, strategy, options);
}

/** The options of a walk whose items are those of `strategy`, or what `schema` makes of them. */
export type OptionsFor<Item> = Omit<PaginateOptions<NoInfer<Item>>, 'schema'> & {
  readonly schema?: Schema<Item> | undefined;
};

/** @internal `paginate` with another default transport: whoever has one ships no fetchTransport. */
export function paginateOver<Read, P extends Position, Item = Read>(
  defaultTransport: () => Transport,
  request: PageRequest,
  strategy: Strategy<Read, P>,
  options: OptionsFor<Item>,
): Pages<Item> {
  checkOptions('paginate', options, known);
  checkRequest(request);
  checkStrategy(strategy);
  for (const name of ['transport', 'policy', 'check', 'until', 'nextWhen'] as const)
    checkFunction('paginate', name, options[name]);
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
  } = options;
  checkWhole('paginate', 'prefetch', prefetch, 0);
  checkWhole('paginate', 'concurrency', concurrency, 1);
  if (concurrency > 1 && options.nextWhen !== undefined)
    throw new ConfigError(
      'paginate: nextWhen asks for pages one by one, and concurrency ahead of that; leave one of them out',
    );
  if (totalTimeout !== undefined) checkNumber('paginate', 'totalTimeout', totalTimeout, 1, true);
  if (events !== undefined && typeof events.next !== 'function')
    throw new ConfigError(`paginate: events must have a next method (a Subject, say), not ${describe(events)}`);
  if (signal !== undefined && typeof signal.addEventListener !== 'function')
    throw new ConfigError(`paginate: signal must be an AbortSignal, not ${describe(signal)}`);

  checkCheckpoint(checkpoint, resumeFrom);
  checkAdaptive(adaptiveSize, strategy);
  if (skipFailedPages !== undefined) checkSkip(skipFailedPages, strategy);

  const transport = options.transport ?? defaultTransport();
  const first = firstRequest(request, strategy);
  transport.checkRequest?.(first);
  const owner = tokenOwner(request, strategy as unknown as Strategy<never, never>);
  const beginning: Step<P> = { position: strategy.first, index: 0, itemsBefore: 0 };
  const kept = checkpoint && checkpointOf(checkpoint, owner);
  const start = findStart(beginning, owner, resumeFrom, kept);
  const plan: WalkPlan<Item, P> = {
    request,
    // Validated items are what the schema makes of those that the strategy reads.
    strategy: strategy as unknown as Strategy<Item, P>,
    transport,
    policy: options.policy ?? retryRequests(),
    totalTimeout,
    concurrency,
    adaptiveSize,
    check: options.check,
    validate: pageValidator(options.schema),
    until: options.until,
    nextWhen: options.nextWhen,
    skip: skipFailedPages,
    signal,
    events,
    owner,
    allow: originRule(request, allowOrigins),
  };
  return new Pages(
    (demand, token) => startWalk(plan, token ? readToken<P>(token, owner) : start, demand),
    prefetch,
    kept,
  );
}
