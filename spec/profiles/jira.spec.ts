import { describe, expect, it } from '@jest/globals';
import { ExtractError } from 'pagewise';
import { jira, jiraSearch, jiraSearchPost } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/jira.js';
import { json, serve } from '../support/server.js';
import { rejection } from '../support/walks.js';
import { asked, atEverySize, sent, serveExcept, walk, walkPages } from './walk.js';

interface Entity {
  id: string;
}
const headers = { authorization: 'Basic x' };
const at = (path: string) => (origin: string) => ({ url: `${origin}/rest/api/3/${path}`, headers });
const number = ({ id }: Entity) => Number(id);
const jql = at('search/jql?jql=project%3DPW');
const post = (origin: string) => ({ ...at('search/jql')(origin), method: 'POST', body: { jql: 'project = PW' } });

describe.each([
  ['with isLast and total', 'project/search', undefined],
  ['with total only', 'issue/PW-1/comment', 'comments'],
  ['with isLast only', 'board', undefined],
])('the Jira profile, %s', (_title, path, items) => {
  // Without isLast, an empty list has a total of 0; the end of the others is known too.
  atEverySize({
    imitation,
    size: 5,
    profile: () => jira<Entity>({ items, size: 5 }),
    request: at(path),
    number,
    requests: [1, 1, 1, 2, 3],
  });
});

describe('the Jira profile', () => {
  it('moves on by what it got, since Jira caps sizes', async () => {
    const server = await serve(imitation.start());
    expect((await walk(jira<Entity>({ size: 1000 }), at('project/search')(server.origin))).length).toBe(120);
    expect(asked(server)).toEqual(
      [0, 50, 100].map((from) => `/rest/api/3/project/search?startAt=${from}&maxResults=1000`),
    );
  });

  it('is retried after 429, and an answer with neither sign is an error', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, {}, 429, { 'retry-after': '0' }),
    );
    expect(await walk(jira({ size: 50 }), at('project/search')(limited.origin))).toHaveLength(120);
    const odd = await serve((_seen, response) => json(response, { values: [{}] }));
    expect(await rejection(walk(jira(), at('x')(odd.origin)))).toBeInstanceOf(ExtractError);
  });
});

describe.each([
  ['with GET', jiraSearch, jql],
  ['with POST', jiraSearchPost, post],
])('the Jira profile for searches, %s', (_title, make, request) => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => make<Entity>({ size: 5 }),
    request,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('ends without a token, whether or not the answer has isLast', async () => {
    const pages = [{ issues: [1], nextPageToken: 't' }, { issues: [2] }];
    const server = await serve((_seen, response, index) => json(response, pages[index]));
    expect(await walk(make(), request(server.origin))).toEqual([1, 2]);
    const more = await serve((_seen, response, index) =>
      json(response, { issues: [index], isLast: false, ...(index === 0 ? { nextPageToken: 't' } : {}) }),
    );
    expect(await rejection(walk(make(), request(more.origin)))).toBeInstanceOf(ExtractError);
    expect(more.seen).toHaveLength(2);
  });
});

describe('the requests of Jira searches', () => {
  it('have the token in the query or in the body', async () => {
    const inQuery = await serve(imitation.start(7));
    await walkPages(jql(inQuery.origin), jiraSearch({ size: 5 }));
    const first = '/rest/api/3/search/jql?jql=project%3DPW&maxResults=5';
    expect(asked(inQuery)).toEqual([first, `${first}&nextPageToken=to-5`]);
    const inBody = await serve(imitation.start(7));
    await walkPages(post(inBody.origin), jiraSearchPost({ size: 5 }));
    expect(sent(inBody)).toEqual([
      { jql: 'project = PW', maxResults: 5 },
      { jql: 'project = PW', maxResults: 5, nextPageToken: 'to-5' },
    ]);
  });
});
