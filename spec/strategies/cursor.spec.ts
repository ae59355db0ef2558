import { describe, expect, it } from '@jest/globals';
import { parse as parseLossless } from 'lossless-json';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError,
  cursor,
  ExtractError,
  fetchTransport,
  header,
  inBody,
  inForm,
  inHeaders,
  inPath,
  inPlaces,
  inQuery,
  pageNumber,
  paginate,
  PaginationLoopError,
  UnsafeCursorError,
  type CursorOptions,
  type Json,
  type PageRequest,
  type PaginateOptions,
  type Strategy,
} from 'pagewise';
import { json, serve, type Seen } from '../support/server.js';
import { itemsOf, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';

strategyContract('cursor', (options) => cursor<number>({ items: 'items', next: 'meta.next', ...options }), {
  asked: ({ url }) => Number(url.searchParams.get('cursor') ?? 0),
  answer: ({ items, total, next }) => ({ body: { items, total, meta: { next } } }),
  tokens: true,
  emptyPages: true,
});

strategyContract(
  'cursor of several tokens in a body',
  (options) =>
    cursor<number>({ items: 'items', next: { a: 'next.a', b: 'next.b' }, place: inBody('page'), ...options }),
  {
    request: { method: 'POST', body: { page: { size: 3 } } },
    asked: ({ body }) => (JSON.parse(body) as { page: { b?: number } }).page.b ?? 0,
    answer: ({ items, total, next }) => ({ body: { items, total, next: next && { a: 'A', b: next } } }),
    tokens: true,
    emptyPages: true,
  },
);

strategyContract(
  'cursor in headers with has-more',
  (options) =>
    cursor<number>({
      items: 'items',
      next: header('X-Next'),
      cursorParam: 'X-Cursor',
      hasMore: 'more',
      place: inHeaders(),
      ...options,
    }),
  {
    request: { headers: { 'x-cursor': '0' } },
    asked: ({ headers }) => Number(headers['x-cursor']),
    answer: ({ items, total, next = 77 }) => ({
      body: { items, total, more: next !== 77 },
      headers: { 'x-next': `${next}` },
    }),
    tokens: true,
    emptyPages: true,
  },
);

/** Whatever can go wrong between an answer and the request after it. */
const nasty = 'a+b/c==&x=1%20 #é\n"😀\\\u2028';

/** A server that gives these answers, one after the other; the last one announces no next page. */
const answers = (...bodies: (object | string)[]) =>
  serve((_seen, response, index) => {
    const body = bodies[index] ?? { items: [] };
    if (typeof body === 'string') response.end(body);
    else json(response, { items: [index], ...body });
  });

const run = async (
  request: PageRequest,
  options: Partial<CursorOptions<unknown>> = {},
  behaviour: PaginateOptions = {},
) => {
  const strategy = cursor({ items: 'items', next: 'next', ...options });
  const pages = await lastValueFrom(paginate(request, strategy, behaviour).pipe(toArray()));
  expect(pages.at(-1)?.next).toBeUndefined();
  return pages;
};
const targets = (seen: readonly Seen[]) => seen.map(({ target }) => target);

describe('cursor', () => {
  it('sends the token from the page before, and the size', async () => {
    const server = await answers({ next: 'B' }, { next: 'C' }, {});
    await run({ url: `${server.url}?q=dog` }, { size: 50 });
    expect(targets(server.seen)).toEqual([
      '/items?q=dog&limit=50',
      '/items?q=dog&limit=50&cursor=B',
      '/items?q=dog&limit=50&cursor=C',
    ]);
  });

  it.each([[{}], [{ next: null }], [{ next: '' }], [{ next: false }]])('P1 %j is the end', async (last) => {
    const server = await answers({ next: 'B' }, last);
    expect(await run({ url: server.url })).toHaveLength(2);
    expect(server.seen).toHaveLength(2);
  });

  it.each([[0], ['0'], ['false'], ['null'], [' '], [-1], [1.5]])('P1 %j is a token', async (token) => {
    const server = await answers({ next: token }, {});
    expect(await run({ url: server.url })).toHaveLength(2);
    expect(server.seen[1]?.url.searchParams.get('cursor')).toBe(String(token));
  });

  it.each<[Json[], Json]>([
    [['0'], '0'],
    [[0], 0],
    [['nil', -1], -1],
    [[{ id: null }], { id: null }],
    [[{}], {}],
    [[[]], []],
  ])('P1 endTokens %j end it at %j', async (endTokens, last) => {
    const server = await answers({ next: 'B' }, { next: last });
    expect(await run({ url: server.url }, { endTokens })).toHaveLength(2);
  });

  it('P1 an end token is compared strictly: 0 is not "0"', async () => {
    const server = await answers({ next: 0 }, { next: '0' });
    expect(await run({ url: server.url }, { endTokens: ['0'] })).toHaveLength(2);
    expect(server.seen[1]?.url.search).toBe('?cursor=0');
  });

  it.each<[unknown]>([
    [true],
    [{ a: () => 1 }],
    [Symbol('x')],
    [NaN],
    [new Date(0)],
    [new URL('http://host/?5')],
    [Object.create({ token: 5 })],
    [{ nested: [new Map()] }],
  ])('P1 %p is neither a token nor the end', async (token) => {
    const server = await answers({}, {});
    const error = await rejection(run({ url: server.url }, { next: () => token }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('next at a function: expected a token, found');
    expect(server.seen).toHaveLength(1);
  });

  it.each([[{}], [[]]])('P1 %j is an error: sent, it would request the first page again', async (next) => {
    const server = await answers({ next: 'B' }, { next });
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(
      `next at next: expected a token, found an ${Array.isArray(next) ? 'array of 0' : 'empty object'}; if that is the end, list it in \`endTokens\``,
    );
    expect(server.seen).toHaveLength(2);
  });

  it('P1 for a Date the error says what to give instead', async () => {
    const server = await answers({});
    const error = await rejection(run({ url: server.url }, { next: () => new Date(0) }));
    expect(error.message).toContain('found a Date; return the text that the API takes');
  });

  it.each<[unknown, Json]>([
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      { a: 1, b: undefined, c: { d: undefined } },
      { a: 1, c: {} },
    ],
    [
      ['a', true, null, { b: false }],
      ['a', true, null, { b: false }],
    ],
  ])('P1 %p is a token, and a position holds it as JSON', async (found, token) => {
    const server = await answers({}, {});
    const next = (body: unknown) => ((body as { items: number[] }).items[0] === 0 ? found : null);
    const pages = await run({ url: server.url, method: 'POST' }, { next, place: inBody() });
    expect(pages[0]?.next).toStrictEqual({ cursor: token });
  });

  it('P3 has-more false ends it even if there is a token', async () => {
    const server = await answers({ next: 'B', more: true }, { next: 'C', more: 'false' });
    expect(await run({ url: server.url }, { hasMore: 'more' })).toHaveLength(2);
  });

  it('P3 has-more true without a token is an error, never the end', async () => {
    const server = await answers({ next: 'B', more: true }, { next: null, more: true });
    const error = await rejection(run({ url: server.url }, { hasMore: 'more' }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(
      'next at next: has-more says that there is another page, but there is no token to request it with',
    );
    expect(error).toMatchObject({ pageIndex: 1 });
  });

  it('P3 has-more true without a token says so if next is a function, or several', async () => {
    for (const next of [() => null, { a: 'next' }]) {
      const server = await answers({ more: true });
      const error = await rejection(run({ url: server.url }, { hasMore: 'more', next }));
      expect(error).toBeInstanceOf(ExtractError);
      expect(error.message).toContain('next at its location: has-more says');
    }
  });

  it('differs from a strategy that requests other pages', () => {
    const identity = (options: Partial<CursorOptions<unknown>>) => cursor({ next: 'next', ...options }).identity;
    expect(identity({})).toEqual({ cursorParam: 'cursor', sizeParam: 'limit' });
    expect(identity({ cursorParam: 'c', sizeParam: 'n' })).toEqual({ cursorParam: 'c', sizeParam: 'n' });
    expect(identity({ cursorParam: (token) => ({ token }) })).toMatchObject({ cursorParam: 'a function' });
    expect(identity({ next: { a: 'x', b: 'y' } })).toMatchObject({ cursorParam: ['a', 'b'] });
  });

  it.each([[2], ['yes'], [null], [undefined]])('P4 has-more %j is an ExtractError', async (more) => {
    const server = await answers({ next: 'B', more });
    const error = await rejection(run({ url: server.url }, { hasMore: '/more' }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(`hasMore at /more: expected true or false, found ${JSON.stringify(more)}`);
  });

  it('an answer of 204 is the last page', async () => {
    const server = await serve((_seen, response, index) => {
      if (index === 0) json(response, { items: [1], next: 'B', more: true });
      else response.writeHead(204).end();
    });
    const pages = await run({ url: server.url }, { hasMore: 'more', total: 'total' });
    expect(itemsOf(pages)).toEqual([1]);
    expect(pages).toHaveLength(2);
  });

  it('P4 a named total may be absent; anything but a number is an error', async () => {
    for (const total of [undefined, null]) {
      const server = await answers({ total });
      expect((await run({ url: server.url }, { total: 'total' }))[0]?.total).toBeUndefined();
    }
    const server = await answers({ total: 'many' });
    const error = await rejection(run({ url: server.url }, { total: 'total' }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('total at total: expected a whole number, found "many"');
  });

  it('P4 a 204 has no total, whatever its headers say', async () => {
    const server = await serve((_seen, response) => void response.writeHead(204, { 'x-total': '5' }).end());
    expect((await run({ url: server.url }, { total: header('X-Total') }))[0]?.total).toBeUndefined();
  });

  describe('P6 a cursor arrives unchanged', () => {
    const post = { method: 'POST', headers: { 'x-keep': '1' } };
    it.each<[string, Partial<CursorOptions<unknown>>, Omit<PageRequest, 'url'>, (seen: Seen) => unknown]>([
      ['query', {}, {}, ({ url }) => url.searchParams.get('cursor')],
      [
        'JSON body',
        { place: inBody('page') },
        { ...post, body: { q: 1 } },
        ({ body }) => (JSON.parse(body) as { page: { cursor: string } }).page.cursor,
      ],
      ['form', { place: inForm() }, { ...post, body: 'q=1' }, ({ body }) => new URLSearchParams(body).get('cursor')],
      ['path', { place: inPath() }, {}, ({ url }) => decodeURIComponent(url.pathname.slice('/items/'.length))],
    ])('in a %s', async (name, options, request, arrived) => {
      const server = await answers({ next: nasty }, {});
      await run({ ...request, url: name === 'path' ? `${server.url}{/cursor}` : server.url }, options);
      expect(arrived(server.seen[1]!)).toBe(nasty);
    });

    it('in a header, if headers can carry it', async () => {
      const server = await answers({ next: 'a+b/c==&x=1%20 #é"' }, {});
      await run({ url: server.url }, { place: inHeaders(), cursorParam: 'x-cursor' });
      expect(server.seen[1]?.headers['x-cursor']).toBe('a+b/c==&x=1%20 #é"');
    });

    it('from a resume token too', async () => {
      const server = await answers({ next: nasty }, {});
      const [page] = await lastValueFrom(
        paginate({ url: server.url }, cursor({ items: 'items', next: 'next' }), { until: () => true }).pipe(toArray()),
      );
      await run({ url: server.url }, {}, { resumeFrom: JSON.stringify(page?.resume) });
      expect(server.seen[1]?.url.searchParams.get('cursor')).toBe(nasty);
    });
  });

  describe('P6 numeric cursors', () => {
    const lossless = fetchTransport({ parseJson: (text) => parseLossless(text) });
    const withBigInt = fetchTransport({
      parseJson: (text) =>
        parseLossless(text, null, { parseNumber: (digits) => (digits.length > 15 ? BigInt(digits) : Number(digits)) }),
    });
    const keepingDigits = [
      ['lossless-json', lossless],
      ['bigint', withBigInt],
    ] as const;
    const big = '{"items":[7],"total":9007199254740993,"meta":{"next":9007199254740993}}';

    it.each([
      big,
      big.replaceAll('9007199254740993', '-9007199254740993'),
      big.replaceAll('9007199254740993', '1e999'),
    ])('beyond 2⁵³ are an UnsafeCursorError that points to parseJson: %s', async (text) => {
      const server = await answers(text);
      const error = await rejection(run({ url: server.url }, { next: 'meta.next' }));
      expect(error).toBeInstanceOf(UnsafeCursorError);
      expect(error.message).toContain('the cursor at meta.next is the number');
      expect(error.message).toContain('fetchTransport({ parseJson: parseExactJson })');
      expect(server.seen).toHaveLength(1);
    });

    it.each(['9007199254740991', '-9007199254740991', '"9007199254740993"'])(
      'up to 2⁵³ and as text they are fine: %s',
      async (next) => {
        const server = await answers(`{"items":[7],"next":${next}}`, {});
        await run({ url: server.url });
        expect(server.seen[1]?.url.search).toBe(`?cursor=${next.replaceAll('"', '')}`);
      },
    );

    it('also within an object or a list', async () => {
      for (const next of ['{"a":{"n":9007199254740993}}', '[1,9007199254740993]']) {
        const server = await answers(`{"items":[],"next":${next}}`);
        expect(await rejection(run({ url: server.url }))).toBeInstanceOf(UnsafeCursorError);
      }
    });

    it.each(keepingDigits)('keep their digits with %s', async (_name, transport) => {
      const server = await answers(big, {});
      const pages = await run({ url: server.url }, { next: 'meta.next' }, { transport });
      expect(server.seen[1]?.url.search).toBe('?cursor=9007199254740993');
      expect(pages[0]?.next).toEqual({ cursor: '9007199254740993' });
    });

    it.each(keepingDigits)('P4 with %s a total is still a number', async (_name, transport) => {
      const server = await serve((_seen, response) => json(response, { items: [1], total: 1 }));
      const strategy = pageNumber({ items: 'items', total: 'total' });
      const pages = await lastValueFrom(paginate({ url: server.url }, strategy, { transport }).pipe(toArray()));
      expect(pages.map(({ total }) => total)).toEqual([1]);
    });

    it.each(keepingDigits)('P11 with %s the same page is still detected', async (_name, transport) => {
      const items = '[{"id":9007199254740993,"at":1.5}]';
      const server = await answers(`{"items":${items},"next":1}`, `{"items":${items},"next":2}`);
      const error = await rejection(run({ url: server.url }, {}, { transport }));
      expect(error).toBeInstanceOf(PaginationLoopError);
      const other = await answers(`{"items":${items},"next":1}`, `{"items":${items.replace('993', '994')}}`);
      expect(await run({ url: other.url }, {}, { transport })).toHaveLength(2);
    });
  });

  it('S9 a token over 16 KiB is an error', async () => {
    for (const next of ['x'.repeat(16 * 1024 + 1), { key: 'x'.repeat(16 * 1024) }]) {
      const server = await answers({ next });
      const error = await rejection(run({ url: server.url }));
      expect(error).toBeInstanceOf(ExtractError);
      expect(error.message).toContain('at most 16384 are sent');
      expect(error.message).not.toContain('xxx');
      expect(server.seen).toHaveLength(1);
    }
    const body = await answers({ next: 'x'.repeat(16 * 1024) }, {});
    expect(await run({ url: body.url, method: 'POST' }, { place: inBody() })).toHaveLength(2);
  });

  it('a token that is an object goes into a body unchanged (DynamoDB)', async () => {
    const key = { id: { S: 'a' }, n: { N: '1' }, ok: { BOOL: true }, none: { NULL: null } };
    const server = await answers({ LastEvaluatedKey: key }, {});
    const options = { next: 'LastEvaluatedKey', cursorParam: 'ExclusiveStartKey', place: inBody() };
    await run({ url: server.url, method: 'POST', body: { Table: 't' } }, options);
    expect(JSON.parse(server.seen[1]!.body)).toEqual({ Table: 't', ExclusiveStartKey: key });
  });

  it('an object cannot be written into a query, and the error says so', async () => {
    const server = await answers({ next: { a: 1 } });
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(
      'inQuery: parameter cursor is an object with a; this placement takes text and numbers',
    );
    const asJson = await answers({ next: { a: 1 } }, {});
    await run({ url: asJson.url }, { place: inQuery({ arrays: 'json' }) });
    expect(asJson.seen[1]?.url.searchParams.get('cursor')).toBe('{"a":1}');
  });

  it('several tokens become the parameters of their names; it ends when all of them are absent', async () => {
    const server = await answers({ key: 'k 1', marker: 2 }, { key: 'k 2', marker: null }, { key: '', marker: false });
    await run({ url: server.url }, { next: { KeyMarker: 'key', 'X-Marker': '/marker' } });
    expect(targets(server.seen)).toEqual(['/items', '/items?KeyMarker=k%201&X-Marker=2', '/items?KeyMarker=k%202']);
  });

  it('a function makes several parameters of one token', async () => {
    const server = await answers({ next: 'a:1' }, {});
    const cursorParam = (token: Json) => {
      const [after, n] = (token as string).split(':');
      return { after, n };
    };
    await run({ url: server.url }, { cursorParam });
    expect(server.seen[1]?.url.search).toBe('?after=a&n=1');
  });

  it('firstCursor starts it, and parameters that a later page does not need are dropped', async () => {
    const server = await answers({ next: 'B' }, {});
    await run({ url: `${server.url}?query=x&sort=y` }, { firstCursor: '*', dropParams: ['query', 'sort'] });
    expect(targets(server.seen)).toEqual(['/items?query=x&sort=y&cursor=*', '/items?cursor=B']);
  });

  it('a cursor in a header, a size in the query', async () => {
    const server = await answers({ next: 'B' }, {});
    await run({ url: server.url }, { size: 5, cursorParam: 'x-cursor', place: inPlaces({ 'x-cursor': inHeaders() }) });
    expect(server.seen.map(({ target, headers }) => [target, headers['x-cursor']])).toEqual([
      ['/items?limit=5', undefined],
      ['/items?limit=5', 'B'],
    ]);
  });

  it.each<[Partial<CursorOptions<unknown>>, string]>([
    [{ next: undefined as never }, "next must be a path, a function, header('…'), or an object of them"],
    [{ next: null as never }, 'next must be a path, a function'],
    [{ next: {} }, 'next must be a path, a function'],
    [{ next: ['a'] as never }, "next must be a path, a function, header('…'), or an object of them by parameter"],
    [{ next: { a: 5 as never } }, 'next.a must be a path'],
    [{ next: '__proto__.x' }, 'next "__proto__.x" leads to a prototype'],
    [{ next: { a: 'a' }, cursorParam: 'x' }, 'next already names the parameters; remove `cursorParam`'],
    [{ cursorParam: 'limit' }, 'cursorParam and sizeParam are both "limit"'],
    [{ sizeParam: 'cursor' }, 'cursorParam and sizeParam are both "cursor"'],
    [{ cursorParam: '' }, 'cursorParam must be a non-empty string, not ""'],
    [{ endTokens: '0' as never }, 'endTokens must be an array of tokens'],
    [{ dropParams: 'q' as never }, 'dropParams must be an array of names, not "q"'],
    [{ dropParams: [1 as never] }, 'dropParams must be a non-empty string, not 1'],
    [{ size: 51, maxSize: 50 }, "size 51 is above the API's maximum of 50"],
    [{ hasMore: 5 as never }, 'hasMore must be a path'],
    [{ nextToken: 'x' } as never, 'unknown option "nextToken"'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => cursor({ next: 'next', ...options }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`cursor: ${message}`);
  });
});

describe('an end that may not be the real end', () => {
  const notices = async (strategy: ReturnType<typeof cursor<number>>, body: object, headers = {}) => {
    const server = await serve((_seen, response) => json(response, body, 200, headers));
    const told: string[] = [];
    const events = {
      next: (event: { type: string; message?: string }) =>
        void (event.type === 'notice' && told.push(event.message ?? '')),
    };
    await lastValueFrom(paginate({ url: server.url }, strategy, { events }));
    return told;
  };

  it('a first page that ends the walk because next is missing is reported, with what looks like a token', async () => {
    const body = { items: [1], paging: { cursors: { after: '10' } } };
    expect(await notices(cursor<number>({ items: 'items', next: 'paging.follow' }), body)).toEqual([
      "The walk ended at its first page: there is nothing at paging.follow, but something like a token at 'paging.cursors.after'. If there are more pages, check the value of next.",
    ]);
    expect(await notices(cursor<number>({ items: 'items', next: header('X-Nxt') }), { items: [1] })).toEqual([
      'The walk ended at its first page: there is nothing at header X-Nxt. If there are more pages, check the value of next.',
    ]);
  });

  it.each([
    ['an explicit null', { items: 'items', next: 'next' }, { items: [1], next: null }],
    ['an empty list', { items: 'items', next: 'nxt' }, { items: [] }],
    ['has-more that decides', { items: 'items', next: 'nxt', hasMore: 'more' }, { items: [1], more: false }],
    ['a function', { items: 'items', next: () => undefined }, { items: [1] }],
  ])('%s is certainly the end', async (_name, options, body) => {
    expect(await notices(cursor<number>(options as CursorOptions<number>), body)).toEqual([]);
  });

  const others = (body: object, next: CursorOptions<number>['next'] = 'nxt', header: string | null = null) => {
    const response = { status: 200, url: '', headers: { get: () => header }, body };
    const answer = { index: 0, position: {}, itemsBefore: 0, items: [1], body, response };
    return cursor<number>({ next })
      .doubt?.(answer)
      ?.replace('there is nothing at nxt', 'nothing')
      .replace('. If there are more pages, check the value of next', '');
  };
  const filled = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));

  it.each<[object, string]>([
    [{ next: 'x' }, 'nothing, but something like a token at \'next\''],
    [{ Cursor: 5 }, "nothing, but something like a token at 'Cursor'"],
    [{ a: { pageToken: 0 } }, "nothing, but something like a token at 'a.pageToken'"],
    [{ startAfter: ' ' }, "nothing, but something like a token at 'startAfter'"],
    [{ 'x.continue': 'x' }, "nothing, but something like a token at 'x.continue'"],
    [{ marker: 'x', bookmark: 'y' }, "nothing, but something like a token at 'marker', 'bookmark'"],
    [{ cursors: { a: 'x', 'b/c': 'y' } }, "nothing, but something like a token at 'cursors.a', '/cursors/b~1c'"],
    [{ next_1: 1, n: { next_2: 2, next_3: 3 }, next_4: 4 }, "nothing, but something like a token at 'next_1', 'n.next_2', 'n.next_3'"],
    [{ a: { b: { c: { next: 'x' } } } }, "nothing, but something like a token at 'a.b.c.next'"],
    [{ a: { b: { c: { d: { next: 'x' } } } } }, "nothing, but something like a token at 'a.b.c.d.next'"],
    [{ a: { b: { c: { d: { e: { next: 'x' } } } } } }, 'nothing'],
    [{ ...filled(99), next: 'x' }, "nothing, but something like a token at 'next'"],
    [{ ...filled(100), next: 'x' }, 'nothing'],
    [{ next: '', token: null, after: true, cursor: {}, marker: ['x'], list: [{ next: 'x' }], text: 'next', none: null }, 'nothing'],
    [{ nex: { t: 'x' } }, 'nothing'],
    [[{ next: 'x' }], 'nothing'],
  ])('of %j is reported: %s', (body, told) => {
    expect(others(body)).toBe(told);
  }); // prettier-ignore

  it('an absent header is reported, an empty one is certainly the end', () => {
    expect(others({}, header('X-Next'))).toBe('there is nothing at header X-Next');
    expect(others({}, header('X-Next'), '')).toBeUndefined();
  });

  it("onSameToken: 'stop' ends when the token just sent comes again; without it, only an empty page ends there", async () => {
    let last: number[] = [3];
    const answer = ({ url }: Seen) => {
      const mark = url.searchParams.get('cursorMark') ?? '*';
      const more = true;
      return {
        '*': { docs: [1], next: 'a', more },
        a: { docs: [2], next: 'b', more },
        b: { docs: last, next: 'b', more },
      }[mark];
    };
    const server = await serve((seen, response) => json(response, answer(seen)));
    const solr = (options: Partial<CursorOptions<number>>) =>
      lastValueFrom(
        paginate(
          { url: server.url },
          cursor<number>({ items: 'docs', next: 'next', cursorParam: 'cursorMark', firstCursor: '*', ...options }),
        ).pipe(toArray()),
      );
    expect(itemsOf(await solr({ onSameToken: 'stop' }))).toEqual([1, 2, 3]);
    const error = await rejection(solr({}));
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(error.message).toContain("onSameToken: 'stop'");
    last = [];
    expect(itemsOf(await solr({}))).toEqual([1, 2]);
    expect(await rejection(solr({ hasMore: 'more' }))).toBeInstanceOf(PaginationLoopError);
    expect(await rejection(solr({ total: () => 3 }))).toBeInstanceOf(PaginationLoopError);
    expect(itemsOf(await solr({ total: () => 2 }))).toEqual([1, 2]);
    expect(thrown(() => cursor({ next: 'a', onSameToken: 'end' as 'stop' })).message).toContain(
      "onSameToken must be 'error', 'stop' or 'continue'",
    );
  });

  it("onRepeat: 'allow' lets a scroll repeat its request: the server keeps the position", async () => {
    let asked = 0;
    const server = await serve((_seen, response) => json(response, { hits: asked++ < 3 ? [asked] : [] }));
    const scroll: Strategy<number, { page: number }> = {
      name: 'scroll',
      onRepeat: 'allow',
      first: { page: 0 },
      place: (request) => request,
      items: (body) => (body as { hits: number[] }).hits,
      next: ({ position, items }) => (items.length === 0 ? undefined : { page: position.page + 1 }),
    };
    expect(itemsOf(await lastValueFrom(paginate({ url: server.url }, scroll).pipe(toArray())))).toEqual([1, 2, 3]);
  });
});
