import { expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { lastValueFrom, toArray } from 'rxjs';
import { paginate, retryRequests, type Page, type PageRequest } from 'pagewise';
import type { UnratedProfile } from 'pagewise/profiles';
import type { Imitation } from '../docs/imitations.js';
import { rows, serve, type Seen, type TestServer } from '../support/server.js';
import { itemsOf } from '../support/walks.js';

/** All pages of a walk with a profile, without its throttle; failed requests are retried immediately. */
export const walkPages = <Item>(
  request: PageRequest,
  { strategy, check }: UnratedProfile<Item>,
): Promise<Page<Item>[]> =>
  lastValueFrom(paginate(request, strategy, { check, policy: retryRequests({ base: 1, retries: 2 }) }).pipe(toArray()));

/** All items of such a walk. */
export const walk = <Item>(profile: UnratedProfile<Item>, request: PageRequest): Promise<Item[]> =>
  walkPages(request, profile).then(itemsOf);

/** Path and query of each request. */
export const asked = ({ seen }: TestServer): string[] => seen.map(({ url }) => url.pathname + url.search);

/** Query of each request, decoded. */
export const queries = ({ seen }: TestServer): string[] => seen.map(({ url }) => decodeURIComponent(url.search));

/** JSON body of each request. */
export const sent = ({ seen }: TestServer): unknown[] => seen.map(({ body }) => JSON.parse(body) as unknown);

type Handler = ReturnType<Imitation['start']>;

/** An imitation that answers one request, by its number from 0, in another way. */
export function serveExcept({ start }: Imitation, number: number, otherwise: Handler): Promise<TestServer> {
  const handle = start();
  return serve((seen, response, index) => (index === number ? otherwise : handle)(seen, response));
}

/** An imitation, in which `spoil` answers some requests itself: those for which it returns true. */
export function serveSpoiled(
  imitation: Imitation,
  spoil: (response: ServerResponse, index: number, seen: Seen) => boolean,
): Promise<TestServer> {
  const handle = imitation.start();
  return serve((seen, response, index) => (spoil(response, index, seen) ? undefined : handle(seen, response)));
}

interface Sizes<Item> {
  readonly imitation: Imitation;
  readonly size: number;
  /** Made anew for each list. */
  readonly profile: () => UnratedProfile<Item>;
  readonly request: (origin: string) => PageRequest;
  /** The number of an item, counted from 0. */
  readonly number: (item: Item) => number;
  /** How many requests lists of 0, 1, size, size + 1 and 3 · size items take. */
  readonly requests: readonly [number, number, number, number, number];
}

/** Tests that lists of 0, 1, size, size + 1 and 3 · size items arrive in full, each item once, and where they end. */
export function atEverySize<Item>({ imitation, size, profile, request, number, requests }: Sizes<Item>): void {
  it.each([0, 1, size, size + 1, 3 * size].map((total, index) => [total, requests[index] ?? 0] as const))(
    'delivers each of %i items once, in %i requests',
    async (total, count) => {
      const server = await serve(imitation.start(total));
      expect((await walk(profile(), request(server.origin))).map(number)).toEqual(rows(total));
      expect(server.seen).toHaveLength(count);
    },
  );
}
