import { describe, expect, it } from '@jest/globals';
import { ExtractError, PositionExpiredError } from 'pagewise';
import { checkSalesforce, salesforce } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/salesforce.js';
import { json, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, atEverySize, serveExcept, walk, walkPages } from './walk.js';

interface Contact {
  Id: string;
}
const headers = { authorization: 'Bearer 00D' };
const query = (origin: string) => ({ url: `${origin}/services/data/v67.0/query?q=SELECT+Id+FROM+Contact`, headers });

describe('the Salesforce profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => salesforce<Contact>({ size: 5 }),
    request: query,
    number: ({ Id }) => Number(Id.slice(3)),
    requests: [1, 1, 1, 2, 3],
  });

  it('follows the locator until done, and sends the batch size with the query', async () => {
    const server = await serve(imitation.start(450));
    const pages = await walkPages(query(server.origin), salesforce({ size: 200 }));
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([200, 200, 50].map((n) => [n, 450]));
    expect(asked(server).slice(1)).toEqual(['200', '400'].map((at) => `/services/data/v67.0/query/01g-${at}-200`));
    expect(server.seen.map((seen) => seen.headers['sforce-query-options'])).toEqual([
      'batchSize=200',
      undefined,
      undefined,
    ]);
    expect(thrown(() => salesforce({ size: 2001 })).message).toContain('maximum of 2000');
  });

  it('a locator that is gone is an expired position', async () => {
    const gone = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }], 400),
    );
    expect(await rejection(walk(salesforce({ size: 200 }), query(gone.origin)))).toBeInstanceOf(PositionExpiredError);
  });

  it('waits for limits, but not for the daily one', async () => {
    const verdict = (errorCode: string, message: string, status = 403) =>
      checkSalesforce(answer([{ errorCode, message }], status), {});
    expect(verdict('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')).toHaveProperty('fail');
    expect(verdict('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests Limit exceeded.')).toMatchObject({ throttled: true });
    expect(verdict('INVALID_QUERY_LOCATOR', '', 400)).toBeUndefined(); // The template's own.
    expect(verdict('INVALID_SESSION_ID', '', 401)).toBeUndefined();
    expect(checkSalesforce(answer([], 500), {})).toBeUndefined();
    expect(checkSalesforce(answer({ records: [] }), {})).toBeUndefined();
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'ConcurrentRequests Limit exceeded.' }], 403),
    );
    expect(await walk(salesforce({ size: 200 }), query(limited.origin))).toHaveLength(450);
  });

  it('an answer that is neither done nor leads on is an error, not the end', async () => {
    const page = { totalSize: 3, done: false, records: [{ Id: 'a' }] };
    const server = await serve((_seen, response, index) =>
      json(response, index === 0 ? { ...page, nextRecordsUrl: '/next' } : { ...page, records: [{ Id: 'b' }] }),
    );
    expect(await rejection(walk(salesforce(), query(server.origin)))).toBeInstanceOf(ExtractError);
    expect(server.seen).toHaveLength(2);
  });
});
