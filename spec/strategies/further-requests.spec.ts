import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError, cursor, ExtractError, inBody, inVariables, keyset, offset, pageNumber, paginate, PaginationLoopError, type CursorOptions, type KeysetOptions, type PageRequest, type Position, type Strategy,
} from 'pagewise'; // prettier-ignore
import { json, serve } from '../support/server.js';
import { itemsOf, plain, rejection, thrown } from '../support/walks.js';

const walk = <Item, P extends Position>(request: PageRequest, strategy: Strategy<Item, P>) =>
  lastValueFrom(paginate(request, strategy, { policy: plain }).pipe(toArray()));

describe('nextRequest', () => {
  it('sends later pages elsewhere, as an Elasticsearch scroll', async () => {
    const server = await serve(({ body }, response, index) => {
      const { scroll_id: id } = JSON.parse(body) as { scroll_id?: string };
      json(response, { _scroll_id: 's', hits: { hits: index < 2 ? [index] : [], id } });
    });
    const request = { url: `${server.origin}/events/_search?scroll=1m`, method: 'POST', body: { size: 1, query: {} }, headers: { a: '1' } }; // prettier-ignore
    const pages = await walk(
      request,
      cursor<number>({
        items: 'hits.hits',
        next: '_scroll_id',
        cursorParam: 'scroll_id',
        onSameToken: 'continue',
        nextRequest: { url: '/_search/scroll', body: { scroll: '1m' }, headers: { b: '2' } },
        place: inBody(),
      }),
    );
    expect(itemsOf(pages)).toEqual([0, 1]);
    expect(server.seen.map(({ method, target, body }) => [method, target, JSON.parse(body) as unknown])).toEqual([
      ['POST', '/events/_search?scroll=1m', { size: 1, query: {} }],
      ['POST', '/_search/scroll', { scroll: '1m', scroll_id: 's' }],
      ['POST', '/_search/scroll', { scroll: '1m', scroll_id: 's' }],
    ]);
    expect(server.seen.map(({ headers }) => [headers['a'], headers['b']])).toEqual([['1', undefined], ['1', '2'], ['1', '2']]); // prettier-ignore
  });

  it('asks something else after the first page, as monday.com has it', async () => {
    const server = await serve(({ body }, response) => {
      const { query, variables } = JSON.parse(body) as { query: string; variables?: { cursor?: string } };
      const page = (items: unknown[], next: string | null) => ({ items, cursor: next });
      json(response, {
        data: query.includes('next_items_page')
          ? { next_items_page: variables?.cursor === 'c1' ? page([2], 'c2') : page([3], null) }
          : { boards: [{ items_page: page([1], 'c1') }] },
      });
    });
    const pages = await walk(
      { url: server.url, method: 'POST', body: { query: 'query { boards(ids: 1) { items_page { cursor items } } }' } },
      cursor<number>({
        items: 'data.boards[0].items_page.items || data.next_items_page.items',
        next: 'data.boards[0].items_page.cursor || data.next_items_page.cursor',
        nextRequest: {
          body: { query: 'query ($cursor: String!) { next_items_page(cursor: $cursor) { cursor items } }' },
        },
        place: inVariables(),
      }),
    );
    expect(itemsOf(pages)).toEqual([1, 2, 3]);
  });

  it('keyset takes it too, and a GET after a POST has no body', async () => {
    const server = await serve(({ url }, response) => {
      const after = Number(url.searchParams.get('after') ?? 0);
      json(response, after < 3 ? [{ id: after + 1 }] : []);
    });
    const strategy = keyset<{ id: number }>({ key: 'id', nextRequest: { url: 'more', method: 'GET' } });
    const pages = await walk({ url: `${server.origin}/v1/search`, method: 'POST', body: { q: 1 } }, strategy);
    expect(itemsOf(pages).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(server.seen.map(({ method, target, body }) => [method, target, body])).toEqual([
      ['POST', '/v1/search', '{"q":1}'],
      ['GET', '/v1/more?after=1', ''],
      ['GET', '/v1/more?after=2', ''],
      ['GET', '/v1/more?after=3', ''],
    ]);
  });

  it.each<[object, string]>([
    [{ uri: '/x' }, 'cursor: nextRequest: unknown option "uri"'],
    [{ url: 5 }, 'cursor: nextRequest: url must be a non-empty string, not 5'],
    [{ method: '' }, 'cursor: nextRequest: method must be a non-empty string'],
    [{ method: 'get', body: {} }, 'remove it, or set'],
    [5 as never, 'options must be an object'],
  ])('refuses %j', (nextRequest, message) => {
    const error = thrown(() => cursor({ next: 'next', nextRequest }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});

describe('tokens', () => {
  const tokens = (answers: readonly unknown[]) =>
    serve((_seen, response, index) => json(response, { items: [index], next: answers[index] }));
  const next = (url: string, options: Partial<CursorOptions<number>> = {}) =>
    walk({ url }, cursor<number>({ items: 'items', next: 'next', ...options }));

  it('P1 an object whose members are all null is no token; of another one, null members are not sent', async () => {
    const server = await tokens([
      { id: 1, at: null },
      { id: null, at: null },
    ]);
    expect(itemsOf(await next(server.url, { cursorParam: (token) => token as Record<string, unknown> }))).toEqual([
      0, 1,
    ]);
    expect(server.seen.map(({ target }) => target)).toEqual(['/items', '/items?id=1']);
  });

  it.each(['null', 'None', 'undefined', 'NULL'])('if the API refuses the token "%s", the error offers endTokens', async (token) => {
    const server = await serve((_seen, response, index) => {
      if (index === 0) json(response, { items: [1], next: token });
      else json(response, { error: 'bad cursor' }, 400);
    });
    const error = await rejection(next(server.url));
    expect(error.name).toBe('HttpError');
    expect(error.message).toContain(`the token is the text "${token}"; if that means the end, set \`endTokens: ['${token}']\``);
    server.seen.length = 0;
  }); // prettier-ignore

  it('so does the error about a page that comes again', async () => {
    const server = await serve((_seen, response) => json(response, { items: [1, 2], next: 'null' }));
    const error = await rejection(next(server.url));
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(error.message).toContain("set `endTokens: ['null']`");
  });

  it('other tokens are none of its business, nor other failures', async () => {
    const refused = await serve((_seen, response, index) => {
      json(response, index === 0 ? { items: [1], next: 'abc' } : {}, index === 0 ? 200 : 400);
    });
    expect((await rejection(next(refused.url))).message).not.toContain('endTokens');
    const busy = await serve((_seen, response, index) => {
      json(response, index === 0 ? { items: [1], next: 'null' } : {}, index === 0 ? 200 : 429);
    });
    expect((await rejection(next(busy.url))).message).not.toContain('endTokens');
  });

  it('S9 tokens over 16 KiB are refused, unless maxTokenLength allows them', async () => {
    const long = 'x'.repeat(20_000);
    const server = await tokens([long, null]);
    const error = await rejection(next(server.url));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('a token of 20000 characters; at most 16384 are sent; if the API has such tokens, set `maxTokenLength`'); // prettier-ignore
    const again = await tokens([long, null]);
    const inHeader = next(again.url, { maxTokenLength: 20_000, place: (request, { cursor }) => ({ ...request, url: `${again.url}?${cursor === undefined ? 'a' : 'b'}` }) }); // prettier-ignore
    expect(itemsOf(await inHeader)).toEqual([0, 1]);
    expect((await rejection(next((await tokens([`${long}y`])).url, { maxTokenLength: 20_000 }))).message).toContain('at most 20000'); // prettier-ignore
  });

  it('stopOnEmptyPage ends a walk whose pages always have a token', async () => {
    const server = await serve((_seen, response, index) => json(response, { items: index < 2 ? [index] : [], next: `t${index}` })); // prettier-ignore
    expect(itemsOf(await next(server.url, { stopOnEmptyPage: true }))).toEqual([0, 1]);
    expect(server.seen).toHaveLength(3);
  });

  it.each([[{ stopOnEmptyPage: 1 as never }, 'stopOnEmptyPage must be true or false'], [{ maxTokenLength: 0 }, 'maxTokenLength must be a whole number']])('refuses %j', (options, message) => {
    expect(thrown(() => cursor({ next: 'next', ...options })).message).toContain(message);
  }); // prettier-ignore
});

describe('keysets', () => {
  interface Row {
    readonly id: number | string;
  }
  const run = (url: string, options: Partial<KeysetOptions<Row>>) =>
    walk({ url }, keyset<Row>({ key: 'id', cursorParam: 'from', ...options }));

  /** Rows 1 to 5, from a number on, two on a page. */
  const from = (row: (id: number) => Row = (id) => ({ id })) =>
    serve(({ url }, response) => {
      const begin = Number(url.searchParams.get('from') ?? 1);
      json(response, [1, 2, 3, 4, 5].filter((id) => id >= begin).slice(0, 2).map(row)); // prettier-ignore
    });

  it('plus: 1 asks for what comes after the last key', async () => {
    const server = await from();
    expect(itemsOf(await run(server.url, { plus: 1 })).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(server.seen.map(({ target }) => target)).toEqual([
      '/items',
      '/items?from=3',
      '/items?from=5',
      '/items?from=6',
    ]);
  });

  it('plus keeps every digit of a key that is text', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, index === 0 ? [{ id: '9007199254740993' }] : []),
    );
    await run(server.url, { plus: 1 });
    expect(server.seen[1]?.url.searchParams.get('from')).toBe('9007199254740994');
  });

  it.each([['abc'], ['1.5'], [1.5], [Number.MAX_SAFE_INTEGER]])('plus and the key %j are an error', async (id) => {
    const server = await serve((_seen, response) => json(response, [{ id }]));
    const error = await rejection(run(server.url, { plus: 1 }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('expected a whole number to add 1 to');
  });

  it('inclusive: the item that has the key is left out, and a page with nothing else is the last', async () => {
    const server = await from();
    const pages = await run(server.url, { inclusive: true });
    expect(itemsOf(pages).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(pages.map(({ items }) => items.length)).toEqual([2, 1, 1, 1, 0]);
  });

  it('P10 an inclusive walk resumes without a repeated item', async () => {
    const server = await from();
    const strategy = keyset<Row>({ key: 'id', cursorParam: 'from', inclusive: true });
    const [first] = await lastValueFrom(paginate({ url: server.url }, strategy, { policy: plain }).pipe(toArray()));
    const rest = await lastValueFrom(paginate({ url: server.url }, strategy, { policy: plain, resumeFrom: first?.resume as never }).pipe(toArray())); // prettier-ignore
    expect(itemsOf(rest).map(({ id }) => id)).toEqual([3, 4, 5]);
  });

  it('inclusive needs pages of two items, also with adaptiveSize: one would be the item that comes again', async () => {
    expect(thrown(() => keyset({ key: 'id', inclusive: true, size: 1 })).message).toContain('size must be at least 2');
    const { resize } = keyset({ key: 'id', inclusive: true, size: 2 });
    expect(resize?.({ size: 2 }, 0.5, 0)).toBeUndefined();
    expect(resize?.({ size: 4 }, 0.5, 0)).toEqual({ size: 2 });
    expect(keyset({ key: 'id', size: 2 }).resize?.({ size: 2 }, 0.5, 0)).toEqual({ size: 1 });
  });

  it('inclusive takes nothing away if the item was deleted meanwhile', async () => {
    const server = await serve((_seen, response, index) => json(response, [[{ id: 1 }, { id: 2 }], [{ id: 3 }, { id: 4 }], [{ id: 4 }]][index])); // prettier-ignore
    expect(itemsOf(await run(server.url, { inclusive: true })).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it('inclusive refuses several items with one key: some may not have arrived', async () => {
    const server = await serve((_seen, response) => json(response, [{ id: 1 }, { id: 1 }]));
    const error = await rejection(run(server.url, { inclusive: true }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('several items have the key 1');
  });

  it.each([[{ plus: -1 }, 'plus must be a whole number'], [{ inclusive: 1 as never }, 'inclusive must be true or false'], [{ plus: 1, inclusive: true }, 'remove `inclusive`']])('refuses %j', (options, message) => {
    expect(thrown(() => keyset({ key: 'id', ...options })).message).toContain(message);
  }); // prettier-ignore
});

describe('omitFirst', () => {
  it.each([
    ['pageNumber', pageNumber<number>({ omitFirst: true, size: 1 }), ['/items?per_page=1', '/items?page=2&per_page=1', '/items?page=3&per_page=1']],
    ['pageNumber from 0', pageNumber<number>({ omitFirst: true, start: 0 }), ['/items', '/items?page=1', '/items?page=2']],
    ['offset', offset<number>({ omitFirst: true }), ['/items', '/items?offset=1', '/items?offset=2']],
  ] as [string, Strategy<number, never>, string[]][])('%s sends no number with the first request', async (_name, strategy, asked) => {
    const server = await serve((_seen, response, index) => json(response, index < 2 ? [index] : []));
    await walk({ url: server.url }, strategy);
    expect(server.seen.map(({ target }) => target)).toEqual(asked);
  }); // prettier-ignore

  it('refuses what is not true or false', () => {
    for (const make of [pageNumber, offset])
      expect(thrown(() => make({ omitFirst: 1 as never })).message).toContain('omitFirst must be true or false');
  });
});
