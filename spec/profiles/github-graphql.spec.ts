import { describe, expect, it } from '@jest/globals';
import { CheckError, ExtractError, PositionExpiredError } from 'pagewise';
import { checkGithubGraphql, githubGraphql } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/github.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { sent, serveExcept, walk } from './walk.js';

interface Repository {
  nameWithOwner: string;
}
const query = `query ($first: Int!, $after: String) { organization(login: "nodejs") {
  repositories(first: $first, after: $after) { nodes { nameWithOwner } pageInfo { hasNextPage endCursor } } } }`;
const repositories = (origin: string) => ({
  url: `${origin}/graphql`,
  method: 'POST',
  headers: { authorization: 'Bearer x' },
  body: { query },
});
const profile = githubGraphql<Repository>({ connection: 'data.organization.repositories', size: 100 });
const failed = (type: string | undefined, message = 'No', status = 200, headers: Record<string, string> = {}) =>
  answer({ errors: [{ ...(type === undefined ? {} : { type }), message }] }, status, headers);

describe('the GitHub GraphQL profile', () => {
  it('writes first and after into the variables', async () => {
    const server = await serve(imitation.start());
    const found = await walk(profile, repositories(server.origin));
    expect(found.map(({ nameWithOwner }) => nameWithOwner)).toEqual(rows(250).map((number) => `nodejs/repo-${number}`));
    expect(sent(server)).toEqual([
      { query, variables: { first: 100 } },
      { query, variables: { first: 100, after: 'Y3Vyc29yOnYyOjEwMA==' } },
      { query, variables: { first: 100, after: 'Y3Vyc29yOnYyOjIwMA==' } },
    ]);
  });

  it('leaves the size to the query if none is given', async () => {
    const server = await serve(imitation.start());
    const own =
      'query ($after: String) { organization(login: "nodejs") { repositories(first: 50, after: $after) { … } } }';
    const unsized = githubGraphql({ connection: 'data.organization.repositories' });
    expect(await walk(unsized, { ...repositories(server.origin), body: { query: own } })).toHaveLength(250);
    expect(sent(server)[1]).toEqual({ query: own, variables: { after: 'Y3Vyc29yOnYyOjUw' } });
    expect(server.seen).toHaveLength(5);
  });

  it('a secondary limit waits as long as the server says, or a minute, with HTTP 200 and with 403', () => {
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    const told = { 'retry-after': '60' };
    expect(checkGithubGraphql(failed(undefined, message), {})).toMatchObject({ throttled: true, afterMs: 60_000 });
    expect(checkGithubGraphql(failed(undefined, message, 200, told), {})).toEqual({
      retry: `GitHub: ${message}`,
      throttled: true,
    });
    expect(checkGithubGraphql(answer({ message }, 403), {})).toMatchObject({ throttled: true, afterMs: 60_000 });
    expect(checkGithubGraphql(answer({ message: 'Forbidden' }, 403), {})).toBeUndefined();
    expect(checkGithubGraphql(failed('FORBIDDEN', 'Not you', 403, told), {})).toMatchObject({ throttled: true });
  });

  it('judges the other errors, also without its check', () => {
    const { strategy } = profile;
    const judge = (response: ReturnType<typeof answer>) => strategy.check?.(response, {});
    expect(judge(failed('RATE_LIMITED', 'API rate limit exceeded'))).toMatchObject({ throttled: true });
    expect(judge(failed('RESOURCE_LIMITS_EXCEEDED'))).toEqual({ fail: 'GitHub: No', tooHeavy: true });
    expect(judge(failed('MAX_NODE_LIMIT_EXCEEDED'))).toEqual({ fail: 'GitHub: No', tooHeavy: true });
    expect(
      judge(failed(undefined, 'Something went wrong while executing your query. Please include `A`')),
    ).toHaveProperty('retry');
    expect(judge(failed('NOT_FOUND'))).toEqual({ fail: 'GraphQL: "No"' });
    expect(judge(answer({ data: {} }))).toBeUndefined();
    expect(judge(answer('<html>', 502))).toBeUndefined();
  });

  it('a cursor that GitHub no longer knows has expired', async () => {
    expect(checkGithubGraphql(failed('INVALID_CURSOR_ARGUMENTS'), {})).toBeUndefined();
    const server = await serve(imitation.start());
    const strategy = { ...profile.strategy, first: { size: 100, cursor: 'gone' } };
    expect(await rejection(walk({ ...profile, strategy }, repositories(server.origin)))).toBeInstanceOf(
      PositionExpiredError,
    );
  });

  it('retries after a rate limit with HTTP 200, and takes no error with HTTP 200 for the end', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }, 200, {
        'retry-after': '0',
      }),
    );
    expect(await walk(profile, repositories(limited.origin))).toHaveLength(250);
    expect(limited.seen).toHaveLength(4);
    const lost = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { data: { organization: null }, errors: [{ type: 'NOT_FOUND', message: 'Could not resolve' }] }),
    );
    expect(await rejection(walk(profile, repositories(lost.origin)))).toBeInstanceOf(CheckError);
    const bare = await serve((_seen, response) => json(response, { data: { organization: null } }));
    expect(await rejection(walk(profile, repositories(bare.origin)))).toBeInstanceOf(ExtractError);
  });

  it('refuses a size above 100', () => {
    expect(thrown(() => githubGraphql({ connection: 'data.x', size: 101 })).message).toContain('maximum of 100');
  });
});
