import { describe, expect, it } from '@jest/globals';
import { ogcFeatures } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/ogc-features.js';
import { json, serve } from '../support/server.js';
import { rejection } from '../support/walks.js';
import { asked, atEverySize, serveExcept, walk, walkPages } from './walk.js';

interface Feature {
  id: number;
}
const items = (origin: string) => ({ url: `${origin}/collections/buildings/items` });

describe('the OGC API Features profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => ogcFeatures<Feature>({ size: 5 }),
    request: items,
    number: ({ id }) => id,
    requests: [1, 1, 1, 2, 3],
  });

  it('follows links, although the server caps the limit', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(items(server.origin), ogcFeatures({ size: 1000 }));
    expect(pages.map((page) => [page.items.length, page.total])).toEqual([100, 100, 50].map((n) => [n, 250]));
    expect(asked(server)[1]).toBe('/collections/buildings/items?limit=1000&offset=100');
  });

  it('takes relative links, and pages without a total', async () => {
    const pages = [
      { features: [1], links: [{ rel: 'next', href: 'items?offset=1' }] },
      { features: [2], links: [] },
    ];
    const server = await serve((_seen, response, index) => json(response, pages[index]));
    expect(await walk(ogcFeatures(), items(server.origin))).toEqual([1, 2]);
    expect(asked(server)[1]).toBe('/collections/buildings/items?offset=1');
  });

  it('is retried after 503, and fails where the server refuses the request', async () => {
    const busy = await serveExcept(imitation, 1, (_seen, response) => json(response, {}, 503));
    expect(await walk(ogcFeatures({ size: 100 }), items(busy.origin))).toHaveLength(250);
    const server = await serve(imitation.start());
    const error = await rejection(walk(ogcFeatures(), { url: `${server.origin}/collections/none/items` }));
    expect(error.message).toMatch(/^Page 1 failed: 404/);
  });
});
