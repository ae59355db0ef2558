import { describe, expect, it } from '@jest/globals';
import { ExtractError } from 'pagewise';
import { checkGithub, github, githubCompare } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/github.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, atEverySize, walk, walkPages } from './walk.js';

interface Commit {
  sha: string;
}
const comparison = '/repos/nodejs/node/compare/v22.0.0...v22.1.0';
const at = (path: string) => (origin: string) => ({ url: origin + path });

describe('the GitHub profile', () => {
  it('follows links to the end', async () => {
    const server = await serve(imitation.start());
    const found = await walk(github<{ id: number }>({ size: 100 }), at('/orgs/nodejs/repos')(server.origin));
    expect(found.map(({ id }) => id)).toEqual(rows(250).map((number) => 1000 + number));
    expect(asked(server)).toEqual([
      '/orgs/nodejs/repos?per_page=100',
      '/organizations/9950313/repos?per_page=100&page=2',
      '/organizations/9950313/repos?per_page=100&page=3',
    ]);
  });

  it.each(['commits', 'contributors'])('an empty repository has no %s', async (list) => {
    const server = await serve(imitation.start());
    const pages = await walkPages(at(`/repos/nodejs/empty/${list}`)(server.origin), github({ size: 100 }));
    expect(pages.map(({ items, next }) => [items, next])).toEqual([[[], undefined]]);
    expect(server.seen).toHaveLength(1);
  });

  it('another conflict is an error, and rate limits are retried', () => {
    const verdict = (status: number, message: string, headers = {}) =>
      checkGithub(answer({ message }, status, headers), {});
    expect(verdict(409, 'Git Repository is empty.')).toBe('end');
    expect(verdict(409, 'Conflict')).toBeUndefined();
    expect(verdict(200, 'Git Repository is empty.')).toBeUndefined();
    expect(verdict(403, 'Forbidden')).toBeUndefined();
    expect(verdict(403, '', { 'x-ratelimit-remaining': '0' })).toMatchObject({ throttled: true });
    expect(verdict(403, 'You have exceeded a secondary rate limit')).toMatchObject({
      throttled: true,
      afterMs: 60_000,
    });
    expect(checkGithub(answer('<html>', 502), {})).toBeUndefined();
  });
});

describe('the GitHub profile for comparisons', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => githubCompare<Commit>({ size: 5 }),
    request: at(comparison),
    number: ({ sha }) => Number(sha.slice(1)),
    requests: [1, 1, 1, 2, 3],
  });

  it('asks for pages, since GitHub would answer with 250 commits at most', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(at(comparison)(server.origin), githubCompare<Commit>());
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual(
      [100, 100, 100, 100, 12].map((n) => [n, 412]),
    );
    expect((pages[0]?.body as { files: unknown[] }).files).toHaveLength(1);
    expect(asked(server)[0]).toBe(`${comparison}?per_page=100`);
  });

  it('a first page without a link that lacks commits is an error, not the end', async () => {
    const server = await serve((_seen, response) => json(response, { total_commits: 300, commits: [{ sha: 'c0' }] }));
    expect(await rejection(walk(githubCompare(), at(comparison)(server.origin)))).toBeInstanceOf(ExtractError);
    expect(thrown(() => githubCompare({ size: 101 })).message).toContain('maximum of 100');
  });
});
