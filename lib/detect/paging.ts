import { ConfigError } from '../errors.js';
import { inBody } from '../placements/in-body.js';
import { inForm } from '../placements/in-form.js';
import { inHeaders } from '../placements/in-headers.js';
import { inPath } from '../placements/in-path.js';
import { inQuery } from '../placements/in-query.js';
import { inVariables } from '../placements/in-variables.js';
import { header } from '../reading/read.js';
import { cursor } from '../strategies/cursor.js';
import { keyset } from '../strategies/keyset.js';
import { linkHeader } from '../strategies/link-header.js';
import { nextUrl } from '../strategies/next-url.js';
import { offset } from '../strategies/offset.js';
import { pageNumber } from '../strategies/page-number.js';
import { relay } from '../strategies/relay.js';
import { singlePage } from '../strategies/single-page.js';
import type { Params, Placement, Strategy } from '../strategy.js';

/** The kinds of paging by the words of the command line. */
export const kinds = {
  page: pageNumber, offset, cursor, keyset, link: linkHeader, 'next-url': nextUrl, relay, none: singlePage,
} as const; // prettier-ignore

export type PagingKind = keyof typeof kinds;

/**
 * How an API pages, in words alone: what detection finds and flags say, and what TypeScript, flags and strategies are
 * made of. A read is a path or `header:NAME`; a `cursorParam` of `*` is a token whose fields are parameters themselves.
 */
export interface Paging {
  readonly kind: PagingKind;
  /** `query`, `body`, `body:PATH`, `form`, `headers`, `path` or `variables`. @default the strategy's own */
  readonly place?: string | undefined;
  readonly options: PagingOptions;
}

export interface PagingOptions {
  readonly items?: string | undefined;
  readonly size?: number | undefined;
  readonly sizeParam?: string | undefined;
  readonly start?: 0 | 1 | undefined;
  readonly pageParam?: string | undefined;
  readonly offsetParam?: string | undefined;
  readonly cursorParam?: string | undefined;
  readonly next?: string | undefined;
  readonly key?: readonly string[] | undefined;
  readonly rel?: string | undefined;
  readonly pageInfo?: string | undefined;
  readonly dropParams?: readonly string[] | undefined;
  readonly hasMore?: string | undefined;
  readonly total?: string | undefined;
  readonly totalPages?: string | undefined;
  readonly endStatuses?: readonly number[] | undefined;
  readonly missingItems?: 'error' | 'empty' | undefined;
  readonly onRepeat?: 'error' | 'stop' | 'allow' | undefined;
}

/** @throws ConfigError */
export const strategyOf = (paging: Paging): Strategy =>
  (kinds[paging.kind] as (options: object) => Strategy)(strategyOptions(paging));

/** The options of a strategy: reads, keys and placements in place of their words. @throws ConfigError */
export function strategyOptions({ options, place }: Omit<Paging, 'kind'>): object {
  const { next, total, totalPages, hasMore, cursorParam, key, ...rest } = options;
  const all = {
    ...rest,
    ...(next === undefined ? {} : { next: read(next) }),
    ...(total === undefined ? {} : { total: read(total) }),
    ...(totalPages === undefined ? {} : { totalPages: read(totalPages) }),
    ...(hasMore === undefined ? {} : { hasMore: read(hasMore) }),
    ...(cursorParam === undefined ? {} : { cursorParam: cursorParam === '*' ? everyField : cursorParam }),
    ...(key === undefined ? {} : { key: key.length === 1 ? key[0] : key }),
    ...(place === undefined ? {} : { place: placementOf(place) }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const read = (text: string) => (text.startsWith('header:') ? header(text.slice('header:'.length)) : text);

const everyField = (token: unknown): Params => token as Params;

/** @throws ConfigError */
export function placementOf(text: string): Placement {
  const [, word = text, path] = /^(body):(.+)$/s.exec(text) ?? [];
  switch (word) {
    case 'query':
      return inQuery();
    case 'body':
      return inBody(path);
    case 'form':
      return inForm();
    case 'headers':
      return inHeaders();
    case 'path':
      return inPath();
    case 'variables':
      return inVariables();
    default:
      throw new ConfigError(`${text} is no place; give query, body, body:PATH, form, headers, path or variables`);
  }
}
