import type { PagingOptions } from '../../lib/detect/kinds.js';
import { type Conversion, type Declared, readData } from './declared.js';

/** A scheme of stainless.yml, as the class that was generated from it shows it. */
export interface StainlessScheme {
  readonly type: 'page_number' | 'offset' | 'cursor' | 'cursor_id' | 'cursor_url' | 'fake_page';
  /** The parameter of the page number, offset or cursor, and where it is written if not in the query. */
  readonly param?: string;
  readonly in?: 'body';
  readonly limit?: string;
  readonly start?: 0 | 1;
  /** Fields of answers: paths, or `header:NAME`. */
  readonly items: string;
  readonly next?: string;
  readonly next_url?: string;
  /** The member of the last item that the next page starts after. */
  readonly key?: string;
  readonly has_next_page?: string;
  readonly total?: string;
  readonly total_pages?: string;
  /** Without it, an empty page is the last one. */
  readonly continue_on_empty?: true;
}

interface Data {
  readonly packages: Readonly<Record<string, Readonly<Record<string, StainlessScheme & { operations: number }>>>>;
}

export const stainlessSchemes = (): readonly Declared<StainlessScheme>[] =>
  Object.entries(readData<Data>('stainless').packages).flatMap(([name, classes]) =>
    Object.entries(classes).map(([scheme, { operations, ...declaration }]) => ({
      name: `${name}: ${scheme}`,
      declaration,
      operations,
    })),
  );

/** A scheme as a paging of Pagewise. */
export function fromStainless(scheme: StainlessScheme, size?: number): Conversion {
  const { type, param, items, limit, key, has_next_page: more, total, total_pages: totalPages } = scheme;
  const list: PagingOptions = { items, missingItems: 'empty' };
  if (type === 'fake_page') return { paging: { kind: 'none', options: list } };
  const sized: PagingOptions = {
    ...list,
    ...(limit !== undefined && size !== undefined && { size, sizeParam: limit }),
  };
  const flagged: PagingOptions = { ...sized, ...(more !== undefined && { hasMore: more, hasMoreIfAbsent: 'false' }) };
  const place = scheme.in ?? 'query';
  // Not with a has-more, which decides.
  const atEmpty = scheme.continue_on_empty === true || more !== undefined ? {} : { stopOnEmptyPage: true as const };
  switch (type) {
    case 'page_number':
      return { paging: { kind: 'page', options: { ...flagged, pageParam: param, start: scheme.start, totalPages }, place } };
    case 'offset':
      return { paging: { kind: 'offset', options: { ...flagged, offsetParam: param, total }, place } };
    case 'cursor':
      return { paging: { kind: 'cursor', options: { ...flagged, next: scheme.next, cursorParam: param, ...atEmpty }, place } };
    case 'cursor_id':
      return { paging: { kind: 'keyset', options: { ...flagged, key: [key ?? 'id'], cursorParam: param }, place } };
    case 'cursor_url':
      return { paging: { kind: 'next-url', options: { ...sized, next: scheme.next_url, ...atEmpty } } };
  }
} // prettier-ignore
