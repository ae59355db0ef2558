import { describe, expect, it } from '@jest/globals';
import { parse as parseLossless } from 'lossless-json';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError,
  ExtractError,
  fetchTransport,
  inBody,
  keyset,
  paginate,
  PaginationLoopError,
  UnsafeCursorError,
  type KeysetOptions,
  type PageRequest,
  type PaginateOptions,
} from 'pagewise';
import { json, serve } from '../support/server.js';
import { itemsOf, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';
import type { Script } from './paged-api.js';

const after = (url: URL, pages: Script): number =>
  url.searchParams.has('after')
    ? pages.findIndex((items) => items?.at(-1) === Number(url.searchParams.get('after'))) + 1
    : 0;

strategyContract('keyset', (options) => keyset<number>({ items: 'items', key: '.', ...options }), {
  asked: ({ url }, pages) => after(url, pages),
  answer: ({ items, total }) => ({ body: { items, total } }),
  positionsOfItems: true,
});

interface Row {
  readonly id: unknown;
  readonly at?: { readonly day: unknown };
}

/** A server that gives these pages, one after the other, then empty ones. */
const answers = (...pages: object[]) =>
  serve((_seen, response, index) => json(response, pages[index] ?? { data: [], more: false }));
const data = (...ids: unknown[]) => ({ data: ids.map((id) => ({ id })) });

const run = async (
  request: PageRequest,
  options: Partial<KeysetOptions<Row>> = {},
  behaviour: PaginateOptions<Row> = {},
) => {
  const strategy = keyset<Row>({ items: 'data', key: 'id', ...options });
  const pages = await lastValueFrom(paginate(request, strategy, behaviour).pipe(toArray()));
  expect(pages.at(-1)?.next).toBeUndefined();
  return pages;
};

describe('keyset', () => {
  it('starts after the last received item, and ends at an empty page', async () => {
    const server = await answers(data('a', 'b'), data('c'));
    const pages = await run({ url: `${server.url}?q=x` }, { size: 2, cursorParam: 'starting_after' });
    expect(itemsOf(pages).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(server.seen.map(({ target }) => target)).toEqual([
      '/items?q=x&limit=2',
      '/items?q=x&limit=2&starting_after=b',
      '/items?q=x&limit=2&starting_after=c',
    ]);
  });

  it.each([[false], ['false']])('P3 has-more %j ends it, without another request', async (more) => {
    const server = await answers({ ...data('a'), more: 'true' }, { ...data('b'), more });
    expect(await run({ url: server.url }, { hasMore: 'more' })).toHaveLength(2);
    expect(server.seen).toHaveLength(2);
  });

  it('P3 has-more true with no item to continue after is an error, never the end', async () => {
    const server = await answers({ ...data('a'), more: true }, { data: [], more: true });
    const error = await rejection(run({ url: server.url }, { hasMore: 'more' }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('key at the last item: has-more says that there is another page');
    expect(error).toMatchObject({ pageIndex: 1 });
  });

  it.each([[2], [null], [undefined]])('P4 has-more %j is an ExtractError', async (more) => {
    const server = await answers({ ...data('a'), more });
    const error = await rejection(run({ url: server.url }, { hasMore: 'more' }));
    expect(error.message).toContain('hasMore at more: expected true or false, found');
  });

  it('P1 0 is a key', async () => {
    const server = await answers(data(5, 0));
    await run({ url: server.url });
    expect(server.seen.map(({ url }) => url.search)).toEqual(['', '?after=0']);
  });

  it.each([[undefined], [null], [''], [false], [true]])('a last item whose key is %j is an error', async (id) => {
    const server = await answers(data('a', id));
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('key at id of the last item: expected');
    expect(server.seen).toHaveLength(1);
  });

  it('P6 a key arrives unchanged', async () => {
    const nasty = 'a+b/c==&x=1%20 #é\n"😀';
    const server = await answers(data(nasty));
    await run({ url: server.url });
    expect(server.seen[1]?.url.searchParams.get('after')).toBe(nasty);
    const posted = await answers(data(nasty));
    await run({ url: posted.url, method: 'POST' }, { place: inBody('page') });
    expect(JSON.parse(posted.seen[1]!.body)).toEqual({ page: { after: nasty } });
  });

  it('P6 a numeric key beyond 2⁵³ is an UnsafeCursorError; lossless-json keeps its digits', async () => {
    const give = () =>
      serve((_seen, response, index) => {
        response.end(`{"data":[${index === 0 ? '{"id":9007199254740993}' : ''}]}`);
      });
    const server = await give();
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(UnsafeCursorError);
    expect(error.message).toContain('the cursor at id of the last item is the number 9007199254740992');
    const lossless = await give();
    const transport = fetchTransport({ parseJson: (text) => parseLossless(text) });
    await run({ url: lossless.url }, {}, { transport });
    expect(lossless.seen[1]?.url.search).toBe('?after=9007199254740993');
  });

  it('T9 a 204 is the last page, even if has-more is named', async () => {
    const server = await serve((_seen, response, index) => {
      if (index === 0) json(response, { ...data('a'), more: true });
      else response.writeHead(204).end();
    });
    expect(itemsOf(await run({ url: server.url }, { hasMore: 'more' }))).toEqual([{ id: 'a' }]);
    expect(server.seen).toHaveLength(2);
  });

  it('differs from a strategy that requests other pages', () => {
    const identity = (options: Partial<KeysetOptions<Row>>) => keyset<Row>({ key: 'id', ...options }).identity;
    expect(identity({})).toEqual({ cursorParam: 'after', sizeParam: 'limit', key: 'id' });
    expect(identity({ key: ['at', 'id'], sizeParam: 'n', cursorParam: 'c' })).toEqual({
      cursorParam: 'c',
      sizeParam: 'n',
      key: ['at', 'id'],
    });
    expect(identity({ key: ({ id }) => id, cursorParam: (after) => ({ after }) })).toMatchObject({
      cursorParam: 'a function',
      key: 'a function',
    });
  });

  it.each<[KeysetOptions<unknown>['key'], unknown, string]>([
    [
      () => undefined,
      { id: 1 },
      'key at a function of the last item: expected a value that the next page starts after, found undefined',
    ],
    [() => true, { id: 1 }, 'key at a function of the last item: expected a token, found true'],
    [
      ['id', 'at.day'],
      { id: 1 },
      'key at at.day of the last item: expected a value that the next page starts after, found undefined',
    ],
    [
      ['id', 'at.day'],
      { id: 1, at: { day: '' } },
      'key at at.day of the last item: expected a value that the next page starts after, found ""',
    ],
    ['.', '', 'key at the last item: expected a value that the next page starts after, found ""'],
    [
      '/at/day',
      { at: { day: null } },
      'key at /at/day of the last item: expected a value that the next page starts after, found null',
    ],
  ])('the key %p of %j is an error', async (key, item, message) => {
    const server = await answers({ data: [item] });
    const error = await rejection(run({ url: server.url }, { key: key as never }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(message);
  });

  it('several keys are a list, null among them', async () => {
    const server = await answers({ data: [{ id: 7, at: { day: null } }] });
    const options = { key: ['at.day', 'id'] as const, cursorParam: 'search_after', place: inBody() };
    const pages = await run({ url: server.url, method: 'POST', body: { sort: ['at', 'id'] } }, options);
    expect(JSON.parse(server.seen[1]!.body)).toEqual({ sort: ['at', 'id'], search_after: [null, 7] });
    expect(pages[0]?.next).toEqual({ after: [null, 7] });
  });

  it('one function makes the key, another its parameters', async () => {
    const server = await answers({ data: [{ id: 7, at: { day: 'mon' } }] });
    await run(
      { url: server.url },
      {
        key: ({ id, at }) => ({ id, day: at?.day }),
        cursorParam: (key) => ({ since: (key as { day: string }).day, since_id: (key as { id: number }).id }),
      },
    );
    expect(server.seen[1]?.url.search).toBe('?since=mon&since_id=7');
  });

  it('parameters that a later page does not need are dropped', async () => {
    const server = await answers(data('a'));
    await run({ url: `${server.url}?since=2020&q=x` }, { dropParams: ['since'] });
    expect(server.seen.map(({ url }) => url.search)).toEqual(['?since=2020&q=x', '?q=x&after=a']);
  });

  it('E9 a server that starts at the key, not after it, does not advance: an error, not an endless walk', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e'];
    const server = await serve(({ url }, response) => {
      const from = rows.indexOf(url.searchParams.get('after') ?? 'a');
      json(response, data(...rows.slice(from, from + 2)));
    });
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(server.seen.length).toBeLessThanOrEqual(6);
  });

  it.each<[Partial<KeysetOptions<Row>>, string]>([
    [{ key: undefined as never }, 'key must be a path into an item, an array of paths, or a function, not undefined'],
    [{ key: [] }, 'key must be a path into an item'],
    [{ key: [5 as never] }, 'key must be a path'],
    [{ hasMore: 5 as never }, 'hasMore must be a path'],
    [{ cursorParam: '' }, 'cursorParam must be a non-empty string, not ""'],
    [{ key: 'at.__proto__' }, 'key "at.__proto__" leads to a prototype'],
    [{ cursorParam: 'limit' }, 'cursorParam and sizeParam are both "limit"'],
    [{ sizeParam: 'after' }, 'cursorParam and sizeParam are both "after"'],
    [{ size: 101, maxSize: 100 }, "size 101 is above the API's maximum of 100"],
    [{ dropParams: [''] }, 'dropParams must be a non-empty string, not ""'],
    [{ endTokens: [] } as never, 'unknown option "endTokens"; expected one of items'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => keyset({ key: 'id', ...options }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`keyset: ${message}`);
  });
});
