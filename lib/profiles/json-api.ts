import { nextUrl } from '../strategies/next-url.js';
import type { Check } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

export interface JsonApiOptions extends FollowingProfileOptions {
  /** Name of the size; the specification defines only the family `page[…]`. @default 'page[size]' */
  readonly sizeParam?: string | undefined;
}

/**
 * JSON:API (1.0 and 1.1): every collection, by `links.next`, a URL or a link object.
 *
 *     GET /articles?page[size]=50
 *     Accept: application/vnd.api+json   ▸   { "data": [ … ], "links": { "next": "https://…/articles?page[number]=2&page[size]=50" } }
 *
 *     const { strategy, check, throttle } = jsonApi<Article>({ size: 50 });
 */
export const jsonApi = <Item = unknown>({
  items = 'data',
  size,
  sizeParam = 'page[size]',
  missingNext,
  ...rest
}: JsonApiOptions = {}): Profile<Item> =>
  profile(
    nextUrl<Item>,
    { items, size, sizeParam, next: 'links.next', missingNext },
    { check: checkJsonApi, throttle: { limit: 10, interval: 1000 } },
    { of: 'jsonApi', rest, takes: ['sizeParam', 'missingNext'] },
  );

/** A document with `errors` is not a page, whatever its status. */
export const checkJsonApi: Check = ({ status, body }) => {
  const errors = (body as { errors?: unknown } | null | undefined)?.errors;
  if (status < 200 || status >= 300 || !Array.isArray(errors)) return undefined;
  const reasons = (errors as ({ title?: unknown; detail?: unknown; code?: unknown } | null)[]).map(
    (error) => [error?.detail, error?.title, error?.code].find((part) => typeof part === 'string') ?? 'an error',
  );
  return { fail: redactText(`JSON:API: ${reasons.join('; ')}`) };
};
