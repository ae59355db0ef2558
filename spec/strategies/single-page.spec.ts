import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { ConfigError, paginate, singlePage } from 'pagewise';
import { json, serve } from '../support/server.js';
import { itemsOf, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';

strategyContract('singlePage', (options) => singlePage<number>({ items: 'items', ...options }), {
  asked: () => 0,
  answer: ({ items, total }) => ({ body: { items, total } }),
  single: true,
});

describe('singlePage', () => {
  it('sends the template as it is, once', async () => {
    const server = await serve((_seen, response) => json(response, [1, 2], 200, { link: '<?page=2>; rel="next"' }));
    const pages = await lastValueFrom(
      paginate({ url: `${server.url}?q=a%20b&&x`, method: 'POST', body: { a: 1 } }, singlePage()).pipe(toArray()),
    );
    expect(itemsOf(pages)).toEqual([1, 2]);
    expect(pages.map(({ position, next }) => ({ position, next }))).toEqual([{ position: {}, next: undefined }]);
    expect(server.seen.map(({ method, target, body }) => [method, target, body])).toEqual([
      ['POST', '/items?q=a%20b&&x', '{"a":1}'],
    ]);
  });

  it('a 204 is an empty page', async () => {
    const server = await serve((_seen, response) => void response.writeHead(204).end());
    expect(itemsOf(await lastValueFrom(paginate({ url: server.url }, singlePage()).pipe(toArray())))).toEqual([]);
  });

  it.each([
    [{ size: 10 }, 'singlePage: unknown option "size"; expected one of items, missingItems, singleItem, total'],
    [{ endStatuses: [404] }, 'unknown option "endStatuses"'],
    [{ missingItems: 'ok' }, "missingItems must be 'error' or 'empty'"],
  ])('refuses %j: there is nothing to page', (options, message) => {
    const error = thrown(() => singlePage(options as never));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});
