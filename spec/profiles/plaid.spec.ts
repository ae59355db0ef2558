import { describe, expect, it } from '@jest/globals';
import { type ListedItem, PositionExpiredError } from 'pagewise';
import { checkPlaid, plaidTransactions } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/plaid.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { atEverySize, sent, serveExcept, walk, walkPages } from './walk.js';

interface Transaction {
  transaction_id: string;
}
const body = { client_id: 'c', secret: 's', access_token: 'access-x' };
const sync = (origin: string) => ({ method: 'POST', url: `${origin}/transactions/sync`, body });
const number = ({ item }: ListedItem<Transaction>) => Number(item.transaction_id);

describe('the Plaid profile', () => {
  atEverySize({
    imitation,
    size: 10,
    profile: () => plaidTransactions<Transaction>({ size: 10 }),
    request: sync,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('says of each item which list it is from', async () => {
    const server = await serve(imitation.start(10));
    const found = await walk(plaidTransactions<Transaction>(), sync(server.origin));
    expect(found.map(({ list }) => list)).toEqual([...Array<string>(8).fill('added'), 'modified', 'removed']);
  });

  it('begins at the cursor of the request, and ends when has_more is false', async () => {
    const server = await serve(imitation.start(25));
    const request = { ...sync(server.origin), body: { ...body, cursor: 'CAES10' } };
    const pages = await walkPages(request, plaidTransactions<Transaction>({ size: 10 }));
    expect(pages.flatMap(({ items }) => items.map(number))).toEqual(rows(25).slice(10));
    expect((pages.at(-1)?.body as { next_cursor: string }).next_cursor).toBe('CAES25');
    expect(sent(server)).toEqual([
      { ...body, cursor: 'CAES10', count: 10 },
      { ...body, cursor: 'CAES20', count: 10 },
    ]);
    expect(thrown(() => plaidTransactions({ size: 501 })).message).toContain('maximum of 500');
  });

  it('if transactions change during the walk, the position has expired', async () => {
    const changed = {
      error_type: 'TRANSACTIONS_ERROR',
      error_code: 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION',
      error_message: 'Underlying transaction data changed',
    };
    const changing = await serveExcept(imitation, 1, (_seen, response) => json(response, changed, 400));
    expect(await rejection(walk(plaidTransactions(), sync(changing.origin)))).toBeInstanceOf(PositionExpiredError);
    const profile = plaidTransactions<Transaction>();
    const strategy = profile.paging.make({ ...profile.paging.options, onExpired: 'restart' });
    const anew = await serveExcept(imitation, 1, (_seen, response) => json(response, changed, 400));
    const found = (await walk({ ...profile, strategy }, sync(anew.origin))).map(number);
    expect(found).toHaveLength(100 + 250);
    expect(found.slice(100).sort((a, b) => a - b)).toEqual(rows(250));
    expect(checkPlaid(answer({ error_code: 'INVALID_FIELD' }, 400), {})).toBeUndefined();
    expect(checkPlaid(answer('<html>', 502), {})).toBeUndefined();
  });

  it('is retried after 429', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { error_type: 'RATE_LIMIT_EXCEEDED', error_code: 'TRANSACTIONS_LIMIT' }, 429),
    );
    expect(await walk(plaidTransactions(), sync(limited.origin))).toHaveLength(250);
  });
});
