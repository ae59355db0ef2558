import type { Check } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { type ConnectionOptions, connectionProfile } from './parts/connection-profile.js';
import type { Profile } from './profile.js';

/**
 * Connections of Shopify's GraphQL Admin API. The query declares `$after`, and `$first` if you set a size.
 *
 *     POST /admin/api/2026-01/graphql.json
 *     { "query": "query ($first: Int, $after: String) { products(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }" }
 *
 *     const { strategy, check, throttle } = shopifyGraphql<Product>({ connection: 'data.products', size: 250 });
 */
export const shopifyGraphql = <Item = unknown>({
  connection,
  items,
  size,
  ...rest
}: ConnectionOptions): Profile<Item> =>
  connectionProfile<Item>(
    { connection, items, size, maxSize: 250 },
    // A standard shop restores 100 points a second: enough for two queries of up to 50.
    { check: checkShopifyGraphql, throttle: { limit: 2, interval: 1000 } },
    { of: 'shopifyGraphql', rest, takes: ['connection'] },
  );

interface ShopifyAnswer {
  readonly errors?: unknown;
  readonly extensions?: {
    readonly cost?: {
      readonly requestedQueryCost?: unknown;
      readonly throttleStatus?: { readonly currentlyAvailable?: unknown; readonly restoreRate?: unknown };
    };
  };
}

/**
 * Errors have HTTP 200. A throttled answer holds the missing cost and the restore rate, which give the time to wait.
 */
export const checkShopifyGraphql: Check = ({ body }) => {
  const { errors, extensions } = (body ?? {}) as ShopifyAnswer;
  if (!Array.isArray(errors)) return undefined;
  const all = errors as readonly ({ message?: unknown; extensions?: { code?: unknown } } | null)[];
  const codes = new Set(all.map((error) => error?.extensions?.code));
  const reason = redactText(`Shopify: ${all.map((error) => String(error?.message)).join('; ')}`);
  if (codes.has('THROTTLED')) {
    const { requestedQueryCost, throttleStatus } = extensions?.cost ?? {};
    const lacking = Number(requestedQueryCost) - Number(throttleStatus?.currentlyAvailable);
    const afterMs = Math.ceil((lacking / Number(throttleStatus?.restoreRate)) * 1000);
    return { retry: reason, throttled: true, ...(afterMs > 0 && Number.isFinite(afterMs) ? { afterMs } : {}) };
  }
  if (codes.has('MAX_COST_EXCEEDED')) return { fail: reason, tooHeavy: true };
  return codes.has('INTERNAL_SERVER_ERROR') ? { retry: reason } : undefined;
};
