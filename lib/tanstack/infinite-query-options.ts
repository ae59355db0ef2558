import { ConfigError } from '../errors.js';
import { firstValueFrom } from 'rxjs';
import type { Page, Position, ResumeToken } from '../page.js';
import { checkRequest, checkStrategy, paginate, type PaginateOptions } from '../paginate.js';
import type { PageRequest } from '../request.js';
import type { Schema } from '../schema.js';
import type { Strategy } from '../strategy.js';
import { fingerprint, isComparable } from '../values/compare.js';

/** Options for an infinite query of TanStack Query. */
export interface InfiniteQueryOptions<Item> {
  readonly queryKey: readonly [string, string, string, string];
  readonly queryFn: (context: { readonly pageParam: unknown; readonly signal: AbortSignal }) => Promise<Page<Item>>;
  readonly initialPageParam: ResumeToken | undefined;
  readonly getNextPageParam: (last: Page<Item>) => ResumeToken | undefined;
  /** `false`, since the policy retries: with both, the retries would multiply. */
  readonly retry: false;
}

/** Options of `paginate` that apply to one page at a time. */
type OnePage<Item> = Omit<
  PaginateOptions<Item>,
  'schema' | 'signal' | 'until' | 'resumeFrom' | 'checkpoint' | 'nextWhen' | 'prefetch' | 'concurrency'
>;

/**
 * Options for an infinite query of TanStack Query, in any framework. Each page of the query is a page of the API.
 *
 *     useInfiniteQuery(infiniteQueryOptions({ url: '/api/items' }, cursor<Item>({ items: 'items', next: 'next' })))
 *
 * The key distinguishes method, URL, body and strategy, and holds no query or body value as plain text. To use a key of
 * your own, set `queryKey` after spreading these options. Cancelling a query aborts its request. The policy retries, so
 * the query's own `retry` is false.
 * @throws ConfigError for a request or strategy that can't work, or a body that can't be compared; for options that can't
 *   work, when a page is requested
 */
// As in paginate, so that one type argument names the items.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function infiniteQueryOptions<Read, P extends Position = any, Item = Read>(
  request: PageRequest,
  strategy: Strategy<Read, P>,
  options: OnePage<NoInfer<Item>> & { readonly schema?: Schema<Item> | undefined } = {},
): InfiniteQueryOptions<Item> {
  checkRequest(request, 'infiniteQueryOptions');
  checkStrategy(strategy, 'infiniteQueryOptions');
  const { method = 'GET', url = '', body } = request;
  if (!isComparable(body))
    throw new ConfigError(
      "infiniteQueryOptions: the request's body is a Blob or has files, whose content can't be compared, so two queries would share a key; send its text or bytes",
    );
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
