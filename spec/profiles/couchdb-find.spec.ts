import { describe, expect, it } from '@jest/globals';
import { checkCouchdb, couchdbFind } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/couchdb-find.js';
import { json, serve } from '../support/server.js';
import { answer, itemsOf, rejection } from '../support/walks.js';
import { sent, serveSpoiled, walkPages } from './walk.js';

interface Order {
  total: number;
}
const selector = { total: { $gt: 49 } };
const find = (origin: string, more: object = {}) => ({
  method: 'POST',
  url: `${origin}/orders/_find`,
  body: { selector, ...more },
});
const totals = Array.from({ length: 200 }, (_, number) => number + 50);

describe('the CouchDB profile', () => {
  it('follows bookmarks to a page without documents', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(find(server.origin), couchdbFind<Order>({ size: 100 }));
    expect(itemsOf(pages).map(({ total }) => total)).toEqual(totals);
    expect(pages.map(({ items }) => items.length)).toEqual([100, 100, 0]);
    expect(sent(server)).toEqual([
      { selector, limit: 100 },
      { selector, limit: 100, bookmark: 'g1AAAA100' },
      { selector, limit: 100, bookmark: 'g1AAAA200' },
    ]);
  });

  it('ends at an empty page whose bookmark is not nil, and at nil beside documents', async () => {
    const answers = [
      { docs: [0], bookmark: 'a' },
      { docs: [], bookmark: 'a' },
    ];
    const empty = await serve((_seen, response, index) => json(response, answers[index]));
    expect(itemsOf(await walkPages(find(empty.origin), couchdbFind()))).toEqual([0]);
    expect(empty.seen).toHaveLength(2);
    const nil = await serve((_seen, response) => json(response, { docs: [0], bookmark: 'nil' }));
    expect(itemsOf(await walkPages(find(nil.origin), couchdbFind()))).toEqual([0]);
    expect(nil.seen).toHaveLength(1);
  });

  it('sends skip with the first page only', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(find(server.origin, { skip: 10 }), couchdbFind<Order>({ size: 150 }));
    expect(itemsOf(pages).map(({ total }) => total)).toEqual(totals.slice(10));
    expect(sent(server)[1]).toEqual({ selector, limit: 150, bookmark: 'g1AAAA160' });
  });

  it('documents without a bookmark are an error, not the end', async () => {
    const server = await serve((_seen, response) => json(response, { docs: [1] }));
    const { message } = await rejection(walkPages(find(server.origin), couchdbFind()));
    expect(message).toContain('next at bookmark: expected a bookmark with the documents, found undefined');
  });

  it('a bookmark that is no longer accepted is an expired position', async () => {
    expect(checkCouchdb(answer({ error: 'invalid_bookmark' }, 400), {})).toEqual({
      expired: 'CouchDB: invalid_bookmark',
    });
    expect(checkCouchdb(answer({ error: 'missing_required_key' }, 400), {})).toBeUndefined();
    expect(checkCouchdb(answer({ error: 'invalid_bookmark' }), {})).toBeUndefined();
    expect(checkCouchdb(answer(undefined, 400), {})).toBeUndefined();
    const server = await serve(imitation.start());
    expect((await rejection(walkPages(find(server.origin, { bookmark: 'x' }), couchdbFind()))).name).toBe(
      'PositionExpiredError',
    );
  });

  it('a failed answer is an error and never the end', async () => {
    for (const [status, body, message] of [
      [500, { error: 'timeout' }, /^Page 2 failed: 500 .* after 3 attempts/],
      [404, { error: 'not_found' }, /^Page 2 failed: 404 /],
      [200, { bookmark: 'nil' }, /^Page 2 failed: items at docs: /],
    ] as const) {
      const server = await serveSpoiled(
        imitation,
        (response, index) => index > 0 && (json(response, body, status), true),
      );
      expect((await rejection(walkPages(find(server.origin), couchdbFind()))).message).toMatch(message);
    }
  });
});
