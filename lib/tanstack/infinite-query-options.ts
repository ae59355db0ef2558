import { ConfigError } from '../errors.js';
import { firstValueFrom } from 'rxjs';
import type { Page, Position, ResumeToken } from '../page.js';
import { checkStrategy, paginate, readRequest, type PaginateOptions } from '../paginate.js';
import type { RequestTemplate } from '../request.js';
import type { Schema } from '../schema.js';
import type { Strategy } from '../strategy.js';
import { fingerprint, isComparable } from '../values/compare.js';
import { checkWhole } from '../values/options.js';

/** Options for an infinite query of TanStack Query. */
export interface InfiniteQueryOptions<Item> {
  readonly queryKey: readonly [string, string, string, string];
  readonly queryFn: (context: { readonly pageParam: unknown; readonly signal: AbortSignal }) => Promise<Page<Item>>;
  readonly initialPageParam: InfinitePageParam;
  readonly getNextPageParam: (
    last: Page<Item>,
    pages: readonly Page<Item>[],
    lastParam: InfinitePageParam,
  ) => InfinitePageParam | undefined;
  readonly getPreviousPageParam: (
    first: Page<Item>,
    pages: readonly Page<Item>[],
    firstParam: InfinitePageParam,
  ) => InfinitePageParam | undefined;
  /** The most pages that the query holds; `undefined` for all. */
  readonly maxPages?: number;
  /** `false`, since the policy retries: with both, the retries would multiply. */
  readonly retry: false;
}

/** Where a page of the query begins. Plain JSON with cursors in it: a secret. */
export interface InfinitePageParam {
  /** `undefined`: the API's first page. */
  readonly resumeFrom?: ResumeToken | string | undefined;
  /** Where the pages before begin, the nearest one last, if the query drops pages; 100 at most. */
  readonly before?: readonly Pick<InfinitePageParam, 'resumeFrom'>[];
}

/** The most pages that a page knows before it. Each page held knows them by itself: the others may be gone. */
const mostBefore = 100;

/** As text, which TanStack compares at once whenever a page arrives, and not member by member. */
const noted = (start: InfinitePageParam['resumeFrom']) => ({
  resumeFrom: typeof start === 'object' ? JSON.stringify(start) : start,
});

/** Options of `paginate` that apply to one page at a time. */
type OnePage<Item> = Omit<
  PaginateOptions<Item>,
  'schema' | 'signal' | 'until' | 'resumeFrom' | 'checkpoint' | 'nextWhen' | 'prefetch' | 'concurrency'
> & {
  /**
   * Where the query begins if its cache is empty: a `page.resume` or its JSON, of a URL or a store. Not part of the key.
   * @default the API's first page
   */
  readonly resumeFrom?: ResumeToken | string | undefined;
  /**
   * The most pages that the query holds. `fetchNextPage` drops those at the other end, and `fetchPreviousPage` requests
   * them again, up to 100 pages back; beyond that `hasPreviousPage` is false. @default all
   */
  readonly maxPages?: number | undefined;
};

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
  template: RequestTemplate,
  strategy: Strategy<Read, P>,
  options: OnePage<NoInfer<Item>> & { readonly schema?: Schema<Item> | undefined } = {},
): InfiniteQueryOptions<Item> {
  const request = readRequest(template, 'infiniteQueryOptions');
  checkStrategy(strategy, 'infiniteQueryOptions');
  const { resumeFrom, maxPages, ...rest } = options;
  if (maxPages !== undefined) checkWhole('infiniteQueryOptions', 'maxPages', maxPages, 1);
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
        paginate(request, strategy, { ...rest, signal, resumeFrom: (pageParam as InfinitePageParam).resumeFrom }),
      ),
    initialPageParam: { resumeFrom },
    getNextPageParam: (last, _, { resumeFrom, before = [] }) =>
      last.next === undefined
        ? undefined
        : {
            resumeFrom: last.resume,
            ...(maxPages === undefined ? {} : { before: [...before, noted(resumeFrom)].slice(-mostBefore) }),
          },
    getPreviousPageParam: (_first, _, { before = [] }) => {
      const previous = before.at(-1);
      return previous && { ...previous, before: before.slice(0, -1) };
    },
    ...(maxPages === undefined ? {} : { maxPages }),
    retry: false,
  };
}
