import type { PageRequest } from 'pagewise';
import { json, serve, type Seen, type TestServer } from '../support/server.js';

/** What an API of the contract answers with, page by page. A page that is `undefined` has no items key. */
export type Script = readonly (readonly number[] | undefined)[];

/** One page as it is to be written. */
export interface Served {
  readonly index: number;
  readonly items: readonly number[] | undefined;
  /** Index of the next page, if there is one. */
  readonly next: number | undefined;
  readonly total: number;
  readonly origin: string;
}

/** One kind of paging, from the server's side. */
export interface PagedApi {
  /** The request, besides the URL. */
  readonly request?: Omit<PageRequest, 'url'>;
  /** Which page a request is for, from 0. */
  asked(seen: Seen, script: Script): number;
  /** How a page is written. */
  answer(page: Served): { readonly body: unknown; readonly headers?: Record<string, string> };
  /** Path of the total. @default 'total' */
  readonly total?: string;
  /** Whether there is only one page. */
  readonly single?: boolean;
  /** Whether answers say where the next page is, whatever this one holds. */
  readonly tokens?: boolean;
  /** Whether an empty page can announce another one. */
  readonly emptyPages?: boolean;
  /** Whether equal pages have equal positions, as if positions are made of items. */
  readonly positionsOfItems?: boolean;
}

export interface Faults {
  /** Index of the page after this one; past the end of the script there are no items. */
  readonly next?: (index: number) => number | undefined;
  /** A status instead of a page. `count` is how often this page has been requested, from 1. */
  readonly status?: (index: number, count: number) => number | undefined;
  /** What is announced as total. @default what the script holds */
  readonly total?: number;
}

/** Four pages of ten items. */
export const script: Script = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]];

/** A real server that answers as the script says. */
export function servePages(api: PagedApi, pages: Script, faults: Faults = {}): Promise<TestServer> {
  const counts = new Map<number, number>();
  const following = faults.next ?? ((index: number) => (index + 1 < pages.length ? index + 1 : undefined));
  return serve((seen, response) => {
    const index = api.asked(seen, pages);
    const count = (counts.get(index) ?? 0) + 1;
    counts.set(index, count);
    const status = faults.status?.(index, count);
    if (status !== undefined) {
      json(response, { error: `status ${status}` }, status);
      return;
    }
    const { body, headers = {} } = api.answer({
      index,
      items: index < pages.length ? pages[index] : [],
      next: following(index),
      total: faults.total ?? pages.flat().length,
      origin: `http://${seen.headers.host ?? ''}`,
    });
    json(response, body, 200, headers);
  });
}

/** The page that starts after this many items. */
export const pageAfterItems = (count: number, pages: Script): number => {
  let before = 0;
  const index = pages.findIndex((items = []) => {
    if (before >= count) return true;
    before += items.length;
    return false;
  });
  return index === -1 ? pages.length : index;
};
