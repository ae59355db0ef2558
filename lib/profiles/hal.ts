import { nextUrl } from '../strategies/next-url.js';
import { listed, sparseList } from './parts/lists.js';
import { named } from './parts/named.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

export interface HalOptions extends FollowingProfileOptions {
  /**
   * The items, such as `'_embedded.orders'`. @default the only list in `_embedded`; if there is none, the page is empty
   */
  readonly items?: string | undefined;
  /** Name of the size, which HAL does not define. @default 'size', as in Spring */
  readonly sizeParam?: string | undefined;
}

/**
 * HAL (`application/hal+json`): every collection, by `_links.next`.
 *
 *     GET /orders?size=50
 *     Accept: application/hal+json   ▸   { "_embedded": { "orders": [ … ] }, "_links": { "next": { "href": "/orders?page=1&size=50" } } }
 *
 *     const { strategy, check, throttle } = hal<Order>({ size: 50 });
 */
export const hal = <Item = unknown>({
  items,
  size,
  sizeParam = 'size',
  missingNext,
  ...rest
}: HalOptions = {}): Profile<Item> =>
  profile(
    listed(nextUrl<Item>, items, ['_links']),
    {
      items: sparseList<Item>(items, {
        within: '_embedded',
        isPage: (body) => Object.hasOwn(body, '_links') || Object.hasOwn(body, '_embedded'),
      }),
      size,
      sizeParam,
      next: named('_links.next', nextLink),
      missingNext,
      total: 'page.totalElements',
    },
    { throttle: { limit: 10, interval: 1000 } },
    { of: 'hal', rest, takes: ['sizeParam', 'missingNext'] },
  );

/** The first next link if there are several; the variables of a URI template are removed. */
function nextLink(body: unknown): unknown {
  const next = (body as { _links?: { next?: unknown } | null } | null)?._links?.next;
  const link = (Array.isArray(next) ? next[0] : next) as { href?: unknown; templated?: unknown } | null | undefined;
  return link?.templated === true && typeof link.href === 'string' ? link.href.replace(/\{[^{}]*\}/g, '') : link;
}
