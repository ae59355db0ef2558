import { firstValueFrom } from 'rxjs';
import type { Page, Position, ResumeToken } from '../page.js';
import { paginate, type PaginateOptions } from '../paginate.js';
import type { PageRequest } from '../request.js';
import type { Schema } from '../schema.js';
import type { Strategy } from '../strategy.js';
import { fingerprint } from '../values/compare.js';

/** What TanStack Query's infinite queries take. */
export interface InfiniteQueryOptions<Item> {
  readonly queryKey: readonly [string, string, string, string];
  readonly queryFn: (context: { readonly pageParam: unknown; readonly signal: AbortSignal }) => Promise<Page<Item>>;
  readonly initialPageParam: ResumeToken | undefined;
  readonly getNextPageParam: (last: Page<Item>) => ResumeToken | undefined;
  /** The policy retries; both would multiply. */
  readonly retry: false;
}

/** Options of `paginate` that make sense for one page at a time. */
type OnePage<Item> = Omit<
  PaginateOptions<Item>,
  'schema' | 'signal' | 'until' | 'resumeFrom' | 'checkpoint' | 'nextWhen' | 'prefetch' | 'concurrency'
>;

/**
 * Options for an infinite query of TanStack Query, in any of its frameworks: a page of the query is a page of the API.
 *
 *     useInfiniteQuery(infiniteQueryOptions({ url: '/api/items' }, cursor<Item>({ items: 'items', next: 'next' })))
 *
 * The key tells method, URL, body and strategy apart, without a value of the query or body in the clear; set `queryKey`
 * behind it for one of your own. Cancelling a query aborts its request. Retries are the policy's, so the query's own
 * `retry` is false.
 * @throws ConfigError for arguments that can't work, where a page is asked for
 */
export function infiniteQueryOptions<Read, P extends Position, Item = Read>(
  request: PageRequest,
  strategy: Strategy<Read, P>,
  options: OnePage<NoInfer<Item>> & { readonly schema?: Schema<Item> | undefined } = {},
): InfiniteQueryOptions<Item> {
  const { method = 'GET', url = '', body } = request;
  return {
    queryKey: [
      'pagewise',
      `${method} ${url.replace(/[?#].*$/s, '')}`,
      fingerprint([url, body, strategy.first]),
      `${strategy.name} ${fingerprint(strategy.identity)}`,
    ],
    queryFn: ({ pageParam, signal }) =>
      firstValueFrom(
        paginate(request, strategy, { ...options, signal, resumeFrom: pageParam as ResumeToken | undefined }),
      ),
    initialPageParam: undefined,
    getNextPageParam: (last) => (last.next === undefined ? undefined : last.resume),
    retry: false,
  };
}
