import type { Position } from '../../page.js';
import type { Strategy } from '../../strategy.js';
import { fetchTransport } from '../../transports/fetch-transport.js';
import { checkOptions, invalid } from '../../values/options.js';
import { anyPaging } from '../hostile/any-paging.js';
import type { PagedApi } from '../hostile/paged-api.js';
import { dataFaults } from './data-faults.js';
import { requestFaults } from './request-faults.js';
import type { MakeTransport, Subject } from './trial.js';
import { type Survival, tryDataFault, tryRequestFault } from './try-fault.js';
import { trySeed } from './try-seed.js';

export interface TortureOptions {
  /** The API that the strategy pages. @default anyPaging, which pages in every way at the same time */
  readonly api?: PagedApi | undefined;
  /** Whether answers name the next page, as with cursors and URLs, unlike positions that count. @default false */
  readonly tokens?: boolean | undefined;
  /** What carries the requests, by name. @default cross-fetch and the native fetch */
  readonly transports?: Readonly<Record<string, MakeTransport>> | undefined;
  /** The n-th item of the API, from 0; all must differ. @default { id: n } */
  readonly item?: ((n: number) => unknown) | undefined;
  /** Pages in flight at the same time, as in `paginate`. @default 1 */
  readonly concurrency?: number | undefined;
  /** Seeds of random schedules, each a case of its own. @default 1, 2, 3 */
  readonly seeds?: readonly number[] | undefined;
}

/** One fault that a walk has to survive, for any test runner: `it(title, run)`. */
export interface TortureCase {
  readonly title: string;
  readonly transport: string;
  /** The seed, if it is a random schedule. */
  readonly seed?: number;
  /** @throws Error that says what was lost, duplicated, leaked or not reported */
  readonly run: () => Promise<void>;
  /** Like `run`, but resolves to the result. */
  readonly play: () => Promise<TortureResult>;
}

export interface TortureResult {
  readonly survival: Survival;
  /** How many faults were played. */
  readonly faults: number;
}

/**
 * Tests a strategy against what real servers and networks do: some hundred faults on the first, a middle and the last
 * page, APIs that page incorrectly, and random schedules. Each walk must give every item once, or fail with an error
 * that says why and a token that continues without a loss. Nothing may stay in flight or reach another origin.
 *
 *     for (const { title, run } of torture(() => byCursor, { api, tokens: true })) it(title, run);
 *
 * Cases are independent and may run at the same time. For Node only.
 * @param make makes the strategy; whatever size it requests, pages have four items
 * @throws ConfigError for arguments that can't work
 */
export function torture<Item, P extends Position>(
  make: () => Strategy<Item, P>,
  options: TortureOptions = {},
): readonly TortureCase[] {
  if (typeof make !== 'function')
    throw invalid('torture', 'make', make, 'a function that makes the strategy, as in () => byCursor()');
  checkOptions('torture', options, [
    'api',
    'tokens',
    'transports',
    'item',
    'concurrency',
    'seeds',
  ] satisfies (keyof TortureOptions)[]);
  const {
    api = anyPaging,
    tokens = false,
    transports = usual,
    item = withId,
    concurrency = 1,
    seeds = [1, 2, 3],
  } = options;
  const pages: Subject['pages'] = [0, 1, 2, 3, 4].map((page) => [0, 1, 2, 3].map((n) => item(page * 4 + n)));
  const withBody = (api.request?.method ?? 'GET').toUpperCase() !== 'GET';

  return Object.entries(transports).flatMap(([transport, makeTransport]) => {
    const subject: Subject = {
      make: make as unknown as Subject['make'],
      api,
      transport: makeTransport,
      pages,
      concurrency,
    };
    const one = (survival: Survival): TortureResult => ({ survival, faults: 1 });
    // The list is made once for the titles, and again in each trial, with the origin of its evil server.
    const onPages = requestFaults('another origin').flatMap(({ fault, times = 1, body = withBody }, index) =>
      body !== withBody ? [] : places.map(([place, at]) => ({
        title: `${transport}: ${fault.name}${times === 1 ? '' : ` (${times === Infinity ? 'always' : times} times)`} on the ${place} page`,
        transport,
        play: async () => one(await tryRequestFault(subject, (evil) => requestFaults(evil)[index], at)),
      })),
    ); // prettier-ignore
    const ofData = dataFaults
      .filter((fault) => (fault.tokens ?? tokens) === tokens)
      .map((fault) => ({
        title: `${transport}: ${fault.name}`,
        transport,
        play: async () => one(await tryDataFault(subject, fault, item)),
      }));
    const ofSeeds = seeds.map((seed) => ({
      title: `${transport}: random faults, seed ${seed}`,
      transport,
      seed,
      play: () => trySeed(subject, seed),
    }));
    return [...onPages, ...ofData, ...ofSeeds].map((found): TortureCase => ({
      ...found,
      run: () => found.play().then(() => undefined),
    }));
  });
}

const withId = (n: number): unknown => ({ id: n });

const places = [['first', 0], ['middle', 2], ['last', 4]] as const; // prettier-ignore

const usual: Readonly<Record<string, MakeTransport>> = {
  'cross-fetch': (options) => fetchTransport(options),
  'native fetch': (options) => fetchTransport({ ...options, fetch: (url, init) => globalThis.fetch(url, init) }),
};
