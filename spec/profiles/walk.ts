import { lastValueFrom, toArray } from 'rxjs';
import { items, paginate, retryRequests, type PageRequest } from 'pagewise';
import type { Profile } from 'pagewise/profiles';
import { serve, type TestServer } from '../support/server.js';
import type { Imitation } from '../docs/imitations.js';

/** All items of a walk with a profile: without its throttle, and with short waits. */
export const walk = <Item>({ strategy, check }: Profile<Item>, request: PageRequest): Promise<Item[]> =>
  lastValueFrom(paginate(request, strategy, { check, policy: retryRequests({ base: 1 }) }).pipe(items(), toArray()));

/** Path and query of each request. */
export const asked = ({ seen }: TestServer): string[] => seen.map(({ url }) => url.pathname + url.search);

/** JSON body of each request. */
export const sent = ({ seen }: TestServer): unknown[] => seen.map(({ body }) => JSON.parse(body) as unknown);

type Handler = ReturnType<Imitation['start']>;

/** An imitation that answers one request, by its number from 0, in another way. */
export function serveExcept({ start }: Imitation, number: number, otherwise: Handler): Promise<TestServer> {
  const handle = start();
  return serve((seen, response, index) => (index === number ? otherwise : handle)(seen, response));
}
