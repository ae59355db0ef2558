import { describe, expect, it } from '@jest/globals';
import { PositionExpiredError } from 'pagewise';
import { checkElasticsearch, elasticsearchScroll } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/elasticsearch-scroll.js';
import { json, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';
import { asked, atEverySize, sent, serveExcept, walk, walkPages } from './walk.js';

interface Hit {
  _source: { line: number };
}
const search = (origin: string) => ({
  method: 'POST',
  url: `${origin}/es/logs/_search`,
  body: { query: { match_all: {} } },
});

describe('the Elasticsearch profile for scrolls', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => elasticsearchScroll<Hit>({ size: 5 }),
    request: search,
    number: ({ _source }) => _source.line,
    // It ends at a page without hits.
    requests: [1, 2, 2, 3, 4],
  });

  it('searches first, then scrolls beside the index', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(search(server.origin), elasticsearchScroll({ size: 5, scroll: '2m' }));
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([5, 2, 0].map((n) => [n, 7]));
    expect(asked(server)).toEqual(['/es/logs/_search?scroll=2m', '/es/_search/scroll', '/es/_search/scroll']);
    const scroll = { scroll: '2m', scroll_id: 'DXF1ZXJ50' };
    expect(sent(server)).toEqual([{ ...search('').body, size: 5 }, scroll, scroll]);
    expect(thrown(() => elasticsearchScroll({ size: 10_001 })).message).toContain('maximum of 10000');
  });

  it('never sends a request twice after the first page: the server may have moved on', async () => {
    const first = await serveExcept(imitation, 0, (_seen, response) => json(response, {}, 503));
    expect(await walk(elasticsearchScroll({ size: 100 }), search(first.origin))).toHaveLength(250);
    const second = await serveExcept(imitation, 1, (_seen, response) => json(response, {}, 503));
    const error = await rejection(walk(elasticsearchScroll({ size: 100 }), search(second.origin)));
    expect([error.message, second.seen.length]).toEqual([expect.stringMatching(/^Page 2 failed: 503/), 2]);
  });

  it('a scroll that is gone is an expired position', async () => {
    const gone = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { error: { type: 'search_context_missing_exception' }, status: 404 }, 404),
    );
    expect(await rejection(walk(elasticsearchScroll(), search(gone.origin)))).toBeInstanceOf(PositionExpiredError);
    expect(elasticsearchScroll().check).toBe(checkElasticsearch);
  });
});
