import { describe, expect, it } from '@jest/globals';
import { hal } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/hal.js';
import { json, serve } from '../support/server.js';
import { itemsOf, rejection } from '../support/walks.js';
import { queries, serveSpoiled, walkPages } from './walk.js';

interface Order {
  id: number;
}

describe('the HAL profile', () => {
  it('follows _links.next, and finds the only embedded list', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages({ url: `${server.origin}/orders` }, hal<Order>({ size: 50 }));
    expect(itemsOf(pages).map(({ id }) => id)).toEqual(Array.from({ length: 120 }, (_, number) => number));
    expect(pages.map(({ total }) => total)).toEqual([120, 120, 120]);
    expect(queries(server)).toEqual(['?size=50', '?page=1&size=50', '?page=2&size=50']);
  });

  it('an empty collection has no _embedded', async () => {
    const server = await serve(imitation.start());
    const url = `${server.origin}/orders?status=lost`;
    expect(itemsOf(await walkPages({ url }, hal()))).toEqual([]);
    expect(itemsOf(await walkPages({ url }, hal({ items: '_embedded.orders' })))).toEqual([]);
    expect(server.seen).toHaveLength(2);
  });

  it('takes the first of several next links, and drops the variables of templates', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, {
        _embedded: { 'ea:order': [index] },
        _links: {
          next: [
            index < 1 ? [{ href: '/a?page=1{&projection,sort}', templated: true }, { href: '/b' }] : [],
            index === 1 ? { href: '/c?q={x}' } : null,
            null,
          ][index],
        },
      }),
    );
    expect(itemsOf(await walkPages({ url: server.url }, hal<number>({ sizeParam: 'limit', size: 1 })))).toEqual([
      0, 1, 2,
    ]);
    expect(server.seen.map(({ url }) => url.pathname + decodeURIComponent(url.search))).toEqual([
      '/items?limit=1',
      '/a?page=1',
      '/c?q={x}',
    ]);
  });

  it('refuses to choose among several lists, and a name that matches none of them', async () => {
    const server = await serve((_seen, response) => json(response, { _embedded: { a: [1], b: [2] }, _links: {} }));
    expect((await rejection(walkPages({ url: server.url }, hal()))).message).toContain('several lists, a and b');
    expect(itemsOf(await walkPages({ url: server.url }, hal<number>({ items: '_embedded.b' })))).toEqual([2]);
    const { message } = await rejection(walkPages({ url: server.url }, hal({ items: '_embedded.c' })));
    expect(message).toContain(
      "items at _embedded.c: expected an array, found nothing in an object with _embedded, _links; arrays are at '_embedded.a'",
    );
  });

  it('a failed answer is an error and never the end', async () => {
    const failing = (status: number, body: unknown) =>
      serveSpoiled(imitation, (response, index) => index > 0 && (json(response, body, status), true));
    for (const [server, message] of [
      [await failing(500, { message: 'away' }), /^Page 2 failed: 500 /],
      [await failing(200, { message: 'away' }), /^Page 2 failed: items at _embedded: expected an array, found nothing/],
      [await failing(200, null), /^Page 2 failed: items at _embedded: /],
    ] as const)
      expect((await rejection(walkPages({ url: `${server.origin}/orders` }, hal()))).message).toMatch(message);
  });
});
