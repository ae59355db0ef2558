import { from, map, Observable, type ObservableInput } from 'rxjs';
import { CallbackError, ConfigError, isPagewiseError } from './errors.js';
import type { EventListener } from './events.js';
import type { Page, Position } from './page.js';
import { Pages } from './pages.js';
import { retryRequests } from './policies/retry-requests.js';
import type { HeaderMap, HeaderSource, PageRequest, Policy, Transport } from './request.js';
import { readToken, tokenOwner, type ResumeToken } from './resume-token.js';
import type { StopCondition } from './stops/stop-condition.js';
import type { Check, Strategy } from './strategy.js';
import { fetchTransport } from './transports/fetch-transport.js';
import { describe } from './values/describe.js';
import { checkFunction, checkOptions, checkWhole } from './values/options.js';
import { originRule, type AllowedOrigin } from './walk/origin-rule.js';
import { startWalk, type WalkPlan } from './walk/start-walk.js';

/** How to behave. Every option may be left out. */
export interface PaginateOptions<Item = unknown> {
  /** What carries the requests. @default fetchTransport() */
  readonly transport?: Transport;
  /** When requests are sent and sent again; replaces the default. @default retryRequests(), built for this call */
  readonly policy?: Policy;
  /** The API's own verdict on an answer, asked within each attempt. @default the HTTP status: 2xx is a page */
  readonly check?: Check;
  /** Stops the walk early, after the page that it is true for. @default none: to the last page */
  readonly until?: StopCondition<Item>;
  /**
   * Holds the next request back until what it returns emits; where that completes without emitting, the stream
   * completes. @default at once
   */
  readonly nextWhen?: (page: Page<Item>) => ObservableInput<unknown>;
  /** Pages that `for await` has fetched ahead of the loop. @default 0 */
  readonly prefetch?: number;
  /** Continues an earlier walk: `page.resume` after that page, `error.resume` at the page that failed; also as JSON text. */
  readonly resumeFrom?: ResumeToken | string;
  /** Ends the stream with `signal.reason` as its error. */
  readonly signal?: AbortSignal;
  /** Other origins that next pages may be at. Without `headers` and `body`, no credentials and no body are sent there. @default none */
  readonly allowOrigins?: readonly (string | AllowedOrigin)[];
  /** Told of requests, waits, pages and the end: a `Subject`, or anything with `next`. */
  readonly events?: EventListener;
}

const known = [
  'transport', 'policy', 'check', 'until', 'nextWhen', 'prefetch', 'resumeFrom', 'signal', 'allowOrigins', 'events',
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
export function paginate<Item, P extends Position>(
  request: PageRequest,
  strategy: Strategy<Item, P>,
  options: PaginateOptions<Item> = {},
): Pages<Item> {
  checkOptions('paginate', options, known);
  checkRequest(request);
  checkStrategy(strategy);
  for (const name of ['transport', 'policy', 'check', 'until', 'nextWhen'] as const)
    checkFunction('paginate', name, options[name]);
  const { prefetch = 0, allowOrigins = [], resumeFrom, signal, events } = options;
  checkWhole('paginate', 'prefetch', prefetch, 0);
  if (events !== undefined && typeof events.next !== 'function')
    throw new ConfigError(`paginate: events must have a next method (a Subject, say), not ${describe(events)}`);
  if (signal !== undefined && typeof signal.addEventListener !== 'function')
    throw new ConfigError(`paginate: signal must be an AbortSignal, not ${describe(signal)}`);

  const transport = options.transport ?? fetchTransport();
  transport.checkRequest?.(firstRequest(request, strategy));
  const owner = tokenOwner(request, strategy as unknown as Strategy<never, never>);
  const plan: WalkPlan<Item, P> = {
    request,
    strategy,
    transport,
    policy: options.policy ?? retryRequests(),
    check: options.check,
    until: options.until,
    nextWhen: options.nextWhen,
    signal,
    events,
    owner,
    prepare: prepare(originRule(request, allowOrigins)),
    first:
      resumeFrom === undefined
        ? { position: strategy.first, index: 0, itemsBefore: 0 }
        : readToken<P>(resumeFrom, owner),
  };
  return new Pages((demand) => startWalk(plan, demand), prefetch);
}

function checkRequest(request: unknown): asserts request is PageRequest {
  const place = 'paginate: the request';
  checkOptions(place, request, ['url', 'method', 'body', 'headers']);
  const { url, method, headers } = request as Record<string, unknown>;
  if (url !== undefined && typeof url !== 'string')
    throw new ConfigError(
      `${place}'s url must be a string, not ${describe(url)}${url instanceof URL ? '; give url.href' : ''}`,
    );
  if (method !== undefined && (typeof method !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(method)))
    throw new ConfigError(`${place}'s method must be a name like 'GET' or 'POST', not ${describe(method)}`);
  const fits =
    headers === undefined || typeof headers === 'function' || (typeof headers === 'object' && headers !== null);
  if (!fits || headers instanceof Headers)
    throw new ConfigError(
      `${place}'s headers must be a plain object or a function that gives one, not ${headers instanceof Headers ? 'a Headers object; give Object.fromEntries(headers)' : describe(headers)}`,
    );
}

function checkStrategy(strategy: unknown): void {
  const shape = "{ name, first, place, items, next }, such as pageNumber({ items: 'items' })";
  if (typeof strategy !== 'object' || strategy === null)
    throw new ConfigError(`paginate: the strategy must be an object ${shape}, not ${describe(strategy)}`);
  const members = strategy as Record<string, unknown>;
  for (const name of ['place', 'items', 'next'])
    if (typeof members[name] !== 'function')
      throw new ConfigError(
        `paginate: the strategy's ${name} must be a function, not ${describe(members[name])}; a strategy is ${shape}`,
      );
  if (typeof members['name'] !== 'string')
    throw new ConfigError(
      `paginate: the strategy's name must be a string, not ${describe(members['name'])}; a strategy is ${shape}`,
    );
  if (members['first'] === undefined)
    throw new ConfigError(`paginate: the strategy's first position is missing; a strategy is ${shape}`);
}

/** What the first page's request would be: what can't be placed or sent is found out here, before anything is. */
function firstRequest<Item, P extends Position>(request: PageRequest, strategy: Strategy<Item, P>): PageRequest {
  try {
    return strategy.place(request, strategy.first);
  } catch (error) {
    throw isPagewiseError(error) ? error : new CallbackError('strategy.place', error);
  }
}

/** Applies the origin rule, then asks the caller's function for headers where there is one: for every attempt anew. */
function prepare(allow: (request: PageRequest) => PageRequest) {
  return (request: PageRequest): PageRequest | Observable<PageRequest> => {
    const allowed = allow(request);
    const { headers } = allowed;
    if (typeof headers !== 'function') return allowed;
    const failed = (error: unknown) => new CallbackError('headers', error);
    let given: HeaderMap | ObservableInput<HeaderMap>;
    try {
      given = headers();
    } catch (error) {
      throw failed(error);
    }
    if (!isInput(given)) return { ...allowed, headers: given };
    return new Observable((subscriber) =>
      from(given)
        .pipe(map((value): PageRequest => ({ ...allowed, headers: value })))
        .subscribe({
          next: (value) => {
            subscriber.next(value);
            subscriber.complete();
          },
          error: (error: unknown) => {
            subscriber.error(failed(error));
          },
          complete: () => {
            subscriber.error(failed(new Error('it completed without giving headers')));
          },
        }),
    );
  };
}

const isInput = (given: HeaderMap | ObservableInput<HeaderMap>): given is ObservableInput<HeaderMap> =>
  'then' in given || 'subscribe' in given || Symbol.asyncIterator in given || Symbol.iterator in given;
