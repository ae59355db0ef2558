import type { ItemPath } from '../reading/path.js';
import type { PageResponse } from '../request.js';
import { keyset, type KeysetPosition } from '../strategies/keyset.js';
import type { Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * Stripe's lists: every `GET` list route of `/v1`, newest first, each page after the id of the last object before it.
 *
 *     GET /v1/customers?limit=100&starting_after=cus_9s6XKz   ▸   { "object": "list", "data": [ … ], "has_more": true, … }
 *
 *     const { strategy, check, throttle } = stripe<Customer>({ size: 100 });
 */
export const stripe = <Item = unknown>({ items = 'data', size, ...rest }: ProfileOptions = {}): Profile<Item> =>
  profile(
    keyset<Item>,
    {
      items,
      key: 'id' as ItemPath<Item>,
      cursorParam: 'starting_after',
      hasMore: 'has_more',
      sizeParam: 'limit',
      size,
      maxSize: 100,
    },
    // Sandboxes allow 25 requests a second, live mode 100.
    { check: checkStripe, throttle: { limit: 25, interval: 1000 } },
    { of: 'stripe', rest },
  );

/** `Stripe-Should-Retry` overrides the status. If the object at the cursor is gone, the position has expired. */
export const checkStripe = (
  { status, headers, body }: PageResponse,
  { after }: KeysetPosition,
): Verdict | undefined => {
  if (status >= 200 && status < 300) return undefined;
  const { code, param, message } =
    (body as { error?: { code?: unknown; param?: unknown; message?: unknown } } | null | undefined)?.error ?? {};
  const texts = [code, message].filter((text) => typeof text === 'string');
  const reason = redactText(`Stripe: ${[status, ...texts].join(' ')}`);
  if (after !== undefined && code === 'resource_missing' && param === 'starting_after') return { expired: reason };
  const advice = headers.get('stripe-should-retry');
  if (advice === 'false') return { fail: reason };
  // 409: another request holds a lock.
  return advice === 'true' || status === 409 ? { retry: reason } : undefined;
};
