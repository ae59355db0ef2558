import { header } from '../reading/read.js';
import type { PageResponse } from '../request.js';
import { pageNumber, type PageNumberOptions, type PageNumberPosition } from '../strategies/page-number.js';
import type { Strategy, Verdict } from '../strategy.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * WordPress's REST API: every collection of `/wp-json/wp/v2`, and of plugins that answer the same way (WooCommerce).
 *
 *     GET /wp-json/wp/v2/posts?page=2&per_page=100   ▸   X-WP-Total: 321, X-WP-TotalPages: 4
 *                                                        [ … ]
 *
 *     const { strategy, check, throttle } = wordpress<Post>({ size: 100 });
 */
export const wordpress = <Item = unknown>({ items, size, ...rest }: ProfileOptions = {}): Profile<Item> =>
  profile(
    numbered<Item>,
    { items, size, maxSize: 100, totalPages: header('X-WP-TotalPages'), total: header('X-WP-Total') },
    // WordPress itself has no limit, but its hosts do.
    { check: checkWordpress, throttle: { limit: 5, interval: 1000 } },
    { of: 'wordpress', rest },
  );

/** Posts that the caller may not read are removed after the page was counted, so an empty page is not the end. */
function numbered<Item>(options: PageNumberOptions<Item>): Strategy<Item, PageNumberPosition> {
  const strategy = pageNumber<Item>(options);
  return {
    ...strategy,
    next: (answer) => {
      const { items, position, response } = answer;
      const pages = Number(response.headers.get('x-wp-totalpages') ?? 0);
      return items.length === 0 && position.page < pages
        ? { ...position, page: position.page + 1 }
        : strategy.next(answer);
    },
  };
}

/** Status 400 with this code means past the end, if posts were deleted during the walk; other bad requests are errors. */
export const checkWordpress = ({ status, body }: PageResponse, { page }: PageNumberPosition): Verdict | undefined => {
  const code = (body as { code?: unknown } | null | undefined)?.code;
  return status === 400 && page > 1 && typeof code === 'string' && /^rest_\w+_invalid_page_number$/.test(code)
    ? 'end'
    : undefined;
};
