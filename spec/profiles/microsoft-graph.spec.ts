import { describe, expect, it } from '@jest/globals';
import { CheckError, PositionExpiredError } from 'pagewise';
import { checkMicrosoftGraph, microsoftGraph } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/microsoft-graph.js';
import { json, serve } from '../support/server.js';
import { answer, rejection } from '../support/walks.js';
import { atEverySize, queries, serveExcept, walk, walkPages } from './walk.js';

interface User {
  id: string;
}
const users = (origin: string) => ({ url: `${origin}/v1.0/users`, headers: { authorization: 'Bearer x' } });

describe('the Microsoft Graph profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => microsoftGraph<User>({ size: 5 }),
    request: users,
    number: ({ id }) => Number(id),
    requests: [1, 1, 1, 2, 3],
  });

  it('follows next links as they are', async () => {
    const server = await serve(imitation.start(7));
    await walk(microsoftGraph({ size: 5 }), users(server.origin));
    expect(queries(server)).toEqual(['?$top=5', '?$top=5&$skiptoken=RFNw5']);
  });

  it('waits as long as Retry-After says', async () => {
    const throttled = {
      error: { code: 'TooManyRequests', innerError: { code: '429' }, message: 'Please retry after' },
    };
    const server = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, throttled, 429, { 'retry-after': '1' }),
    );
    const from = performance.now();
    expect(await walk(microsoftGraph(), users(server.origin))).toHaveLength(250);
    expect(performance.now() - from).toBeGreaterThanOrEqual(990);
    expect(server.seen).toHaveLength(4);
  });

  it('a page token that has expired is an expired position, and an error in a success is a failure', async () => {
    const { code } = { code: 'Directory_ExpiredPageToken' };
    const gone = await serveExcept(imitation, 1, (_seen, response) => json(response, { error: { code } }, 400));
    expect(await rejection(walk(microsoftGraph(), users(gone.origin)))).toBeInstanceOf(PositionExpiredError);
    expect(checkMicrosoftGraph(answer({ error: { code } }, 400), {})).toBeUndefined(); // The template's own.
    expect(checkMicrosoftGraph(answer('<html>', 502), {})).toBeUndefined();
    const half = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { value: [], error: { code: 'x' } }),
    );
    expect(await rejection(walk(microsoftGraph(), users(half.origin)))).toBeInstanceOf(CheckError);
  });

  it('a delta query ends with its delta link', async () => {
    const server = await serve((_seen, response) => json(response, { value: [1], '@odata.deltaLink': 'https://x' }));
    const pages = await walkPages(users(server.origin), microsoftGraph());
    expect(pages.map(({ body, next }) => [Object.keys(body as object), next])).toEqual([
      [['value', '@odata.deltaLink'], undefined],
    ]);
  });
});
