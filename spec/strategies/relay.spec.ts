import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, pipe, toArray } from 'rxjs';
import {
  CheckError,
  ConfigError,
  ExtractError,
  inQuery,
  paginate,
  relay,
  retryRequests,
  throttleRequests,
  type RelayOptions,
} from 'pagewise';
import { json, serve, type Seen } from '../support/server.js';
import { itemsOf, plain, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';

const query = 'query ($first: Int, $after: String) { list(first: $first, after: $after) { nodes pageInfo } }';
const body = { query, variables: { owner: 'nodejs' } };

strategyContract('relay', (options) => relay<number>({ connection: 'data.list', ...options }), {
  request: { method: 'POST', body },
  asked: ({ body: text }) =>
    Number((JSON.parse(text) as { variables: { after?: string } }).variables.after?.slice(1) ?? 0),
  answer: ({ items, total, next }) => {
    const pageInfo = { hasNextPage: next !== undefined, endCursor: next === undefined ? null : `c${next}` };
    return { body: { data: { list: { nodes: items, totalCount: total, pageInfo } } } };
  },
  total: 'data.list.totalCount',
  tokens: true,
  emptyPages: true,
});

strategyContract(
  'relay backwards, of edges, in a query',
  (options) =>
    relay<number>({
      items: '/c/edges/node',
      pageInfo: '/info',
      direction: 'backwards',
      place: inQuery(),
      ...options,
    }),
  {
    asked: ({ url }) => Number(url.searchParams.get('before')?.slice(1) ?? 0),
    answer: ({ items, total, next }) => {
      const info = { hasPreviousPage: next !== undefined, startCursor: `c${next ?? 'x'}`, hasNextPage: true };
      return { body: { c: { edges: items?.map((node) => ({ node, cursor: 'x' })) }, info, total } };
    },
    tokens: true,
    emptyPages: true,
  },
);

const done = { hasNextPage: false, endCursor: null };
const answers = (...bodies: object[]) =>
  serve((_seen, response, index) => json(response, bodies[index] ?? bodies.at(-1)));
const variables = (seen: readonly Seen[]) =>
  seen.map((one) => (JSON.parse(one.body) as { variables: unknown }).variables);

const run = async (url: string, options: RelayOptions<unknown> = {}, template: object = body, policy = plain) => {
  const strategy = relay({ ...(options.items ? {} : { connection: 'data.list' }), ...options });
  const pages = await lastValueFrom(
    paginate({ url, method: 'POST', body: template }, strategy, { policy }).pipe(toArray()),
  );
  return itemsOf(pages);
};

describe('relay', () => {
  it('sends first and after among the variables, and keeps the rest of them', async () => {
    const server = await answers(
      { data: { list: { nodes: [1, 2], pageInfo: { hasNextPage: true, endCursor: 'Y3Vy+/==' } } } },
      { data: { list: { nodes: [3], pageInfo: done } } },
    );
    expect(await run(server.url, { size: 2 })).toEqual([1, 2, 3]);
    expect(variables(server.seen)).toEqual([
      { owner: 'nodejs', first: 2 },
      { owner: 'nodejs', first: 2, after: 'Y3Vy+/==' },
    ]);
    expect(server.seen[1]?.headers['content-type']).toBe('application/json');
  });

  it('sends last and before backwards, and ends if there is no previous page', async () => {
    const server = await answers(
      { data: { list: { nodes: [3, 4], pageInfo: { hasPreviousPage: true, startCursor: 's', ...done } } } },
      { data: { list: { nodes: [1, 2], pageInfo: { hasPreviousPage: false, hasNextPage: true } } } },
    );
    const template = { query: 'query ($last: Int, $before: String) { … }' };
    expect(await run(server.url, { direction: 'backwards', size: 2 }, template)).toEqual([3, 4, 1, 2]);
    expect(variables(server.seen)).toEqual([{ last: 2 }, { last: 2, before: 's' }]);
  });

  it.each<[string, object, RelayOptions<unknown>]>([
    ['nodes', { data: { list: { nodes: [1], pageInfo: done } } }, {}],
    ['edges', { data: { list: { edges: [{ node: 1 }], pageInfo: done } } }, {}],
    ['edges where nodes are null', { data: { list: { nodes: null, edges: [{ node: 1 }], pageInfo: done } } }, {}],
    [
      'a deep connection',
      { data: { a: { b: [{ c: { nodes: [1], pageInfo: done } }] } } },
      { connection: 'data.a.b.0.c' },
    ],
    ['a pointer', { data: { 'a.b': { edges: [{ node: 1 }], pageInfo: done } } }, { connection: '/data/a.b' }],
    ['a connection that is the body', { nodes: [1], pageInfo: done }, { connection: '.' }],
    [
      'a pageInfo elsewhere',
      { data: { list: { nodes: [1] }, info: done } },
      { connection: 'data.list', pageInfo: 'data.info' },
    ],
    ['items by path', { rows: [1], info: done }, { items: 'rows', pageInfo: 'info' }],
    [
      'items of edges by path',
      { x: { edges: [{ node: 1 }] }, info: done },
      { items: 'x.edges.node', pageInfo: 'info' },
    ],
    [
      'items of edges below a node',
      { x: { edges: { node: { edges: [{ node: 1 }] } } }, info: done },
      { items: 'x.edges.node.edges', pageInfo: 'info' },
    ],
    ['items of edges', { x: { edges: [{ node: 1 }] }, info: done }, { items: 'x.edges', pageInfo: 'info' }],
    [
      'items by function',
      { x: 1, info: done },
      { items: (found: unknown) => [(found as { x: 1 }).x], pageInfo: 'info' },
    ],
  ])('finds %s', async (_name, answer, options) => {
    const server = await answers(answer);
    expect(await run(server.url, options)).toEqual([1]);
  });

  it('a null edge is a null item; edges whose nodes were not selected are an error', async () => {
    const server = await answers({ data: { list: { edges: [{ node: 1 }, null, { node: null }], pageInfo: done } } });
    expect(await run(server.url)).toEqual([1, null, null]);
    const blind = await answers({ data: { list: { edges: [{ cursor: 'a' }, { cursor: 'b' }], pageInfo: done } } });
    for (const options of [{}, { items: 'data.list.edges', pageInfo: 'data.list.pageInfo' }]) {
      const error = await rejection(run(blind.url, options));
      expect(error).toBeInstanceOf(ExtractError);
      expect(error.message).toContain('items at data.list.edges: an edge without a node');
    }
  });

  it.each([[null], [''], [undefined], [5]])('hasNextPage true with the cursor %j is an error', async (endCursor) => {
    const server = await answers({ data: { list: { nodes: [1], pageInfo: { hasNextPage: true, endCursor } } } });
    const error = await rejection(run(server.url));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('next at data.list.pageInfo.endCursor: expected a cursor, found');
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    [{ nodes: [1] }, 'hasMore at data.list.pageInfo.hasNextPage: expected true or false, found undefined'],
    [{ nodes: [1], pageInfo: { hasNextPage: 2 } }, 'found 2'],
    [{ nodes: { 0: 1 }, pageInfo: done }, 'items at data.list.nodes or .edges: expected an array'],
    [{ pageInfo: done }, 'items at data.list.nodes or .edges: expected an array, found nothing'],
    [null, 'items at data.list.nodes or .edges: expected an array, found nothing'],
  ])('P4 P5 a connection %j is an ExtractError', async (list, message) => {
    const server = await answers({ data: { list } });
    const error = await rejection(run(server.url));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(message);
  });

  it.each(['x.edges', 'x.edges.node', '/x/edges/node'])('P5 invalid items at %s are an error there', async (items) => {
    const server = await answers({ x: {}, info: done });
    const error = await rejection(run(server.url, { items, pageInfo: 'info' }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(`items at ${items.replace(/.node$/, '')}: expected an array, found nothing`);
  });

  it("a connection that is null is not the end, even with missingItems: 'empty'", async () => {
    const server = await answers({ data: { list: null } });
    expect(await rejection(run(server.url, { missingItems: 'empty' }))).toBeInstanceOf(ExtractError);
  });

  it('S9 a cursor over 16 KiB is an error', async () => {
    const pageInfo = { hasNextPage: true, endCursor: 'x'.repeat(20_000) };
    const server = await answers({ data: { list: { nodes: [1], pageInfo } } });
    expect((await rejection(run(server.url))).message).toContain('a token of 20000 characters');
  });

  describe('errors with HTTP 200', () => {
    const page = { list: { nodes: [1], pageInfo: done } };
    const unknown = { message: 'Field x does not exist', extensions: { code: 'undefinedField' } };

    it.each([
      [{ errors: [unknown] }, 'GraphQL: "Field x does not exist"'],
      [{ data: null, errors: [unknown, { message: 'and more' }] }, 'does not exist"; "and more"'],
      [{ data: page, errors: [unknown] }, 'GraphQL: "Field x does not exist"'],
      [{ errors: [null] }, 'GraphQL: undefined'],
      [{ errors: ['text'] }, 'GraphQL: undefined'],
    ])('%j fails the page, and is not retried', async (answer, message) => {
      const server = await answers(answer);
      const error = await rejection(run(server.url, {}, body, retryRequests({ base: 1 })));
      expect(error).toBeInstanceOf(CheckError);
      expect(error.message).toContain(message);
      expect(server.seen).toHaveLength(1);
    });

    it("partial: 'accept' accepts partial data; without data it still fails", async () => {
      const server = await answers({ data: page, errors: [unknown] });
      expect(await run(server.url, { partial: 'accept' })).toEqual([1]);
      for (const none of [{ data: null }, {}]) {
        const nothing = await answers({ ...none, errors: [unknown] });
        expect(await rejection(run(nothing.url, { partial: 'accept' }))).toBeInstanceOf(CheckError);
      }
    });

    it.each([
      [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
      [{ message: 'API rate limit exceeded', type: 'RATE_LIMITED' }],
      [{ message: 'slow down', extensions: { code: 'RATE_LIMIT' } }],
    ])('%j is retried', async (error) => {
      for (const answer of [{ errors: [error] }, { data: page, errors: [unknown, error] }]) {
        const server = await answers(answer, { data: page });
        const policy = pipe(throttleRequests({ limit: 100 }), retryRequests({ base: 1 }));
        expect(await run(server.url, {}, body, policy)).toEqual([1]);
        expect(server.seen).toHaveLength(2);
      }
    });

    it('the verdict says whether it is a rate limit, and leaves statuses that are errors alone', () => {
      const { check } = relay({ connection: 'data.list' });
      const verdict = (status: number, errors: unknown) =>
        check?.({ status, url: '', headers: { get: () => null }, body: { errors } }, {});
      const limit = { message: 'slow', type: 'RATE_LIMITED' };
      for (const errors of [[limit], limit])
        expect(verdict(200, errors)).toEqual({ retry: 'GraphQL: "slow"', throttled: true });
      expect(verdict(500, [limit])).toEqual({ retry: 'GraphQL: "slow"', throttled: true });
      for (const status of [200, 299]) expect(verdict(status, [unknown])).toMatchObject({ fail: expect.anything() });
      for (const status of [199, 300]) expect(verdict(status, [unknown])).toBeUndefined();
      for (const errors of [undefined, null, []]) expect(verdict(200, errors)).toBeUndefined();
    });

    it('an empty list of errors is no error', async () => {
      const server = await answers({ data: page, errors: [] });
      expect(await run(server.url)).toEqual([1]);
    });

    it('an error status takes precedence', async () => {
      const server = await serve((_seen, response) => json(response, { errors: [unknown] }, 404));
      expect(await rejection(run(server.url))).toMatchObject({ name: 'HttpError', status: 404 });
    });
  });

  it('differs from a strategy that requests other pages', () => {
    expect(relay({ connection: 'data.list' }).identity).toEqual({
      direction: 'forwards',
      cursorParam: 'after',
      sizeParam: 'first',
      pageInfo: 'data.list.pageInfo',
    });
    const backwards = { direction: 'backwards', cursorParam: 'b', sizeParam: 'l', pageInfo: '/info' } as const;
    expect(relay({ connection: '/data/list', ...backwards }).identity).toEqual(backwards);
  });

  it('a query without the variable is refused: servers would answer with the first page forever', async () => {
    const error = thrown(() =>
      paginate(
        { url: 'http://host/', method: 'POST', body: { query: '{ list { nodes } }' } },
        relay({ connection: 'data.list', size: 5 }),
      ),
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('the query does not use the variable $first');
    const later = await rejection(run('http://host/', {}, { query: 'query ($afterwards: String) { … }' }));
    expect(later).toBeInstanceOf(ConfigError);
    expect(later.message).toContain('the query does not use the variable $after');
  });

  it.each<[RelayOptions<unknown>, string]>([
    [{}, "give the connection's path, such as `connection: 'data.repository.issues'`, or both `items` and `pageInfo`"],
    [{ items: 'x' }, "give the connection's path"],
    [{ pageInfo: 'x' }, "give the connection's path"],
    [
      { connection: 'a', direction: 'back' as 'backwards' },
      "direction must be 'forwards' or 'backwards', not \"back\"",
    ],
    [{ connection: 'a', partial: true as never }, "partial must be 'fail' or 'accept', not true"],
    [{ connection: 'a', cursorParam: 'first' }, 'cursorParam and sizeParam are both "first"'],
    [{ connection: 'a', direction: 'backwards', sizeParam: 'before' }, 'cursorParam and sizeParam are both "before"'],
    [{ connection: '__proto__' }, 'pageInfo "__proto__.pageInfo" leads to a prototype'],
    [{ connection: '__proto__', pageInfo: 'info' }, 'connection "__proto__" leads to a prototype'],
    [{ items: '__proto__', pageInfo: 'info' }, 'items "__proto__" leads to a prototype'],
    [{ items: 'x', pageInfo: 'a..b' }, 'pageInfo "a..b" has an empty segment'],
    [{ connection: 'a', cursorParam: '' }, 'cursorParam must be a non-empty string, not ""'],
    [{ connection: 'a', size: 101, maxSize: 100 }, "size 101 is above the API's maximum of 100"],
    [{ connection: 'a', hasMore: 'x' } as never, 'unknown option "hasMore"'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => relay(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`relay: ${message}`);
  });
});
