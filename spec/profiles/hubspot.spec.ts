import { describe, expect, it } from '@jest/globals';
import { checkHubspot, hubspot, hubspotSearch } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/hubspot.js';
import { json, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, atEverySize, sent, serveExcept, walk, walkPages } from './walk.js';

interface Contact {
  id: string;
}
const headers = { authorization: 'Bearer pat-x' };
const list = (origin: string) => ({ url: `${origin}/crm/v3/objects/contacts`, headers });
const search = (origin: string) => ({
  method: 'POST',
  url: `${list(origin).url}/search`,
  headers,
  body: { query: 'x' },
});
const number = ({ id }: Contact) => Number(id);

describe('the HubSpot profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => hubspot<Contact>({ size: 5 }),
    request: list,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('sends the token in the query', async () => {
    const server = await serve(imitation.start(7));
    await walk(hubspot({ size: 5 }), list(server.origin));
    expect(asked(server)).toEqual(['/crm/v3/objects/contacts?limit=5', '/crm/v3/objects/contacts?limit=5&after=5']);
    expect(thrown(() => hubspot({ size: 101 })).message).toContain('maximum of 100');
  });

  it('waits for limits of seconds, but not for the daily one', async () => {
    const limit = (policyName: string) => ({ status: 'error', message: 'You have reached your limit.', policyName });
    expect(checkHubspot(answer(limit('SECONDLY'), 429))).toBeUndefined();
    expect(checkHubspot(answer(limit('DAILY'), 429))).toEqual({ fail: 'HubSpot: You have reached your limit.' });
    expect(checkHubspot(answer('<html>', 502))).toBeUndefined();
    const secondly = await serveExcept(imitation, 1, (_seen, response) => json(response, limit('SECONDLY'), 429));
    expect(await walk(hubspot({ size: 100 }), list(secondly.origin))).toHaveLength(250);
    const daily = await serveExcept(imitation, 1, (_seen, response) => json(response, limit('DAILY'), 429));
    expect((await rejection(walk(hubspot({ size: 100 }), list(daily.origin)))).message).toMatch(
      /^Page 2 failed: HubSpot/,
    );
    expect(daily.seen).toHaveLength(2);
  });
});

describe('the HubSpot profile for searches', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => hubspotSearch<Contact>({ size: 5 }),
    request: search,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('sends the token in the body, and reads the total', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(search(server.origin), hubspotSearch({ size: 5 }));
    expect(pages.map(({ total }) => total)).toEqual([7, 7]);
    expect(sent(server)).toEqual([
      { query: 'x', limit: 5 },
      { query: 'x', limit: 5, after: '5' },
    ]);
  });

  it('says why it stops at 10,000 results', async () => {
    const server = await serve(imitation.start(10_050));
    const error = await rejection(walk(hubspotSearch({ size: 200 }), search(server.origin)));
    expect(error.message).toMatch(/^Page 51 failed: HubSpot: a search gives at most 10,000 results\. Sort by/);
    expect(server.seen).toHaveLength(51);
    expect(thrown(() => hubspotSearch({ size: 201 })).message).toContain('maximum of 200');
  });
});
