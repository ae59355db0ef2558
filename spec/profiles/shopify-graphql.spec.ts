import { describe, expect, it } from '@jest/globals';
import { CheckError, ConfigError, ExtractError } from 'pagewise';
import { checkShopifyGraphql, shopifyGraphql } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/shopify.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { sent, serveExcept, walk } from './walk.js';

interface Product {
  id: string;
}
const query =
  'query ($first: Int, $after: String) { products(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';
const products = (origin: string, body: object = { query }) => ({
  url: `${origin}/admin/api/2026-01/graphql.json`,
  method: 'POST',
  headers: { 'x-shopify-access-token': 'shpat_x' },
  body,
});
const profile = shopifyGraphql<Product>({ connection: 'data.products', size: 250 });
const failed = (code: string, cost?: object) => ({
  errors: [{ message: 'Throttled', extensions: { code } }],
  ...(cost ? { extensions: { cost } } : {}),
});
const lacking = (requestedQueryCost: number, currentlyAvailable: number, restoreRate: number) => ({
  requestedQueryCost,
  actualQueryCost: null,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable, restoreRate },
});

describe('the Shopify GraphQL profile', () => {
  it('writes first and after into the variables', async () => {
    const server = await serve(imitation.start());
    const found = await walk(profile, products(server.origin, { query, variables: { own: 1 } }));
    expect(found.map(({ id }) => id)).toEqual(rows(600).map((number) => `gid://shopify/Product/${number}`));
    expect(sent(server)).toEqual([
      { query, variables: { own: 1, first: 250 } },
      { query, variables: { own: 1, first: 250, after: 'MjQ5' } },
      { query, variables: { own: 1, first: 250, after: 'NDk5' } },
    ]);
  });

  it('waits after a throttled answer until the missing points are restored', () => {
    const verdict = (cost?: object) => checkShopifyGraphql(answer(failed('THROTTLED', cost)), {});
    expect(verdict(lacking(502, 2, 100))).toEqual({ retry: 'Shopify: Throttled', throttled: true, afterMs: 5000 });
    for (const cost of [undefined, lacking(10, 20, 100), lacking(10, 0, 0), { requestedQueryCost: 10 }])
      expect(verdict(cost)).toEqual({ retry: 'Shopify: Throttled', throttled: true });
  });

  it('judges the other errors, also without its check', () => {
    expect(checkShopifyGraphql(answer(failed('INTERNAL_SERVER_ERROR')), {})).toHaveProperty('retry');
    expect(checkShopifyGraphql(answer(failed('MAX_COST_EXCEEDED')), {})).toMatchObject({ tooHeavy: true });
    expect(checkShopifyGraphql(answer(failed('ACCESS_DENIED')), {})).toBeUndefined(); // GraphQL's verdict: a failure.
    expect(checkShopifyGraphql(answer({ errors: '[API] Invalid API key' }, 401), {})).toBeUndefined();
    expect(checkShopifyGraphql(answer({ data: {} }), {})).toBeUndefined();
    const { strategy } = profile;
    expect(strategy.check?.(answer(failed('THROTTLED', lacking(2, 1, 100))), {})).toMatchObject({ afterMs: 10 });
    expect(strategy.check?.(answer(failed('ACCESS_DENIED')), {})).toEqual({ fail: 'GraphQL: "Throttled"' });
  });

  it('retries after throttled answers, and takes no error with HTTP 200 for the end', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, failed('THROTTLED', lacking(100, 99, 1000))),
    );
    expect(await walk(profile, products(limited.origin))).toHaveLength(600);
    expect(limited.seen).toHaveLength(4);
    const denied = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { data: { products: null }, ...failed('ACCESS_DENIED') }),
    );
    expect(await rejection(walk(profile, products(denied.origin)))).toBeInstanceOf(CheckError);
    const bare = await serve((_seen, response) => json(response, { data: { products: { nodes: [] } } }));
    expect(await rejection(walk(profile, products(bare.origin)))).toBeInstanceOf(ExtractError);
  });

  it('refuses a size above 250, and a size that the query has no variable for', async () => {
    expect(thrown(() => shopifyGraphql({ connection: 'data.products', size: 251 })).message).toContain(
      'maximum of 250',
    );
    const server = await serve(imitation.start());
    const fixed = query.replaceAll('$first', '$n');
    expect(thrown(() => void walk(profile, products(server.origin, { query: fixed })))).toBeInstanceOf(ConfigError);
    expect(server.seen).toHaveLength(0);
  });

  it('is rebuilt from its options with its verdicts', () => {
    const { make, options } = profile.paging as { make: (options: object) => typeof profile.strategy; options: object };
    const smaller = make({ ...options, size: 10 });
    expect(smaller.first).toEqual({ size: 10 });
    expect(smaller.check?.(answer(failed('MAX_COST_EXCEEDED')), {})).toMatchObject({ tooHeavy: true });
  });
});
