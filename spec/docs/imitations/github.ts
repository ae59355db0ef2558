import type { ServerResponse } from 'node:http';
import { json, rows, type Seen } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

const repositories = rows(250).map((number) => ({ id: 1000 + number, full_name: `nodejs/repo-${number}` }));

/**
 * 250 repositories: by Link header, where the next URLs name them by id, as GitHub's do; and as a GraphQL connection. A
 * comparison of as many commits as are asked for, 412 by default. The repository `empty` has neither commits nor
 * contributors. A search of 2,500 issues.
 */
export const imitation: Imitation = {
  origin: 'https://api.github.com',
  start:
    (commits = 412) =>
    (seen, response) => {
      const { url, headers } = seen;
      if (url.pathname === '/graphql') return graphql(seen, response);
      if (url.pathname === '/repos/nodejs/empty/commits')
        return json(response, { message: 'Git Repository is empty.' }, 409);
      if (url.pathname === '/repos/nodejs/empty/contributors') return void response.writeHead(204).end();
      if (url.pathname === '/search/issues') return search(seen, response);
      if (url.pathname.startsWith('/repos/nodejs/node/compare/')) return compare(commits, seen, response);
      const [, id, segment] = /^\/(?:orgs\/\w+|organizations\/(\d+))\/(repos)$/.exec(url.pathname) ?? [];
      if (segment === undefined) return json(response, { message: 'Not Found' }, 404);
      const page = Number(url.searchParams.get('page') ?? 1);
      const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
      const last = Math.ceil(250 / size);
      const at = (number: number, rel: string) =>
        `<http://${String(headers.host)}/organizations/${id ?? '9950313'}/repos?per_page=${size}&page=${number}>; rel="${rel}"`;
      const links = [
        ...(page > 1 ? [at(page - 1, 'prev'), at(1, 'first')] : []),
        ...(page < last ? [at(page + 1, 'next'), at(last, 'last')] : []),
      ];
      json(response, repositories.slice((page - 1) * size, page * size), 200, { link: links.join(', ') });
    },
};

/** 2,500 issues of 2024, one every two hours and four at a time at the end; a search gives 1,000 of them. */
function search({ url }: Seen, response: ServerResponse): void {
  const [, from = '', to = ''] = /\bcreated:(\S+?)\.\.(\S+)/.exec(url.searchParams.get('q') ?? '') ?? [];
  const issues = rows(2500).map((number) => ({
    id: number,
    at: Date.UTC(2024, 0) + Math.min(Math.floor(number / 4) * 4, 2300 + (number % 4)) * 7_200_000,
  }));
  const found = issues.filter(({ at }) => from === '' || (at >= Date.parse(from) && at <= Date.parse(to)));
  const [page, size] = ['page', 'per_page'].map((name) => Number(url.searchParams.get(name) ?? 1));
  const start = ((page ?? 1) - 1) * (size ?? 30);
  if (start >= 1000) return json(response, { message: 'Only the first 1000 search results are available' }, 422);
  const items = found
    .slice(start, start + (size ?? 30))
    .map(({ id, at }) => ({ id, created_at: new Date(at).toISOString() }));
  return json(response, { total_count: found.length, incomplete_results: false, items });
}

/** Without a page or a size, the last 250 commits and no Link header. The files are on the first page only. */
function compare(total: number, { url, headers }: Seen, response: ServerResponse): void {
  const all = rows(total).map((number) => ({ sha: `c${number}` }));
  const files = [{ filename: 'README.md' }];
  const given = ['page', 'per_page'].some((name) => url.searchParams.has(name));
  if (!given) return json(response, { total_commits: total, commits: all.slice(-250), files });
  const page = Number(url.searchParams.get('page') ?? 1);
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
  const next = `<http://${String(headers.host)}${url.pathname}?per_page=${size}&page=${page + 1}>; rel="next"`;
  json(
    response,
    { total_commits: total, commits: all.slice((page - 1) * size, page * size), ...(page === 1 ? { files } : {}) },
    200,
    page * size < total ? { link: next } : {},
  );
}

function graphql({ method, headers, body }: Seen, response: ServerResponse): void {
  if (!/^bearer ./i.test(headers.authorization ?? ''))
    return json(response, { message: 'This endpoint requires you to be authenticated.' }, 401);
  if (method !== 'POST') return json(response, { message: 'Not Found' }, 404);
  const fail = (type: string, message: string) =>
    json(response, { data: { organization: null }, errors: [{ type, path: ['organization'], message }] });
  const { query, variables = {} } = JSON.parse(body) as {
    query: string;
    variables?: { first?: number; after?: string };
  };
  const first = variables.first ?? Number(/\bfirst: (\d+)/.exec(query)?.[1]);
  if (Number.isNaN(first))
    return fail(
      'MISSING_PAGINATION_BOUNDARIES',
      'You must provide a `first` or `last` value to properly paginate the `repositories` connection.',
    );
  if (first > 100)
    return fail(
      'EXCESSIVE_PAGINATION',
      `Requesting ${first} records on the \`repositories\` connection exceeds the \`first\` limit of 100 records.`,
    );
  const [, after = variables.after === undefined ? '0' : undefined] =
    /^cursor:v2:(\d+)$/.exec(Buffer.from(variables.after ?? '', 'base64').toString()) ?? [];
  if (after === undefined)
    return fail('INVALID_CURSOR_ARGUMENTS', `\`${String(variables.after)}\` does not appear to be a valid cursor.`);
  const end = Number(after) + first;
  const nodes = repositories
    .slice(Number(after), end)
    .map((repository) => ({ databaseId: repository.id, nameWithOwner: repository.full_name }));
  const endCursor = Buffer.from(`cursor:v2:${end}`).toString('base64');
  json(response, {
    data: {
      organization: { repositories: { nodes, pageInfo: { hasNextPage: end < repositories.length, endCursor } } },
    },
  });
}
