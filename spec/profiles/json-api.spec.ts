import { describe, expect, it } from '@jest/globals';
import { checkJsonApi, jsonApi } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/json-api.js';
import { json, serve } from '../support/server.js';
import { answer, itemsOf, rejection } from '../support/walks.js';
import { queries, serveSpoiled, walkPages } from './walk.js';

interface Article {
  id: string;
}
const headers = { accept: 'application/vnd.api+json' };
const ids = Array.from({ length: 120 }, (_, number) => String(number));

describe('the JSON:API profile', () => {
  it('follows links.next, a relative URL or a link object, to its null', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(
      { url: `${server.origin}/articles?sort=-id`, headers },
      jsonApi<Article>({ size: 50 }),
    );
    expect(itemsOf(pages).map(({ id }) => id)).toEqual(ids);
    expect(queries(server)).toEqual([
      '?sort=-id&page[size]=50',
      '?sort=-id&page[size]=50&page[number]=2',
      '?sort=-id&page[size]=50&page[number]=3',
    ]);
    expect(server.seen.map((one) => one.headers.accept)).toEqual(Array(3).fill('application/vnd.api+json'));
  });

  it('writes the size under the name that the API gives it', async () => {
    const server = await serve((_seen, response) => json(response, { data: [1], links: {} }));
    await walkPages({ url: server.url, headers }, jsonApi({ size: 5, sizeParam: 'page[limit]' }));
    expect(queries(server)).toEqual(['?page[limit]=5']);
  });

  it('loses nothing if the server caps the size', async () => {
    const server = await serve(imitation.start());
    expect(itemsOf(await walkPages({ url: `${server.origin}/articles`, headers }, jsonApi({ size: 90 })))).toHaveLength(
      120,
    );
    expect(server.seen).toHaveLength(3);
  });

  it('a failed answer is an error, whatever its status, and never the end', async () => {
    const failing = (status: number, body: unknown) =>
      serveSpoiled(imitation, (response, index) => index > 0 && (json(response, body, status), true));
    const errors = [{ status: '500', detail: 'The store is away' }, { title: 'Sorry' }];
    for (const [server, message] of [
      [await failing(500, { errors }), /^Page 2 failed: 500 /],
      [await failing(200, { errors, data: [] }), /^Page 2 failed: JSON:API: The store is away; Sorry/],
      [await failing(200, { meta: {} }), /^Page 2 failed: items at data: /],
    ] as const)
      expect((await rejection(walkPages({ url: `${server.origin}/articles`, headers }, jsonApi()))).message).toMatch(
        message,
      );
    const server = await serve(imitation.start());
    const error = await rejection(walkPages({ url: `${server.origin}/articles` }, jsonApi()));
    expect(error.message).toMatch(/^Page 1 failed: 406 /);
  });

  it('judges successful answers only', () => {
    expect(checkJsonApi(answer({ data: [] }), {})).toBeUndefined();
    expect(checkJsonApi(answer({ errors: [] }, 404), {})).toBeUndefined();
  });
});
