import { describe, expect, it } from '@jest/globals';
import { stac, stacSearch } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/stac.js';
import { json, serve } from '../support/server.js';
import { rejection } from '../support/walks.js';
import { asked, atEverySize, sent, serveExcept, walk, walkPages } from './walk.js';

interface Item {
  id: string;
}
const number = ({ id }: Item) => Number(id.replace('S2A_', ''));
const get = (origin: string) => ({ url: `${origin}/search?collections=sentinel-2` });
const post = (origin: string) => ({ method: 'POST', url: `${origin}/search`, body: { collections: ['sentinel-2'] } });

describe('the STAC profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => stac<Item>({ size: 5 }),
    request: get,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('follows the next link, and reads the total of either name', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(get(server.origin), stac({ size: 5 }));
    expect(pages.map(({ total }) => total)).toEqual([7, 7]);
    const first = '/search?collections=sentinel-2&limit=5';
    expect(asked(server)).toEqual([first, `${first}&token=next%3A5`]);
    const old = await serve((_seen, response) => json(response, { features: [1], context: { matched: 1 }, links: [] }));
    expect((await walkPages(get(old.origin), stac())).map(({ total }) => total)).toEqual([1]);
  });

  it('is retried after 503, and fails where the server refuses the request', async () => {
    const busy = await serveExcept(imitation, 1, (_seen, response) => json(response, {}, 503));
    expect(await walk(stac({ size: 100 }), get(busy.origin))).toHaveLength(250);
    const server = await serve(imitation.start());
    const error = await rejection(walk(stac(), { url: `${server.origin}/search` }));
    expect(error.message).toMatch(/^Page 1 failed: 400/);
  });
});

describe('the STAC profile for searches with POST', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => stacSearch<Item>({ size: 5 }),
    request: post,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('merges the body of the link into the one before', async () => {
    const server = await serve(imitation.start(11));
    await walk(stacSearch({ size: 5 }), post(server.origin));
    const first = { collections: ['sentinel-2'], limit: 5 };
    expect(sent(server)).toEqual([first, { ...first, token: 'next:5' }, { ...first, token: 'next:10' }]);
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  });

  it('sends the whole body of a link without merge, and a GET if the link has no method', async () => {
    const links = [
      { rel: 'next', href: '/search', method: 'POST', body: { token: 'a' }, headers: { 'x-page': '2' } },
      { rel: 'next', href: '/search?token=b' },
    ];
    const server = await serve(({ url, method }, response, index) =>
      json(response, { features: [`${index} ${method} ${url.search}`], links: links.slice(index, index + 1) }),
    );
    expect(await walk(stacSearch(), post(server.origin))).toEqual(['0 POST ', '1 POST ', '2 GET ?token=b']);
    expect(server.seen.map(({ body, headers }) => [body, headers['x-page']])).toEqual([
      ['{"collections":["sentinel-2"]}', undefined],
      ['{"token":"a"}', '2'],
      ['', undefined],
    ]);
  });
});
