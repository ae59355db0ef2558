import {
  cursor,
  fetchTransport,
  inBody,
  inVariables,
  keyset,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  relay,
  type Fetch,
  type Strategy,
} from 'pagewise';
import { undiciTransport } from 'pagewise/node';
import { anyPaging, type PagedApi, type TortureOptions } from 'pagewise/testing';
import { fetch as undiciFetch } from 'undici';

/** T10: what carries the requests. */
export const transports: NonNullable<TortureOptions['transports']> = {
  'cross-fetch': (options) => fetchTransport(options),
  'native fetch': (options) => fetchTransport({ ...options, fetch: (url, init) => globalThis.fetch(url, init) }),
  "undici's fetch": (options) => fetchTransport({ ...options, fetch: undiciFetch as unknown as Fetch }),
  undiciTransport: (options) => undiciTransport(options),
};

/** A strategy that is put through the torture run. */
export interface Tortured {
  readonly make: () => Strategy<never, never>;
  readonly api?: PagedApi;
  readonly tokens?: boolean;
  readonly concurrency?: number;
  /** Whether every transport carries it; the others, whose requests look alike, are left to the default one. */
  readonly everywhere?: boolean;
}

const post: PagedApi = { ...anyPaging, request: { method: 'POST', body: { query: { name: '*' } } } };
const graphql: PagedApi = {
  ...anyPaging,
  request: { method: 'POST', body: { query: 'query ($cursor: String) { items (after: $cursor) }' } },
};
// More than the server gives: it caps sizes silently.
const asked = { items: 'items', size: 10 };
const next = { items: 'items', next: 'next_cursor' };

// The items are objects with an id, whatever the strategy's types say.
const made = (make: () => unknown) => ({ make: make as () => Strategy<never, never> });

export const subjects: Readonly<Record<string, Tortured>> = {
  'pageNumber in query': { ...made(() => pageNumber(asked)), everywhere: true },
  'pageNumber in body': {
    ...made(() => pageNumber({ ...asked, place: inBody('pagination') })),
    api: post,
    everywhere: true,
  },
  'pageNumber in query, 4 in flight': { ...made(() => pageNumber(asked)), concurrency: 4, everywhere: true },
  'offset in body, 4 in flight': {
    ...made(() => offset({ ...asked, total: 'total', place: inBody() })),
    api: post,
    concurrency: 4,
  },
  'pageNumber with total': made(() => pageNumber({ ...asked, total: 'total' })),
  'pageNumber with hasMore': made(() => pageNumber({ ...asked, hasMore: 'has_more' })),
  'offset in query': made(() => offset(asked)),
  'offset in body': { ...made(() => offset({ ...asked, total: 'total', place: inBody() })), api: post },
  'cursor in query': { ...made(() => cursor(next)), tokens: true, everywhere: true },
  'cursor in body': {
    ...made(() => cursor({ ...next, hasMore: 'has_more', place: inBody('pagination') })),
    api: post,
    tokens: true,
    everywhere: true,
  },
  'keyset in query': made(() => keyset({ items: 'items', key: 'id' })),
  'keyset in body': { ...made(() => keyset({ items: 'items', key: 'id', place: inBody() })), api: post },
  linkHeader: { ...made(() => linkHeader({ items: 'items' })), tokens: true },
  nextUrl: { ...made(() => nextUrl({ items: 'items', next: 'next_url' })), tokens: true },
  relay: {
    ...made(() => relay({ items: 'items', pageInfo: 'pageInfo', cursorParam: 'cursor', place: inVariables() })),
    api: graphql,
    tokens: true,
  },
};
