import type { ServerResponse } from 'node:http';
import { lastValueFrom, toArray } from 'rxjs';
import { paginate, retryRequests, type Page, type PageRequest } from 'pagewise';
import type { Profile } from 'pagewise/profiles';
import type { Imitation } from '../docs/imitations.js';
import { serve, type Seen, type TestServer } from '../support/server.js';

/** All pages of a walk with a profile; failed requests are tried again at once, twice. */
export const walk = <Item>(request: PageRequest, { strategy, check }: Profile<Item>): Promise<Page<Item>[]> =>
  lastValueFrom(paginate(request, strategy, { check, policy: retryRequests({ base: 1, retries: 2 }) }).pipe(toArray()));

/** An imitation, of which `spoil` answers some requests in its own way: those for which it returns true. */
export const serveSpoiled = (
  imitation: Imitation,
  spoil: (response: ServerResponse, index: number, seen: Seen) => boolean,
): Promise<TestServer> => {
  const handle = imitation.start();
  return serve((seen, response, index) => (spoil(response, index, seen) ? undefined : handle(seen, response)));
};

export const bodies = ({ seen }: TestServer): unknown[] => seen.map(({ body }) => JSON.parse(body) as unknown);

export const queries = ({ seen }: TestServer): string[] => seen.map(({ url }) => decodeURIComponent(url.search));
