import { describe, expect, it, jest } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { json, numbered, rows, serve, type Seen } from '../support/server.js';
import { pagewise } from './pagewise.js';

jest.setTimeout(60_000);

const queries = (seen: readonly Seen[]) => seen.map(({ url }) => url.search);
const bodies = (seen: readonly Seen[]) => seen.map(({ body }) => JSON.parse(body) as unknown);

/** Two items a page, three pages, and what `more` adds to each page. */
const three =
  (more: (page: number) => { body?: object; headers?: Record<string, string> }) =>
  ({ url }: Seen, response: ServerResponse) => {
    const page = Number(url.searchParams.get('page'));
    const { body, headers } = more(page);
    json(response, { items: page <= 3 ? [page * 2 - 1, page * 2] : [], ...body }, 200, headers);
  };

describe('how an API pages', () => {
  it('counts pages in the query up to the first empty one', async () => {
    const server = await serve(numbered(25));
    const { code, items, stderr } = await pagewise([
      server.url,
      '--paging',
      'page',
      '--items',
      'items',
      '--size',
      '10',
    ]);
    expect(code).toBe(0);
    expect(items).toEqual(rows(25));
    expect(queries(server.seen)).toEqual([1, 2, 3, 4].map((page) => `?page=${page}&per_page=10`));
    expect(stderr).toMatch(/^4 pages, 25 items, 4 requests, 0 retries, \d+\.\d s\n$/);
  });

  it('reads a body that is itself the list of items', async () => {
    const server = await serve(({ url }, response) =>
      json(response, url.searchParams.get('page') === '1' ? ['a'] : []),
    );
    expect((await pagewise([server.url, '--paging', 'page'])).items).toEqual(['a']);
  });

  it('writes page and size under their wire names, from page 0 if the API counts so', async () => {
    const server = await serve(({ url }, response) => json(response, url.searchParams.get('$skip') === '0' ? [1] : []));
    const { items } = await pagewise([
      ...['--paging', 'page', '--in', 'query', '--page-param', '$skip', '--size-param', 'page[size]'],
      ...['--size', '3', '--start', '0', server.url],
    ]);
    expect(items).toEqual([1]);
    expect(queries(server.seen)).toEqual(['?$skip=0&page[size]=3', '?$skip=1&page[size]=3']);
  });

  const ends: [string, string[], Parameters<typeof three>[0]][] = [
    ['--total', ['--total', 'meta.total'], () => ({ body: { meta: { total: 6 } } })],
    ['--total in a header', ['--total', 'header:X-Total'], () => ({ headers: { 'x-total': '6' } })],
    ['--total-pages', ['--total-pages', 'pages'], () => ({ body: { pages: 3 } })],
    ['--total-pages in a header', ['--total-pages', 'header:X-Pages'], () => ({ headers: { 'x-pages': '3' } })],
    ['--has-more', ['--has-more', '/more'], (page) => ({ body: { more: page < 3 } })],
    [
      '--has-more in a header',
      ['--has-more', 'header:X-More'],
      (page) => ({ headers: { 'x-more': String(page < 3) } }),
    ],
  ];
  it.each(ends)('%s ends the walk without requesting an empty page', async (_name, flags, more) => {
    const server = await serve(three(more));
    const { code, items } = await pagewise([server.url, '--paging', 'page', '--items', 'items', ...flags]);
    expect({ code, items, requests: server.seen.length }).toEqual({ code: 0, items: [1, 2, 3, 4, 5, 6], requests: 3 });
  });

  it('says so if the announced total and the received items differ', async () => {
    const server = await serve(three(() => ({ body: { total: 7 } })));
    const { code, stderr } = await pagewise([server.url, '--paging', 'page', '--items', 'items', '--total', 'total']);
    expect(code).toBe(0);
    expect(stderr).toContain('The API announced 7 items, but 6 arrived.\n');
  });

  it('writes paging into the body of a POST, at a path', async () => {
    const server = await serve(({ body }, response) => {
      const { page } = (JSON.parse(body) as { pagination: { page: number } }).pagination;
      json(response, { hits: page < 3 ? [{ page }] : [] });
    });
    const { code, items } = await pagewise([
      ...[server.url, '-d', '{"query":"dog","pagination":{"sort":"id"}}'],
      ...['--paging', 'page', '--in', 'body:pagination', '--items', 'hits', '--size', '5'],
    ]);
    expect({ code, items }).toEqual({ code: 0, items: [{ page: 1 }, { page: 2 }] });
    expect(server.seen[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(bodies(server.seen)).toEqual(
      [1, 2, 3].map((page) => ({ query: 'dog', pagination: { sort: 'id', page, per_page: 5 } })),
    );
  });

  it('writes paging at the top of a body, and creates one if there is none', async () => {
    const server = await serve((_seen, response) => json(response, [1]));
    await pagewise([server.url, '--json', '{"q":1}', '--paging', 'page', '--in', 'body', '--max-pages', '1']);
    await pagewise([server.url, '-X', 'POST', '--paging', 'page', '--in', 'body:paging', '--max-pages', '1']);
    expect(bodies(server.seen)).toEqual([{ q: 1, page: 1 }, { paging: { page: 1 } }]);
  });
});

describe('--profile clarifai', () => {
  const clarifai = (pages: Record<number, unknown[]>) => (seen: Seen, response: ServerResponse) => {
    const body = seen.body === '' ? undefined : (JSON.parse(seen.body) as { pagination: { page: number } });
    const page = body?.pagination.page ?? Number(seen.url.searchParams.get('page'));
    json(response, { status: { code: 10000 }, hits: pages[page] ?? [] });
  };

  it('pages a GET in the query', async () => {
    const server = await serve(clarifai({ 1: ['a', 'b'], 2: ['c'] }));
    const { items } = await pagewise([server.url, '--profile', 'clarifai']);
    expect(items).toEqual(['a', 'b', 'c']);
    expect(queries(server.seen)).toEqual([1, 2, 3].map((page) => `?page=${page}&per_page=128`));
  });

  it('pages a POST in the body, with --size and --items', async () => {
    const server = await serve(clarifai({ 1: ['a'] }));
    const flags = ['--profile', 'clarifai', '--size', '7', '--items', 'hits', '--rate', '100'];
    const { items } = await pagewise([server.url, '--json', '{"searches":[]}', ...flags]);
    expect(items).toEqual(['a']);
    expect(bodies(server.seen)).toEqual([1, 2].map((page) => ({ searches: [], pagination: { page, per_page: 7 } })));
  });

  it('judges answers by the status in their body', async () => {
    const server = await serve((_seen, response) => json(response, { status: { code: 11102, description: 'No.' } }));
    const { code, stderr } = await pagewise([server.url, '--profile', 'clarifai']);
    expect(code).toBe(1);
    expect(stderr).toContain('pagewise: Page 1 failed: Clarifai 11102 No., GET ');
  });
});
