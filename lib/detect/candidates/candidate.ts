import type { PageRequest } from '../../request.js';
import type { PagingKind, PagingOptions } from '../kinds.js';
import type { Paging } from '../paging.js';

/** A kind of paging that an answer suggests, and how clearly. */
export interface Candidate {
  readonly paging: Paging;
  /** From 100 (a standard names it) to 10 (a common name that is merely tried). */
  readonly score: number;
  readonly evidence: string;
}

export const candidate = (
  kind: PagingKind,
  options: PagingOptions,
  score: number,
  evidence: string,
  place?: string,
): Candidate => ({
  paging: { kind, options, ...(place === undefined || place === 'query' ? {} : { place }) },
  score,
  evidence,
});

/** Where parameters can be written into this request, likeliest first. */
export function placesOf({ method = 'GET', body, headers }: PageRequest): readonly string[] {
  if (/^(get|head)$/i.test(method) || body === undefined || body === null) return ['query'];
  const isForm =
    typeof headers === 'object' &&
    Object.entries(headers).some(
      ([name, value]) => /^content-type$/i.test(name) && /x-www-form-urlencoded/i.test(value),
    );
  if (typeof body === 'string' || body instanceof URLSearchParams || (isForm && body instanceof Uint8Array))
    return ['form', 'query'];
  if (typeof body !== 'object' || ArrayBuffer.isView(body)) return ['query'];
  const nested = Object.entries(body).filter(
    ([name, value]) => /^(pagination|paging|page)$/i.test(name) && typeof value === 'object',
  );
  return [
    ...nested.map(([name]) => `body:${name}`),
    'body',
    ...(nested.length > 0 ? [] : ['body:pagination']),
    'query',
  ];
}
