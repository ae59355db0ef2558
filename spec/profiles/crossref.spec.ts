import { describe, expect, it } from '@jest/globals';
import { CheckError } from 'pagewise';
import { crossref } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/crossref.js';
import { json, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';
import { atEverySize, queries, serveExcept, walk, walkPages } from './walk.js';

interface Work {
  DOI: string;
}
const works = (origin: string) => ({ url: `${origin}/works?query=paging` });

describe('the Crossref profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => crossref<Work>({ size: 5 }),
    request: works,
    number: ({ DOI }) => Number(DOI.replace('10.5555/', '')),
    // The last page has a cursor too: it ends at an empty page.
    requests: [1, 2, 2, 3, 4],
  });

  it('sends the same cursor as long as it comes', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(works(server.origin), crossref({ size: 5 }));
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([5, 2, 0].map((n) => [n, 7]));
    const later = '?query=paging&rows=5&cursor=DnF1ZXJ5==';
    expect(queries(server)).toEqual(['?query=paging&rows=5&cursor=*', later, later]);
    expect(thrown(() => crossref({ size: 1001 })).message).toContain('maximum of 1000');
  });

  it('takes another cursor for each page too', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, { status: 'ok', message: { items: index < 2 ? [index] : [], 'next-cursor': `c${index}` } }),
    );
    expect(await walk(crossref(), works(server.origin))).toEqual([0, 1]);
  });

  it('never sends a request twice after the first page: the server may have moved on', async () => {
    const first = await serveExcept(imitation, 0, (_seen, response) => json(response, {}, 429));
    expect(await walk(crossref({ size: 100 }), works(first.origin))).toHaveLength(250);
    const second = await serveExcept(imitation, 1, (_seen, response) => json(response, {}, 429));
    await rejection(walk(crossref({ size: 100 }), works(second.origin)));
    expect(second.seen).toHaveLength(2);
  });

  it('a failure is a failure, whatever its status', async () => {
    const server = await serve((_seen, response) => json(response, { status: 'failed', message: [] }));
    expect(await rejection(walk(crossref(), works(server.origin)))).toBeInstanceOf(CheckError);
  });
});
