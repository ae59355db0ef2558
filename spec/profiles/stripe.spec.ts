import { describe, expect, it } from '@jest/globals';
import { ExtractError, PositionExpiredError } from 'pagewise';
import { checkStripe, stripe } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/stripe.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, serveExcept, walk } from './walk.js';

interface Customer {
  id: string;
}
const headers = { authorization: 'Bearer sk_test_x' };
const refused = (error: object, status = 400, given: Record<string, string> = {}) => answer({ error }, status, given);

describe('the Stripe profile', () => {
  it('requests what comes after the last id, until has_more is false', async () => {
    const server = await serve(imitation.start());
    const request = { url: `${server.origin}/v1/customers?email=a%40example.com`, headers };
    const found = await walk(stripe<Customer>({ size: 100 }), request);
    expect(found.map(({ id }) => id)).toEqual(rows(250).map((number) => `cus_${1000 - number}`));
    const query = '/v1/customers?email=a%40example.com&limit=100';
    expect(asked(server)).toEqual([query, `${query}&starting_after=cus_901`, `${query}&starting_after=cus_801`]);
  });

  it('does what Stripe-Should-Retry says, whatever the status', () => {
    const lock = { code: 'lock_timeout', message: 'Try again' };
    expect(checkStripe(refused(lock, 429, { 'stripe-should-retry': 'true' }), {})).toEqual({
      retry: 'Stripe: 429 lock_timeout Try again',
    });
    expect(checkStripe(refused({}, 400, { 'stripe-should-retry': 'true' }), {})).toEqual({ retry: 'Stripe: 400' });
    expect(checkStripe(refused({}, 500, { 'stripe-should-retry': 'false' }), {})).toEqual({ fail: 'Stripe: 500' });
    expect(checkStripe(refused({}, 409), {})).toEqual({ retry: 'Stripe: 409' });
    for (const status of [400, 401, 402, 404, 429, 500]) expect(checkStripe(refused({}, status), {})).toBeUndefined();
    expect(checkStripe(answer('<html>', 502), {})).toBeUndefined();
    expect(checkStripe(answer({ data: [] }, 200, { 'stripe-should-retry': 'false' }), {})).toBeUndefined();
  });

  it('a deleted object is an expired position', async () => {
    const server = await serve(imitation.start());
    const profile = stripe({ size: 100 });
    const strategy = { ...profile.strategy, first: { after: 'cus_gone' } };
    const error = await rejection(walk({ ...profile, strategy }, { url: `${server.origin}/v1/customers`, headers }));
    expect(error).toBeInstanceOf(PositionExpiredError);
    expect(error.message).toContain("Stripe: 400 resource_missing No such customer: '…'");
    const missing = { code: 'resource_missing', param: 'starting_after' };
    expect(checkStripe(refused(missing), { after: 'cus_1' })).toHaveProperty('expired');
    expect(checkStripe(refused(missing), {})).toBeUndefined(); // The template's own.
    expect(checkStripe(refused({ ...missing, param: 'customer' }), { after: 'cus_1' })).toBeUndefined();
  });

  it('retries when Stripe says so, and never takes another answer for the end', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { error: { code: 'lock_timeout' } }, 409, { 'stripe-should-retry': 'true' }),
    );
    const url = (origin: string) => ({ url: `${origin}/v1/customers`, headers });
    expect(await walk(stripe({ size: 100 }), url(limited.origin))).toHaveLength(250);
    expect(limited.seen).toHaveLength(4);
    const search = await serve((_seen, response) => json(response, { object: 'search_result', data: [{ id: 'a' }] }));
    expect(await rejection(walk(stripe(), url(search.origin)))).toBeInstanceOf(ExtractError);
  });

  it('refuses a size above 100', () => {
    expect(thrown(() => stripe({ size: 101 })).message).toContain('maximum of 100');
  });
});
