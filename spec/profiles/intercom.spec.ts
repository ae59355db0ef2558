import { describe, expect, it } from '@jest/globals';
import { ExtractError } from 'pagewise';
import { intercom, intercomSearch } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/intercom.js';
import { json, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';
import { asked, atEverySize, sent, serveExcept, walk, walkPages } from './walk.js';

interface Contact {
  id: string;
}
const headers = { authorization: 'Bearer x' };
const number = ({ id }: Contact) => Number(id);
const list = (origin: string) => ({ url: `${origin}/contacts`, headers });
const search = (name: string) => (origin: string) => ({
  method: 'POST',
  url: `${origin}/${name}/search`,
  headers,
  body: { query: { field: 'id', operator: '>', value: '0' } },
});

describe('the Intercom profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => intercom<Contact>({ size: 5 }),
    request: list,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('sends the token in the query', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(list(server.origin), intercom({ size: 5 }));
    expect(pages.map(({ total }) => total)).toEqual([7, 7]);
    expect(asked(server)).toEqual(['/contacts?per_page=5', '/contacts?per_page=5&starting_after=W5']);
    expect(thrown(() => intercom({ size: 151 })).message).toContain('maximum of 150');
  });

  it('waits until a used-up limit resets; a list that pages by URL is an error, not the end', async () => {
    const reset = String(Math.ceil(Date.now() / 1000));
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { type: 'error.list' }, 429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
    );
    expect(await walk(intercom(), list(limited.origin))).toHaveLength(250);
    const numbered = await serve((_seen, response) =>
      json(response, { data: [1], pages: { next: 'https://api.intercom.io/companies?page=2' } }),
    );
    expect(await rejection(walk(intercom(), list(numbered.origin)))).toBeInstanceOf(ExtractError);
  });
});

describe.each(['contacts', 'conversations'])('the Intercom profile for a search for %s', (name) => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => intercomSearch<Contact>({ size: 5 }),
    request: search(name),
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('sends the token in the body, under pagination', async () => {
    const server = await serve(imitation.start(7));
    await walk(intercomSearch({ size: 5 }), search(name)(server.origin));
    const { body } = search(name)('');
    expect(sent(server)).toEqual([
      { ...body, pagination: { per_page: 5 } },
      { ...body, pagination: { per_page: 5, starting_after: 'W5' } },
    ]);
  });
});
