import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 600 products as a connection, with the cost of each query. */
export const imitation: Imitation = {
  origin: 'https://my-shop.myshopify.com',
  start: () => (seen, response) => {
    const { url, headers, body } = seen;
    if (headers['x-shopify-access-token'] === undefined)
      return json(
        response,
        { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
        401,
      );
    if (!/^\/admin\/api\/\d{4}-\d{2}\/graphql\.json$/.test(url.pathname))
      return json(response, { errors: 'Not Found' }, 404);
    const { query, variables = {} } = JSON.parse(body) as {
      query: string;
      variables?: { first?: number; after?: string };
    };
    const { first = 10, after } = variables;
    if (!query.includes('products(') || first > 250)
      return json(response, { errors: [{ message: 'first cannot exceed 250', extensions: { code: 'BAD_REQUEST' } }] });
    const start = after === undefined ? 0 : Number(Buffer.from(after, 'base64').toString()) + 1;
    const end = Math.min(600, start + first);
    const nodes = rows(600)
      .slice(start, end)
      .map((number) => ({ id: `gid://shopify/Product/${number}`, title: `Product ${number}` }));
    const endCursor = Buffer.from(String(end - 1)).toString('base64');
    json(response, {
      data: { products: { nodes, pageInfo: { hasNextPage: end < 600, endCursor } } },
      extensions: {
        cost: {
          requestedQueryCost: 30,
          actualQueryCost: 30,
          throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1970, restoreRate: 100 },
        },
      },
    });
  },
};
