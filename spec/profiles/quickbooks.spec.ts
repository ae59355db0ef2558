import { describe, expect, it } from '@jest/globals';
import { CheckError, ConfigError, ExtractError, paginate } from 'pagewise';
import { checkQuickbooks, quickbooks } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/quickbooks.js';
import { json, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { atEverySize, queries, serveExcept, walk } from './walk.js';

interface Customer {
  Id: string;
}
const headers = { authorization: 'Bearer x' };
const query = (origin: string, text = 'SELECT+*+FROM+Customer') => ({
  url: `${origin}/v3/company/462/query?query=${text}&minorversion=75`,
  headers,
});

describe('the QuickBooks profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => quickbooks<Customer>({ size: 5 }),
    request: (origin) => query(origin),
    number: ({ Id }) => Number(Id),
    // It ends at an empty page.
    requests: [1, 2, 2, 3, 4],
  });

  it('adds the position to the query', async () => {
    const server = await serve(imitation.start(7));
    expect(await walk(quickbooks({ items: 'QueryResponse.Customer', size: 5 }), query(server.origin))).toHaveLength(7);
    expect(server.seen.map(({ url }) => url.searchParams.get('query'))).toEqual(
      [1, 6, 8].map((at) => `SELECT * FROM Customer STARTPOSITION ${at} MAXRESULTS 5`),
    );
    expect(queries(server)[0]).toContain('minorversion=75');
    expect(thrown(() => quickbooks({ size: 1001 })).message).toContain('maximum of 1000');
  });

  it.each([
    ['', 'the URL has no query'],
    ['SELECT+*+FROM+Customer+startposition+5', 'remove STARTPOSITION and MAXRESULTS'],
  ])('refuses the query "%s" before anything is sent', (text, message) => {
    const { strategy } = quickbooks();
    const error = thrown(() => paginate(query('http://localhost', text), strategy));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });

  it('waits a minute after too many requests, or as long as Retry-After says', async () => {
    expect(checkQuickbooks(answer({}, 429), {})).toMatchObject({ throttled: true, afterMs: 60_000 });
    expect(checkQuickbooks(answer({}, 429, { 'retry-after': '1' }), {})).toBeUndefined();
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, {}, 429, { 'retry-after': '0' }),
    );
    expect(await walk(quickbooks({ size: 100 }), query(limited.origin))).toHaveLength(250);
  });

  it('a fault is a failure, whatever its status; an answer without a QueryResponse is an error', async () => {
    const fault = { Fault: { Error: [{ Message: 'No', Detail: 'Not here', code: '610' }], type: 'x' } };
    const failing = await serve((_seen, response) => json(response, fault));
    const error = await rejection(walk(quickbooks(), query(failing.origin)));
    expect(error).toBeInstanceOf(CheckError);
    expect(error.message).toMatch(/^Page 1 failed: QuickBooks: 610 No Not here/);
    expect(checkQuickbooks(answer(fault, 400), {})).toBeUndefined();
    expect(checkQuickbooks(answer('<html>', 502), {})).toBeUndefined();
    const odd = await serve((_seen, response) => json(response, { time: 'x' }));
    expect(await rejection(walk(quickbooks(), query(odd.origin)))).toBeInstanceOf(ExtractError);
  });
});
