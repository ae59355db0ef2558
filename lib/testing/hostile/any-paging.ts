import type { PagedApi, ReceivedRequest } from './paged-api.js';

type Fields = Record<string, unknown>;

/** The start of every cursor of `anyPaging`: all characters that may get lost in transit. */
const opaque = 'a+b/c==&x=1%20 #é\n"🙂';

/**
 * An API that pages in every way at the same time, so any strategy finds what it needs:
 *
 *     ?page=2 · ?offset=8 · ?cursor=… · ?after=8     in the query, or in a JSON body (at its top level, in `pagination`, in `variables`)
 *     { "items": […], "total": 20, "has_more": true, "next_cursor": "…", "next_url": "…",
 *       "pageInfo": { "hasNextPage": true, "endCursor": "…" } }     and `Link: <…>; rel="next"`
 *
 * Sizes are ignored, as on a server that caps them silently. `after` is the `id` of an item. Cursors hold all
 * characters that may get lost in transit.
 */
export const anyPaging: PagedApi = {
  asked(request, pages) {
    const { page, offset, cursor, after } = parameters(request);
    if (page !== undefined) return Number(page) - 1;
    if (offset !== undefined) return pageAt(Number(offset), pages);
    if (after !== undefined)
      return pageAt(1 + pages.flat().findIndex((item) => sameKey((item as { id?: unknown }).id, after)), pages);
    if (cursor === undefined) return 0;
    return typeof cursor === 'string' && cursor.startsWith(opaque) ? Number(cursor.slice(opaque.length)) : pages.length;
  },
  answer({ index, items, next, total, origin }, request) {
    const cursor = next === undefined ? null : opaque + String(next);
    const url = new URL(request.target, origin);
    if (cursor !== null) url.searchParams.set('cursor', cursor);
    return {
      headers: cursor === null ? {} : { link: `<${url.href}>; rel="next"` },
      body: {
        page: index + 1,
        items,
        total,
        has_more: next !== undefined,
        next_cursor: cursor,
        next_url: cursor === null ? null : url.href,
        pageInfo: { hasNextPage: next !== undefined, endCursor: cursor },
      },
    };
  },
};

// The same id is a number in a body and text in a query.
const sameKey = (id: unknown, key: unknown): boolean => key === id || key === JSON.stringify(id);

/** Paging parameters, wherever they are written. */
function parameters({ url, body }: ReceivedRequest): Fields {
  const json = body.startsWith('{') ? (JSON.parse(body) as Fields) : {};
  const { pagination = {}, variables = {} } = json as Record<string, Fields>;
  return { ...Object.fromEntries(url.searchParams), ...variables, ...pagination, ...json };
}

/** Index of the page that starts after `count` items. */
function pageAt(count: number, pages: readonly (readonly unknown[])[]): number {
  let before = 0;
  const index = pages.findIndex((items) => {
    if (before >= count) return true;
    before += items.length;
    return false;
  });
  return index === -1 ? pages.length : index;
}
