import type { ObservableInput } from 'rxjs';
import { ConfigError } from './errors.js';
import type { EventListener } from './events.js';
import type { Page, Position } from './page.js';
import { Pages } from './pages.js';
import { isSkippable } from './policies/is-skippable.js';
import { retryRequests } from './policies/retry-requests.js';
import type { Schema } from './schema.js';
import type { PagePolicy, PageRequest, Transport } from './request.js';
import { readToken, tokenOwner, type ResumeToken } from './resume-token.js';
import type { StopCondition } from './stops/stop-condition.js';
import type { Check, Strategy } from './strategy.js';
import { fetchTransport } from './transports/fetch-transport.js';
import { describe } from './values/describe.js';
import { checkFunction, checkNumber, checkOptions, checkWhole } from './values/options.js';
import { originRule, type AllowedOrigin } from './walk/origin-rule.js';
import { checkRequest, checkSkip, checkStrategy, firstRequest } from './walk/check-arguments.js';
import { pageValidator } from './walk/validate-page.js';
import { startWalk, type WalkPlan } from './walk/start-walk.js';

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
  /** Pages that `for await` has fetched ahead of the loop. @default 0 */
  readonly prefetch?: number | undefined;
  /** Continues an earlier walk: `page.resume` after that page, `error.resume` at the page that failed; also as JSON text. */
  readonly resumeFrom?: ResumeToken | string | undefined;
  /** Ends the stream with `signal.reason` as its error. */
  readonly signal?: AbortSignal | undefined;
  /** Other origins that next pages may be at. Without `headers` and `body`, no credentials and no body are sent there. @default none */
  readonly allowOrigins?: readonly (string | AllowedOrigin)[] | undefined;
  /** Told of requests, waits, pages and the end: a `Subject`, or anything with `next`. */
  readonly events?: EventListener | undefined;
}

const known = [
  'transport', 'policy', 'totalTimeout', 'check', 'schema', 'until', 'nextWhen', 'skipFailedPages', 'prefetch', 'resumeFrom', 'signal', 'allowOrigins', 'events',
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
  options: Omit<PaginateOptions<NoInfer<Item>>, 'schema'> & { readonly schema?: Schema<Item> | undefined } = {},
): Pages<Item> {
  checkOptions('paginate', options, known);
  checkRequest(request);
  checkStrategy(strategy);
  for (const name of ['transport', 'policy', 'check', 'until', 'nextWhen'] as const)
    checkFunction('paginate', name, options[name]);
  const { prefetch = 0, allowOrigins = [], resumeFrom, signal, events, totalTimeout, skipFailedPages } = options;
  checkWhole('paginate', 'prefetch', prefetch, 0);
  if (totalTimeout !== undefined) checkNumber('paginate', 'totalTimeout', totalTimeout, 1, true);
  if (events !== undefined && typeof events.next !== 'function')
    throw new ConfigError(`paginate: events must have a next method (a Subject, say), not ${describe(events)}`);
  if (signal !== undefined && typeof signal.addEventListener !== 'function')
    throw new ConfigError(`paginate: signal must be an AbortSignal, not ${describe(signal)}`);

  if (skipFailedPages !== undefined) checkSkip(skipFailedPages, strategy);

  const transport = options.transport ?? fetchTransport();
  const first = firstRequest(request, strategy);
  transport.checkRequest?.(first);
  const owner = tokenOwner(request, strategy as unknown as Strategy<never, never>);
  const plan: WalkPlan<Item, P> = {
    request,
    // Validated items are what the schema makes of those that the strategy reads.
    strategy: strategy as unknown as Strategy<Item, P>,
    transport,
    policy: options.policy ?? retryRequests(),
    totalTimeout,
    check: options.check,
    validate: pageValidator(options.schema),
    until: options.until,
    nextWhen: options.nextWhen,
    skip: skipFailedPages && { max: skipFailedPages.max, skippable: isSkippable },
    signal,
    events,
    owner,
    allow: originRule(request, allowOrigins),
    first:
      resumeFrom === undefined
        ? { position: strategy.first, index: 0, itemsBefore: 0 }
        : readToken<P>(resumeFrom, owner),
  };
  return new Pages(
    (demand, token) => startWalk(token ? { ...plan, first: readToken<P>(token, owner) } : plan, demand),
    prefetch,
  );
}
