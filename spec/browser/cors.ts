// Walks at another origin, whose headers a browser may hide.
import {
  cursor, detect, fetchTransport, header, items, linkHeader, nextUrl, pageNumber, paginate, retryRequests, type LinkHeaderOptions, type Position, type Strategy,
} from 'pagewise'; // prettier-ignore
import { github } from 'pagewise/profiles';
import { lastValueFrom, toArray } from 'rxjs';
import { failure } from './walks.js';

const once = retryRequests({ retries: 0 });
const all = <P extends Position>(url: string, strategy: Strategy<number, P>, options = {}) =>
  lastValueFrom(paginate({ url }, strategy, { policy: once, ...options }).pipe(items(), toArray()));

const outcome = async (walk: Promise<number[]>) => {
  const error = await failure(walk);
  return 'message' in error ? error : await walk;
};

/** Strategies that read headers. */
const readers = {
  cursor: cursor<number>({ items: 'items', next: header('X-Next'), cursorParam: 'page' }),
  several: cursor<number>({ items: 'items', next: { page: header('X-Next') } }),
  nextUrl: nextUrl<number>({ items: 'items', next: header('X-Next-Url') }),
  total: pageNumber<number>({ items: 'items', size: 10, total: header('X-Total') }),
  hasMore: pageNumber<number>({ items: 'items', size: 10, hasMore: header('X-More') }),
};

export const cors = {
  links: (url: string, options: LinkHeaderOptions<number> = {}) =>
    outcome(all(url, linkHeader<number>({ items: 'items', ...options }))),
  github: (url: string) => outcome(all(url, github<number>({ items: 'items' }).strategy)),
  replaced: async (url: string) => {
    // What a service worker answers is not hidden, whatever the origin.
    const fetch = () => Promise.resolve(new Response('{"items":[1]}'));
    return outcome(all(url, linkHeader<number>({ items: 'items' }), { transport: fetchTransport({ fetch }) }));
  },
  byHeader: (by: keyof typeof readers, url: string) => outcome(all(url, readers[by] as Strategy<number>)),
  detect: (url: string) => failure(detect({ url })),
};
