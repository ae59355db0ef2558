import { inBody } from '../placements/in-body.js';
import type { ListedItem } from '../reading/items.js';
import type { Check } from '../strategy.js';
import { cursor } from '../strategies/cursor.js';
import { redactText } from '../values/redact.js';
import { profile, type UnratedProfile } from './profile.js';

export interface PlaidOptions {
  /** Updates to request per page. @default the API's own, 100 */
  readonly size?: number | undefined;
}

/**
 * Plaid's `/transactions/sync`: what was added, modified and removed since a cursor. Each item says which of these lists
 * it is from.
 *
 *     POST /transactions/sync
 *     { "access_token": …, "cursor": "CAES…", "count": 500 }   ▸   { "added": [ … ], "modified": [ … ], "removed": [ … ], "next_cursor": "CAEU…", "has_more": true }
 *
 *     const { strategy, check } = plaidTransactions<Transaction>({ size: 500 });   // { list: 'added', item: { … } }, …
 *
 * A `cursor` in the body of the request is where the first page begins. The walk ends when `has_more` is false; keep the
 * last page's `next_cursor` for the next time (https://plaid.com/docs/api/products/transactions/#transactionssync).
 */
export const plaidTransactions = <Item = unknown>({ size, ...rest }: PlaidOptions = {}): UnratedProfile<
  ListedItem<Item>
> =>
  profile(
    cursor<ListedItem<Item>>,
    {
      items: { added: 'added', modified: 'modified', removed: 'removed' },
      size,
      maxSize: 500,
      sizeParam: 'count',
      next: 'next_cursor',
      hasMore: 'has_more',
      place: inBody(),
    },
    { check: checkPlaid },
    { of: 'plaidTransactions', rest },
  );

/**
 * If transactions change during a walk, the whole walk has to begin anew (https://plaid.com/docs/errors/transactions):
 * the position has expired.
 */
export const checkPlaid: Check = ({ status, body }) => {
  const { error_code: code, error_message: message } = (body ?? {}) as {
    error_code?: unknown;
    error_message?: unknown;
  };
  return status === 400 && code === 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION'
    ? { expired: redactText(`Plaid: ${code} ${String(message)}`) }
    : undefined;
};
