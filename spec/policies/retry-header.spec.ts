import { describe, expect, it } from '@jest/globals';
import { defer, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { pageNumber, paginate, retryRequests, type Check, type RetryOptions } from 'pagewise';
import { json, numbered, rows, serve } from '../support/server.js';
import { itemsOf, rejection, thrown } from '../support/walks.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });

/** A server whose page 2 fails once; and the walk over it. */
async function failingOnce(status: number, headers: Record<string, string>) {
  let failed = false;
  const answer = numbered(15);
  const server = await serve((seen, response) => {
    if (failed || seen.url.searchParams.get('page') !== '2') return answer(seen, response);
    failed = true;
    json(response, {}, status, headers);
  });
  const walk = (options: RetryOptions = {}, check?: Check) =>
    lastValueFrom(
      paginate({ url: server.url }, strategy, {
        policy: retryRequests({ base: 0, ...options }),
        ...(check ? { check } : {}),
      }).pipe(toArray()),
    );
  return { server, walk };
}

describe('x-should-retry', () => {
  it.each([400, 404, 409, 501])('R11 true retries a %i, which is not retried otherwise', async (status) => {
    const { server, walk } = await failingOnce(status, { 'X-Should-Retry': 'true' });
    expect(itemsOf(await walk())).toEqual(rows(15));
    expect(server.seen).toHaveLength(4);
  });

  it.each([429, 500, 503])('R11 false does not retry a %i', async (status) => {
    const { server, walk } = await failingOnce(status, { 'x-should-retry': 'false' });
    expect(await rejection(walk())).toMatchObject({ name: 'HttpError', status, attempts: 1 });
    expect(server.seen).toHaveLength(2);
  });

  it.each(['1', 'yes', '', 'maybe'])('R11 %j has no effect', async (value) => {
    const { walk } = await failingOnce(503, { 'x-should-retry': value });
    expect(itemsOf(await walk())).toEqual(rows(15));
  });

  it('R11 its name can be set, and with an empty one nothing is read', async () => {
    const named = await failingOnce(409, { 'X-Again': 'TRUE' });
    expect(itemsOf(await named.walk({ retryHeader: 'X-AGAIN' }))).toEqual(rows(15));
    const off = await failingOnce(503, { 'x-should-retry': 'false' });
    expect(itemsOf(await off.walk({ retryHeader: '' }))).toEqual(rows(15));
    expect(thrown(() => retryRequests({ retryHeader: 'x retry' })).message).toBe(
      `retryRequests: retryHeader must be the name of a header, or '' for none, not "x retry"`,
    );
  });

  it('R11 shouldRetry gets the value of the header and overrides it; a check overrides both', async () => {
    const { walk } = await failingOnce(503, { 'x-should-retry': 'false' });
    const told: boolean[] = [];
    expect(itemsOf(await walk({ shouldRetry: (_error, retryable) => (told.push(retryable), true) }))).toEqual(rows(15));
    expect(told).toEqual([false]);
    const checked = await failingOnce(503, { 'x-should-retry': 'false' });
    const check: Check = ({ status }) => (status === 503 ? { retry: 'busy' } : undefined);
    expect(itemsOf(await checked.walk({}, check))).toEqual(rows(15));
  });

  it("R11 is read from other clients' errors too", async () => {
    let attempts = 0;
    const error = { response: { status: 404, headers: { 'X-Should-Retry': 'true' } } };
    const source = defer(() => (attempts++ === 0 ? throwError(() => error) : of('done')));
    expect(await lastValueFrom(source.pipe(retryRequests({ base: 0 })))).toBe('done');
  });
});
