import { describe, expect, it } from '@jest/globals';
import { HttpError } from 'pagewise';
import { checkGitlab, gitlab } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/gitlab.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, serveExcept, walk } from './walk.js';

interface Project {
  id: number;
}
const headers = { 'private-token': 'glpat-x' };
const ids = rows(250).map((number) => number + 1);

describe('the GitLab profile', () => {
  it('walks offset pages by their links', async () => {
    const server = await serve(imitation.start());
    const found = await walk(gitlab<Project>({ size: 100 }), { url: `${server.origin}/api/v4/projects`, headers });
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(asked(server)).toEqual([
      '/api/v4/projects?per_page=100',
      '/api/v4/projects?per_page=100&page=2',
      '/api/v4/projects?per_page=100&page=3',
    ]);
  });

  it('walks keyset pages by their links, to the empty one without a link', async () => {
    const server = await serve(imitation.start());
    const url = `${server.origin}/api/v4/projects?pagination=keyset&order_by=id&sort=asc`;
    const found = await walk(gitlab<Project>({ size: 100 }), { url, headers });
    expect(found.map(({ id }) => id)).toEqual(ids);
    const query = '/api/v4/projects?pagination=keyset&order_by=id&sort=asc&per_page=100';
    expect(asked(server)).toEqual([query, ...[100, 200, 250].map((id) => `${query}&id_after=${id}`)]);
  });

  it('reports the total if GitLab does', () => {
    const { strategy } = gitlab();
    const total = (given: Record<string, string>) => {
      const response = answer([], 200, given);
      return () => strategy.total?.({ index: 0, position: {}, itemsBefore: 0, items: [], body: [], response });
    };
    expect(total({ 'x-total': '250' })()).toBe(250);
    expect(total({})()).toBeUndefined();
  });

  it('says how to continue where offset pages stop, and judges nothing else', async () => {
    const server = await serve(imitation.start());
    const request = { url: `${server.origin}/api/v4/projects?page=501`, headers };
    const error = await rejection(walk(gitlab({ size: 100 }), request));
    expect(error.message).toMatch(
      /^Page 1 failed: GitLab: Offset pagination .* Add pagination=keyset&order_by=id to the URL, GET/,
    );
    expect(checkGitlab(answer({ error: 'Keyset pagination is not yet available' }, 405), {})).toBeUndefined();
    expect(checkGitlab(answer({ error: 'maximum allowed offset' }, 400), {})).toBeUndefined();
    expect(checkGitlab(answer('Retry later', 429), {})).toBeUndefined();
    expect(checkGitlab(answer([], 200), {})).toBeUndefined();
  });

  it('retries after 429, and fails on a failed page instead of ending', async () => {
    const url = (origin: string) => `${origin}/api/v4/projects`;
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, 'Retry later', 429, { 'retry-after': '0', 'ratelimit-remaining': '0' }),
    );
    expect(await walk(gitlab({ size: 100 }), { url: url(limited.origin), headers })).toHaveLength(250);
    expect(limited.seen).toHaveLength(4);
    const failing = await serveExcept(imitation, 1, (_seen, response) => json(response, { message: '404' }, 404));
    expect(await rejection(walk(gitlab({ size: 100 }), { url: url(failing.origin), headers }))).toBeInstanceOf(
      HttpError,
    );
  });

  it('refuses a size above 100', () => {
    expect(thrown(() => gitlab({ size: 101 })).message).toContain('maximum of 100');
  });
});
