import { describe, expect, it } from '@jest/globals';
import { ExtractError, HttpError } from 'pagewise';
import { directus } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/directus.js';
import { json, rows, serve } from '../support/server.js';
import { rejection } from '../support/walks.js';
import { asked, serveExcept, walk } from './walk.js';

interface Article {
  id: number;
}
const articles = (origin: string) => ({
  url: `${origin}/items/articles?sort=id`,
  headers: { authorization: 'Bearer x' },
});
const ids = rows(250).map((number) => number + 1);

describe('the Directus profile', () => {
  it('advances by the received items, up to the filtered count, whatever the server caps sizes to', async () => {
    const server = await serve(imitation.start());
    expect((await walk(directus<Article>({ size: 100 }), articles(server.origin))).map(({ id }) => id)).toEqual(ids);
    expect(asked(server)).toEqual(
      [0, 60, 120, 180, 240].map((start) => `/items/articles?sort=id&offset=${start}&limit=100&meta=filter_count`),
    );
  });

  it('requests its own meta instead of the one in the URL', async () => {
    const server = await serve(imitation.start());
    const { url, ...rest } = articles(server.origin);
    expect(await walk(directus(), { ...rest, url: `${url}&meta=total_count` })).toHaveLength(250);
    expect(asked(server)[1]).toBe('/items/articles?sort=id&offset=60&meta=filter_count');
  });

  it('retries after 429, and takes neither a failure nor a missing count for the end', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { errors: [{ extensions: { code: 'REQUESTS_EXCEEDED' } }] }, 429, { 'retry-after': '0' }),
    );
    expect(await walk(directus({ size: 60 }), articles(limited.origin))).toHaveLength(250);
    expect(limited.seen).toHaveLength(6);
    const failing = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { errors: [{ extensions: { code: 'FORBIDDEN' } }] }, 403),
    );
    expect(await rejection(walk(directus(), articles(failing.origin)))).toBeInstanceOf(HttpError);
    const bare = await serve((_seen, response) => json(response, { data: [{ id: 1 }] }));
    expect(await rejection(walk(directus(), articles(bare.origin)))).toBeInstanceOf(ExtractError);
    const odd = await serve((_seen, response) => json(response, { meta: { filter_count: 3 } }));
    expect(await rejection(walk(directus(), articles(odd.origin)))).toBeInstanceOf(ExtractError);
  });
});
