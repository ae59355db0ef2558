import { defer, from, map, of, retry, throwError } from 'rxjs';
import { isRetryable } from '../../failure.js';
import type { Page, Position } from '../../page.js';
import { paginate, type PaginateOptions } from '../../paginate.js';
import type { PagePolicy, PageRequest, PageResponse, Transport } from '../../request.js';
import { afterPages } from '../../stops.js';
import type { Check, Strategy } from '../../strategy.js';
import { fingerprint } from '../../values/compare.js';
import type { Recording } from '../recording/recording.js';
import { replayTransport } from '../recording/replay-transport.js';
import type { Script } from '../scripted-answer.js';
import { scriptedTransport } from '../scripted-transport.js';

/** The result of one walk, whether it completed or failed. */
export interface Walked<Item> {
  readonly pages: readonly Page<Item>[];
  readonly items: readonly Item[];
  readonly error: Error | undefined;
}

/** The walk through all answers, and a transport that gives the same answers to the same requests again. */
interface Whole<Item> extends Walked<Item> {
  readonly again: Transport;
  /** Unused answers. */
  readonly remaining: number;
}

/** A strategy under test. */
export interface Trial<Item, P extends Position> {
  /** Makes a new strategy, frozen. */
  readonly make: () => Strategy<Item, P>;
  readonly template: PageRequest;
  readonly api: ApiUnderTest<Item>;
  /** The whole walk, made once. @throws if it fails */
  readonly whole: () => Promise<Whole<Item>>;
  readonly walk: (
    strategy: Strategy<Item, P>,
    transport: Transport,
    options?: Pick<PaginateOptions<Item>, 'resumeFrom'>,
  ) => Promise<Walked<Item>>;
}

/** The limit for walks through prepared answers. */
export const mostPages = 10_000;

export function startTrial<Item, P extends Position>(
  makeStrategy: () => Strategy<Item, P>,
  api: ApiUnderTest<Item>,
): Trial<Item, P> {
  const { request = { url: 'https://api.example.com/' }, check, answers } = api;
  const template = deepFreeze({ ...request });
  const make = () => Object.freeze(makeStrategy());

  async function walk(...[strategy, transport, options = {}]: Parameters<Trial<Item, P>['walk']>) {
    const pages: Page<Item>[] = [];
    const until = afterPages(mostPages);
    const error = await new Promise<Error | undefined>((resolve) => {
      paginate<Item, P>(template, strategy, { transport, policy: withoutWaits, check, until, ...options }).subscribe({
        next: (page) => pages.push(page),
        error: resolve,
        complete: () => resolve(undefined),
      });
    });
    return { pages, items: pages.flatMap((page) => page.items), error };
  }

  async function walkWhole(): Promise<Whole<Item>> {
    const given = new Map<string, PageResponse>();
    const source =
      'exchanges' in answers && typeof answers !== 'function' ? replayTransport(answers) : scriptedTransport(answers);
    const noting: Transport = (asked, attempt) =>
      from(source(asked, attempt)).pipe(
        map((response) => {
          deepFreeze(response.body);
          given.set(fingerprint(asked), response);
          return response;
        }),
      );
    const walked = await walk(make(), noting);
    const again: Transport = (asked) =>
      defer(() => {
        const response = given.get(fingerprint(asked));
        if (response !== undefined) return of(response);
        const { method = 'GET', url = 'no URL' } = asked;
        return throwError(() => new Error(`the walk from the first page did not send this request: ${method} ${url}`));
      });
    return { ...walked, again, remaining: source.remaining };
  }

  let walking: Promise<Whole<Item>> | undefined;
  const whole = async () => {
    const found = await (walking ??= walkWhole());
    if (found.error) throw failure(`the walk through the answers failed: ${found.error.message}`, found.error);
    return found;
  };
  return { make, template, api, whole, walk };
}

/** Retries recorded failures that are retryable, without a wait. */
const withoutWaits: PagePolicy = retry({
  count: 10,
  delay: (error: unknown) => (isRetryable(error) ? of(0) : throwError(() => error)),
});

/** The error for a check that failed. */
export const failure = (message: string, cause?: unknown): Error =>
  new Error(message, cause === undefined ? undefined : { cause });

/** The data to test a strategy with: an API's answers to one whole walk of at least two pages. */
export interface ApiUnderTest<Item = unknown> {
  /** Answers in order, a function of the request, or a recording. They are frozen. */
  readonly answers: Script | Recording;
  /** The request template. @default { url: 'https://api.example.com/' } */
  readonly request?: PageRequest | undefined;
  /** The API's own verdict on an answer, as in `paginate`. @default none */
  readonly check?: Check | undefined;
  /** The items that the answers hold, in order. @default not compared */
  readonly items?: readonly Item[] | undefined;
  /** How the strategy treats an answer without items. @default 'error' */
  readonly missingItems?: 'error' | 'empty' | undefined;
}

/** Freezes plain data deeply, so that writing into it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
