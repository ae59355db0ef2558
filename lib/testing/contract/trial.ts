import { defer, from, map, of, retry, throwError } from 'rxjs';
import type { Page, Position } from '../../page.js';
import { paginate, type PaginateOptions } from '../../paginate.js';
import { isRetryable } from '../../policies/retryable.js';
import type { PagePolicy, PageRequest, PageResponse, Transport } from '../../request.js';
import { afterPages } from '../../stops/after-pages.js';
import type { Strategy } from '../../strategy.js';
import { fingerprint } from '../../values/fingerprint.js';
import { replayTransport } from '../replay-transport.js';
import { scriptedTransport } from '../scripted-transport.js';
import type { ApiUnderTest } from './api-under-test.js';
import { deepFreeze } from './deep-freeze.js';

/** What one walk gave, whether it completed or failed. */
export interface Walked<Item> {
  readonly pages: readonly Page<Item>[];
  readonly items: readonly Item[];
  readonly error: Error | undefined;
}

/** The walk over all the answers, and a transport that gives them again to whoever asks the same. */
export interface Whole<Item> extends Walked<Item> {
  readonly again: Transport;
  /** Answers that were not asked for. */
  readonly remaining: number;
}

/** A strategy on trial. */
export interface Trial<Item, P extends Position> {
  /** Made anew, and frozen. */
  readonly make: () => Strategy<Item, P>;
  readonly template: PageRequest;
  readonly api: ApiUnderTest<Item>;
  /** Walked once. @throws where that fails */
  readonly whole: () => Promise<Whole<Item>>;
  readonly walk: (
    strategy: Strategy<Item, P>,
    transport: Transport,
    options?: Pick<PaginateOptions<Item>, 'resumeFrom'>,
  ) => Promise<Walked<Item>>;
}

/** No walk over written answers is longer. */
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
      paginate<Item, P>(template, strategy, { transport, policy: atOnce, check, until, ...options }).subscribe({
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
        return throwError(() => new Error(`the walk from the first page on did not ask for this: ${method} ${url}`));
      });
    return { ...walked, again, remaining: source.remaining };
  }

  let walking: Promise<Whole<Item>> | undefined;
  const whole = async () => {
    const found = await (walking ??= walkWhole());
    if (found.error) throw failure(`the walk over the answers failed: ${found.error.message}`, found.error);
    return found;
  };
  return { make, template, api, whole, walk };
}

/** Retries what was recorded as worth it, without a wait. */
const atOnce: PagePolicy = retry({
  count: 10,
  delay: (error: unknown) => (isRetryable(error) ? of(0) : throwError(() => error)),
});

/** A check that does not hold. */
export const failure = (message: string, cause?: unknown): Error =>
  new Error(message, cause === undefined ? undefined : { cause });
