import { describe, expect, it } from '@jest/globals';
import { sentry } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/sentry.js';
import { json, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';
import { asked, atEverySize, serveExcept, walk } from './walk.js';

interface Issue {
  id: string;
}
const issues = (origin: string) => ({
  url: `${origin}/api/0/organizations/acme/issues/`,
  headers: { authorization: 'Bearer sntrys_x' },
});

describe('the Sentry profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => sentry<Issue>({ size: 5 }),
    request: issues,
    number: ({ id }) => Number(id),
    requests: [1, 1, 1, 2, 3],
  });

  it('does not follow a link without results', async () => {
    const server = await serve(imitation.start(7));
    await walk(sentry({ size: 5 }), issues(server.origin));
    const path = '/api/0/organizations/acme/issues/?per_page=5';
    expect(asked(server)).toEqual([path, `${path}&cursor=0:5:0`]);
    expect(thrown(() => sentry({ size: 101 })).message).toContain('maximum of 100');
  });

  it('is retried after 429, and fails where Sentry refuses the request', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { detail: 'You are attempting to use this endpoint too frequently.' }, 429),
    );
    expect(await walk(sentry(), issues(limited.origin))).toHaveLength(250);
    const server = await serve(imitation.start());
    const error = await rejection(walk(sentry(), { url: issues(server.origin).url }));
    expect(error.message).toMatch(/^Page 1 failed: 401/);
  });
});
