import { describe, expect, it } from '@jest/globals';
import { algoliaBrowse } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/algolia-browse.js';
import { json, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';
import { atEverySize, sent, serveExcept, walk, walkPages } from './walk.js';

interface Product {
  objectID: string;
}
const browse = (origin: string) => ({
  method: 'POST',
  url: `${origin}/1/indexes/products/browse`,
  headers: { 'x-algolia-api-key': 'x' },
  body: { filters: 'price < 100' },
});

describe('the Algolia profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => algoliaBrowse<Product>({ size: 5 }),
    request: browse,
    number: ({ objectID }) => Number(objectID),
    requests: [1, 1, 1, 2, 3],
  });

  it('sends the cursor, however long, in the body beside the filters', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(browse(server.origin), algoliaBrowse({ size: 5 }));
    expect(pages.map(({ total }) => total)).toEqual([7, 7]);
    expect(sent(server)).toEqual([
      { filters: 'price < 100', hitsPerPage: 5 },
      { filters: 'price < 100', hitsPerPage: 5, cursor: `5${'='.repeat(20_000)}` },
    ]);
    expect(thrown(() => algoliaBrowse({ size: 1001 })).message).toContain('maximum of 1000');
  });

  it('is retried after 429, and fails where Algolia refuses the request', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { message: 'Too Many Requests', status: 429 }, 429),
    );
    expect(await walk(algoliaBrowse({ size: 100 }), browse(limited.origin))).toHaveLength(250);
    const server = await serve(imitation.start());
    const error = await rejection(walk(algoliaBrowse(), { ...browse(server.origin), headers: {} }));
    expect(error.message).toMatch(/^Page 1 failed: 403/);
  });
});
