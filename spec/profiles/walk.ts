import type { ServerResponse } from 'node:http';
import { lastValueFrom, toArray } from 'rxjs';
import { paginate, retryRequests, type Page, type PageRequest } from 'pagewise';
import type { Profile } from 'pagewise/profiles';
import type { Imitation } from '../docs/imitations.js';
import { serve, type Seen, type TestServer } from '../support/server.js';
import { itemsOf } from '../support/walks.js';

/** All pages of a walk with a profile, without its throttle; failed requests are retried immediately. */
export const walkPages = <Item>(request: PageRequest, { strategy, check }: Profile<Item>): Promise<Page<Item>[]> =>
  lastValueFrom(paginate(request, strategy, { check, policy: retryRequests({ base: 1, retries: 2 }) }).pipe(toArray()));

/** All items of such a walk. */
export const walk = <Item>(profile: Profile<Item>, request: PageRequest): Promise<Item[]> =>
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
