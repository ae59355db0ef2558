import { describe, expect, it } from '@jest/globals';
import { checkElasticsearch, elasticsearch } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/elasticsearch.js';
import { json, serve, type TestServer } from '../support/server.js';
import { answer, itemsOf, rejection, thrown } from '../support/walks.js';
import { sent, serveSpoiled, walkPages } from './walk.js';

interface Hit {
  _source: { line: number };
}
const open = async ({ origin }: TestServer) =>
  (await (await fetch(`${origin}/logs/_pit?keep_alive=1m`, { method: 'POST' })).json()) as { id: string };
const search = async (server: TestServer, more: object = {}) => ({
  method: 'POST',
  url: `${server.origin}/_search`,
  body: { sort: ['@timestamp'], pit: { id: (await open(server)).id, keep_alive: '1m' }, ...more },
});
const shards = { total: 2, successful: 2, skipped: 0, failed: 0 };
const verdict = (body: object, status = 200) => checkElasticsearch(answer(body, status), {});

describe('the Elasticsearch profile', () => {
  it('continues after the last hit, with the id of the point in time from the last answer', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(await search(server), elasticsearch<Hit>({ size: 98 }));
    expect(itemsOf(pages).map((hit) => hit._source.line)).toEqual(Array.from({ length: 250 }, (_, line) => line));
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([
      [98, 250],
      [98, 250],
      [54, 250],
      [0, 250],
    ]);
    const pit = (number: number) => ({
      sort: ['@timestamp'],
      size: 98,
      pit: { id: `pit-${number}`, keep_alive: '1m' },
    });
    expect(server.seen.slice(1).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      pit(1),
      { ...pit(2), search_after: [1_700_000_019, 97] },
      { ...pit(3), search_after: [1_700_000_039, 195] },
      { ...pit(4), search_after: [1_700_000_049, 249] },
    ]);
  });

  it('sends from with the first page only', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(await search(server, { from: 240 }), elasticsearch<Hit>({ size: 5 }));
    expect(itemsOf(pages).map((hit) => hit._source.line)).toEqual([240, 241, 242, 243, 244, 245, 246, 247, 248, 249]);
    expect(server.seen.slice(1).map(({ body }) => (JSON.parse(body) as { from?: number }).from)).toEqual([
      240,
      undefined,
      undefined,
    ]);
  });

  it('pages without a point in time too', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, {
        _shards: shards,
        hits: { total: { value: 9, relation: 'gte' }, hits: index < 2 ? [{ sort: [index, null] }] : [] },
      }),
    );
    const pages = await walkPages({ method: 'POST', url: server.url, body: { sort: ['n', 'm'] } }, elasticsearch());
    expect(pages.map(({ total }) => total)).toEqual([undefined, undefined, undefined]);
    expect(sent(server)).toEqual([
      { sort: ['n', 'm'] },
      { sort: ['n', 'm'], search_after: [0, null] },
      { sort: ['n', 'm'], search_after: [1, null] },
    ]);
  });

  it('a search without a sort is an error, not the end', async () => {
    const server = await serve((_seen, response) =>
      json(response, { _shards: shards, hits: { hits: [{ _id: 'a' }] } }),
    );
    const { message } = await rejection(walkPages({ method: 'POST', url: server.url, body: {} }, elasticsearch()));
    expect(message).toContain('expected sort values, found undefined; give the request a sort');
  });

  it.each([
    ['timed out', { timed_out: true, _shards: shards }, /timed out/],
    ['a shard failed', { _shards: { ...shards, successful: 1, failed: 1 } }, /1 of 2 shards returned nothing/],
    ['a shard was not allocated', { _shards: { ...shards, successful: 1 } }, /1 of 2 shards returned nothing/],
    ['a cluster was skipped', { _shards: shards, _clusters: { total: 2, successful: 1, skipped: 1 } }, /clusters/],
    ['a cluster gave a part', { _shards: shards, _clusters: { total: 2, successful: 1, partial: 1 } }, /clusters/],
  ])('an answer is not a complete page: %s', async (_title, lack, reason) => {
    expect(verdict(lack)).toEqual({ retry: expect.stringMatching(reason) });
    // It comes with hits, and with none, which would be the end.
    for (const hits of [[{ _source: { line: 100 }, sort: [0, 0] }], []]) {
      const once = await serveSpoiled(
        imitation,
        (response, index) => index === 2 && (json(response, { ...lack, hits: { hits } }), true),
      );
      expect(itemsOf(await walkPages(await search(once), elasticsearch({ size: 100 })))).toHaveLength(250);
      const always = await serveSpoiled(
        imitation,
        (response, index) => index > 1 && (json(response, { ...lack, hits: { hits } }), true),
      );
      const { message } = await rejection(walkPages(await search(always), elasticsearch({ size: 100 })));
      expect(message).toMatch(/^Page 2 failed: Elasticsearch: .* after 3 attempts/);
    }
  });

  it('a lost point in time is an expired position', async () => {
    const server = await serve(imitation.start());
    const request = await search(server);
    await open(server);
    const gone = await rejection(walkPages(request, elasticsearch()));
    expect([gone.name, gone.message]).toEqual([
      'PositionExpiredError',
      expect.stringContaining('the point in time is gone'),
    ]);
    const failures = [{ shard: 0, reason: { type: 'search_context_missing_exception' } }];
    expect(verdict({ _shards: { ...shards, failed: 1, failures } })).toHaveProperty('expired');
  });

  it('leaves the rest to the status', async () => {
    expect(verdict({ timed_out: false, _shards: shards, hits: { hits: [] } })).toBeUndefined();
    expect(verdict({ error: { type: 'parsing_exception' } }, 400)).toBeUndefined();
    expect(checkElasticsearch(answer('<html>', 502), {})).toBeUndefined();
    const server = await serve(imitation.start());
    const { message } = await rejection(walkPages(await search(server, { bogus: 1 }), elasticsearch()));
    expect(message).toMatch(/^Page 1 failed: 400 /);
    const odd = await serveSpoiled(imitation, (response, index) => index > 1 && (json(response, {}), true));
    expect((await rejection(walkPages(await search(odd), elasticsearch()))).message).toMatch(
      /^Page 2 failed: items at hits.hits: /,
    );
  });

  it("its size is checked against the API's maximum", () => {
    expect(thrown(() => elasticsearch({ size: 10_001 })).message).toContain('maximum of 10000');
  });
});
