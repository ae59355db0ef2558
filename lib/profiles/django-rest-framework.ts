import { ExtractError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { nextUrl } from '../strategies/next-url.js';
import type { UrlPosition } from '../strategies/parts/follow-url.js';
import type { Verdict } from '../strategy.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

export interface DjangoRestFrameworkOptions extends ProfileOptions {
  /** Wire name of the size: `'limit'` with LimitOffsetPagination, else the project's own name. @default 'page_size' */
  readonly sizeParam?: string | undefined;
}

/**
 * Django REST framework: all three of its styles (page number, limit and offset, cursor), by the next URL.
 *
 *     GET /api/books/?limit=100   ▸   { "count": 321, "next": "https://…/api/books/?limit=100&offset=100", "previous": null, "results": [ … ] }
 *
 *     const { strategy, check, throttle } = djangoRestFramework<Book>({ size: 100, sizeParam: 'limit' });
 */
export const djangoRestFramework = <Item = unknown>({
  items = 'results',
  size,
  sizeParam = 'page_size',
  ...rest
}: DjangoRestFrameworkOptions = {}): Profile<Item> =>
  profile(
    nextUrl<Item>,
    // Cursor pagination has no count.
    { items, next: readNext, total: 'count', sizeParam, size },
    // Each project sets its own limits; there is none by default.
    { check: checkDjangoRestFramework, throttle: { limit: 10, interval: 1000 } },
    { of: 'djangoRestFramework', rest, takes: ['sizeParam'] },
  );

/** Null is the end. An answer without `next` is not a page of this API. */
function readNext(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'next'))
    throw new ExtractError(
      'next',
      'next',
      'expected a URL or null, found nothing; check that the URL is a paginated list of Django REST framework',
    );
  return (body as { next: unknown }).next;
}

/**
 * Two cases have status 404: a page past the end, if rows were deleted during the walk, and a cursor that has expired.
 */
export const checkDjangoRestFramework = ({ status, body }: PageResponse, { url }: UrlPosition): Verdict | undefined => {
  const detail = (body as { detail?: unknown } | null | undefined)?.detail;
  if (status !== 404 || url === undefined || typeof detail !== 'string') return undefined;
  if (/^invalid page\b/i.test(detail)) return 'end';
  return /^invalid cursor\b/i.test(detail) ? { expired: `Django REST framework: ${detail.slice(0, 80)}` } : undefined;
};
