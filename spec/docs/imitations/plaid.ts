import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 updates of transactions: of ten, one is a modification and one a removal. The last page has a cursor too. */
export const imitation: Imitation = {
  origin: 'https://production.plaid.com',
  start:
    (total = 250) =>
    ({ method, url, body }, response) => {
      const refuse = (error_type: string, error_code: string, error_message: string) =>
        json(response, { error_type, error_code, error_message, display_message: null }, 400);
      if (method !== 'POST' || url.pathname !== '/transactions/sync')
        return json(response, { error_code: 'NOT_FOUND' }, 404);
      const asked = JSON.parse(body) as { access_token?: string; cursor?: string; count?: number };
      if (asked.access_token === undefined) return refuse('INVALID_REQUEST', 'MISSING_FIELDS', 'access_token');
      const { cursor = 'CAES0', count = 100 } = asked;
      if (count > 500) return refuse('INVALID_REQUEST', 'INVALID_FIELD', 'count must be at most 500');
      if (cursor === 'changed')
        return refuse('TRANSACTIONS_ERROR', 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION', 'Underlying transaction data changed since last page was fetched.'); // prettier-ignore
      const from = Number(cursor.replace('CAES', ''));
      if (Number.isNaN(from))
        return refuse('INVALID_INPUT', 'INVALID_FIELD', 'cursor not associated with access_token');
      const end = Math.min(total, from + count);
      const page = rows(total).slice(from, end);
      const those = (is: (digit: number) => boolean) =>
        page.filter((number) => is(number % 10)).map((number) => ({ transaction_id: String(number) }));
      json(response, {
        accounts: [{ account_id: 'a' }],
        added: those((digit) => digit < 8),
        modified: those((digit) => digit === 8),
        removed: those((digit) => digit === 9),
        next_cursor: `CAES${end}`,
        has_more: end < total,
      });
    },
};
