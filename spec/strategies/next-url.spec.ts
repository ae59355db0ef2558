import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError,
  CrossOriginError,
  ExtractError,
  header,
  inBody,
  inForm,
  nextUrl,
  paginate,
  PaginationLoopError,
  type NextUrlOptions,
  type PageRequest,
  type PaginateOptions,
} from 'pagewise';
import { json, serve, type Seen } from '../support/server.js';
import { plain, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';
import { ways } from './other-origins.js';

strategyContract('nextUrl', (options) => nextUrl<number>({ items: 'items', next: 'next', ...options }), {
  asked: ({ url }) => Number(url.searchParams.get('p') ?? 0),
  answer: ({ items, total, next, origin }) => ({ body: { items, total, next: next && `${origin}/items?p=${next}` } }),
  tokens: true,
  emptyPages: true,
});

strategyContract(
  'nextUrl with relative links and has-more',
  (options) => nextUrl<number>({ items: 'items', next: '_links.next', hasMore: 'more', size: 3, ...options }),
  {
    asked: ({ url }) => Number(url.searchParams.get('p') ?? 0),
    answer: ({ items, total, next }) => ({
      body: { items, total, more: next !== undefined, _links: { next: { href: `?p=${next ?? 'last'}` } } },
    }),
    tokens: true,
    emptyPages: true,
  },
);

/** A server that gives these next URLs, one after the other; the last page has none. */
const answers = (...nexts: unknown[]) =>
  serve((_seen, response, index) => json(response, { items: [index], next: nexts[index] }));

const run = async (
  request: PageRequest,
  options: Partial<NextUrlOptions<unknown>> = {},
  behaviour: PaginateOptions = {},
) => {
  const strategy = nextUrl({ items: 'items', next: 'next', ...options });
  const pages = await lastValueFrom(paginate(request, strategy, { policy: plain, ...behaviour }).pipe(toArray()));
  expect(pages.at(-1)?.next).toBeUndefined();
  return pages;
};
const targets = (seen: readonly Seen[]) => seen.map(({ target }) => target);

describe('nextUrl', () => {
  it.each([
    '/items?cursor=a%2Bb%2Fc%3D%3D&x=1%2520&e=%C3%A9%0A',
    '/items?sig=AbC%2f%2F+~!*()_-.&X-Amz-Date=20200101T000000Z&X-Amz-Signature=ff',
    '/items?a=1&a=2&a=&&b&limit=5&per_page=7',
    '/items?$skiptoken=X%2744%27&$top=5&page[size]=2',
    '/a%2Fb/c%20d;v=1/%7Bid%7D?p=2',
    '/items?bad=%zz&half=%e2%82',
  ])('P7 %s is used verbatim, and nothing is added', async (path) => {
    const server = await serve((seen, response, index) =>
      json(response, { items: [index], next: index === 0 ? `http://${seen.headers.host}${path}` : null }),
    );
    await run({ url: `${server.url}?q=dog` }, { size: 50, sizeParam: 'limit' });
    expect(targets(server.seen)).toEqual(['/items?q=dog&limit=50', path]);
  });

  it.each([
    ['?page=2', '/v2/items?page=2'],
    ['/other?page=2', '/other?page=2'],
    ['next/2', '/v2/next/2'],
    ['./2', '/v2/2'],
    ['../v3/items', '/v3/items'],
    ['?c=a%2Bb+c%20d', '/v2/items?c=a%2Bb+c%20d'],
    ['?page=2#', '/v2/items?page=2'],
    ['?to=https://other/', '/v2/items?to=https://other/'],
  ])('P7 %s is resolved against the URL that answered', async (next, target) => {
    const server = await serve((seen, response) => {
      if (seen.target === '/items') response.writeHead(307, { location: '/v2/items?x=1' }).end();
      else json(response, { items: [seen.target], next: seen.target === '/v2/items?x=1' ? next : undefined });
    });
    await run({ url: server.url });
    expect(targets(server.seen)).toEqual(['/items', '/v2/items?x=1', target]);
  });

  it('P7 a scheme-relative URL of the same host is valid', async () => {
    const server = await serve((seen, response, index) =>
      json(response, { items: [index], next: index === 0 ? `//${seen.headers.host}/items?p=1` : null }),
    );
    expect(await run({ url: server.url })).toHaveLength(2);
  });

  it('P7 a URL that cannot be resolved is refused before it is sent', async () => {
    const server = await answers('//[');
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(CrossOriginError);
    expect(error).toMatchObject({ to: 'an invalid URL' });
    expect(server.seen).toHaveLength(1);
  });

  it('without a size the first request is the template itself, whatever the placement', () => {
    const request = Object.freeze({ url: 'http://host/' });
    expect(nextUrl({ next: 'next', place: inForm() }).place(request, {})).toBe(request);
  });

  it('keeps method, headers and body', async () => {
    const server = await answers('?p=1');
    await run(
      { url: server.url, method: 'POST', headers: { 'x-key': 'k' }, body: { q: 1 } },
      {
        size: 5,
        sizeParam: 'size',
        place: inBody(),
      },
    );
    expect(server.seen.map(({ method, headers, body }) => [method, headers['x-key'], body])).toEqual([
      ['POST', 'k', '{"q":1,"size":5}'],
      ['POST', 'k', '{"q":1}'],
    ]);
  });

  it.each([[undefined], [null], [''], [false], [{ href: null }], [{ href: '' }]])('P1 %j is the end', async (next) => {
    const server = await answers('?p=1', next);
    expect(await run({ url: server.url })).toHaveLength(2);
    expect(server.seen).toHaveLength(2);
  });

  it.each([[0], [true], [5], [['?p=1']], [{ url: '?p=1' }], [{ href: 5 }]])(
    '%j is neither a URL nor the end',
    async (next) => {
      const server = await answers(next);
      const error = await rejection(run({ url: server.url }));
      expect(error).toBeInstanceOf(ExtractError);
      expect(error.message).toContain('next at next: expected a URL, found');
    },
  );

  it('reads a header, a function, an OData name and a HAL link', async () => {
    const sources: [Partial<NextUrlOptions<unknown>>, object, Record<string, string>][] = [
      [{ next: header('X-Next') }, {}, { 'x-next': '?p=1' }],
      [{ next: (body: unknown) => (body as { n: number }).n && '?p=1' }, { n: 1 }, {}],
      [{ next: '@odata.nextLink' }, { '@odata.nextLink': '?p=1' }, {}],
      [{ next: '_links.next' }, { _links: { next: { href: '?p=1' } } }, {}],
      [{ next: '/links/1/url' }, { links: [{}, { url: '?p=1' }] }, {}],
    ];
    for (const [options, body, headers] of sources) {
      const server = await serve((_seen, response, index) =>
        json(response, { items: [index], ...(index === 0 ? body : {}) }, 200, index === 0 ? headers : {}),
      );
      expect(await run({ url: server.url }, options)).toHaveLength(2);
      expect(targets(server.seen)).toEqual(['/items', '/items?p=1']);
    }
  });

  it('T9 a 204 is the last page, even if has-more is named', async () => {
    const server = await serve((_seen, response, index) => {
      if (index === 0) json(response, { items: [1], next: '?p=1', more: true });
      else response.writeHead(204).end();
    });
    expect(await run({ url: server.url }, { hasMore: 'more' })).toHaveLength(2);
  });

  it('a first page that ends the walk because next is missing is reported, unless has-more decides', () => {
    const body = { items: [1], more: false, links: { next: '?p=1' } };
    const response = { status: 200, url: 'http://host/', headers: { get: () => null }, body };
    const answer = { index: 0, position: {}, itemsBefore: 0, items: [1], body, response };
    expect(nextUrl({ next: 'next' }).doubt?.(answer)).toBe(
      "there is nothing at next, but something like a token at 'links.next'. If there are more pages, check the value of next",
    );
    expect(nextUrl({ next: 'next', hasMore: 'more' }).doubt).toBeUndefined();
  });

  it('differs from a strategy that reads the URL elsewhere', () => {
    expect(nextUrl({ next: 'links.next' }).identity).toEqual({ next: 'links.next' });
    expect(nextUrl({ next: header('X-Next') }).identity).toEqual({ next: 'header X-Next' });
  });

  it('P3 has-more false ends it even if there is a URL; true without one is an error', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, { items: [index], next: `?p=${index + 1}`, more: index === 0 }),
    );
    expect(await run({ url: server.url }, { hasMore: 'more' })).toHaveLength(2);
    const lying = await serve((_seen, response) => json(response, { items: [1], more: 'true' }));
    const error = await rejection(run({ url: lying.url }, { hasMore: 'more' }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(
      'next at next: has-more says that there is another page, but there is no URL; check next',
    );
    const wrong = await rejection(run({ url: lying.url }, { hasMore: 'meta.more' }));
    expect(wrong.message).toContain('hasMore at meta.more: expected true or false, found undefined');
  });

  it('E9 a next URL that is the page itself is an error before it is sent again', async () => {
    for (const self of [(url: string) => url, () => '?', () => '/items']) {
      const server = await serve((seen, response) =>
        json(response, { items: [1], next: self(`http://${seen.headers.host}/items`) }),
      );
      const error = await rejection(run({ url: server.url }, { onRepeat: 'allow' }));
      expect(error).toBeInstanceOf(PaginationLoopError);
      expect(server.seen.length).toBeLessThanOrEqual(2);
    }
  });

  const names = ways('http://evil', 'http://own').map(([name]) => name);
  it.each(names)('S1 S3 S4 %s is refused before anything is sent', async (name) => {
    const evil = await serve((_seen, response) => json(response, { items: ['stolen'] }));
    const server = await serve((_seen, response, index) => {
      const url = new Map(ways(evil.origin, server.origin)).get(name);
      json(response, { items: [index], next: index === 0 ? url : undefined });
    });
    const error = await rejection(run({ url: server.url, headers: { authorization: 'Bearer secret' } }));
    expect(error).toBeInstanceOf(CrossOriginError);
    expect(error.message).not.toContain('secret');
    expect(evil.seen).toHaveLength(0);
    expect(evil.sockets.size).toBe(0);
    expect(server.seen).toHaveLength(1);
  });

  it("S3 userinfo at the template's own origin is refused", async () => {
    const server = await serve((seen, response) =>
      json(response, { items: [1], next: `http://user:pw@${seen.headers.host}/items?p=1` }),
    );
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('holds a user name or password');
    expect(error.message).not.toContain('pw');
    expect(server.seen).toHaveLength(1);
  });

  it('S1 is compared with the template, not with the last page; an explicit default port is the same origin', async () => {
    const asked: (string | undefined)[] = [];
    const nexts = ['http://api.test:80/items?p=1', 'HTTP://API.TEST/items?p=2', undefined];
    await run(
      { url: 'http://api.test/items' },
      {},
      {
        transport: ({ url }) => {
          asked.push(url);
          const body = { items: [asked.length], next: nexts[asked.length - 1] };
          return [{ status: 200, url: url ?? '', headers: { get: () => null }, body }];
        },
      },
    );
    expect(asked).toEqual(['http://api.test/items', ...nexts.slice(0, 2)]);
  });

  it('S2 an allowed origin gets neither headers nor body', async () => {
    const cdn = await answers(undefined);
    const server = await answers(`${cdn.url}?p=1`);
    const request = {
      url: server.url,
      method: 'POST',
      headers: { authorization: 'Bearer secret', accept: 'application/x+json' },
      body: { q: 'private' },
    };
    expect(await run(request, { onRepeat: 'allow' }, { allowOrigins: [cdn.origin] })).toHaveLength(2);
    expect(cdn.seen[0]).toMatchObject({ target: '/items?p=1', body: '' });
    expect(cdn.seen[0]?.headers.authorization).toBeUndefined();
    expect(cdn.seen[0]?.headers.accept).toBe('application/x+json');
  });

  it('S9 a URL over 64 KiB is an error', async () => {
    const server = await answers(`?p=${'x'.repeat(64 * 1024)}`);
    const error = await rejection(run({ url: server.url }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('next at next: a URL of 65539 characters; at most 65536 are sent');
    expect(server.seen).toHaveLength(1);
    const longest = `http://host/${'x'.repeat(64 * 1024 - 12)}`;
    const response = { status: 200, url: server.url, headers: { get: () => null }, body: { next: longest } };
    const answer = { index: 0, position: {}, itemsBefore: 0, items: [], body: response.body, response };
    expect(nextUrl({ next: 'next' }).next(answer)).toEqual({ url: longest });
  });

  it('P10 a stored URL of another origin is refused as well', async () => {
    const evil = await answers(undefined);
    const server = await answers('?p=1');
    const [page] = await lastValueFrom(
      paginate({ url: server.url }, nextUrl({ items: 'items', next: 'next' }), { until: () => true }).pipe(toArray()),
    );
    const resumeFrom = { ...page!.resume, position: { url: evil.url } };
    expect(await rejection(run({ url: server.url }, {}, { resumeFrom }))).toBeInstanceOf(CrossOriginError);
    expect(evil.seen).toHaveLength(0);
  });

  it.each<[Partial<NextUrlOptions<unknown>>, string]>([
    [{ next: undefined as never }, "next must be a path, a function or header('…'), not undefined"],
    [{ next: { a: 'b' } as never }, 'next must be a path'],
    [{ next: 'a..b' }, 'next "a..b" has an empty segment'],
    [{ next: 'constructor.prototype' }, 'next "constructor.prototype" leads to a prototype'],
    [{ hasMore: 5 as never }, 'hasMore must be a path'],
    [{ size: 101, maxSize: 100 }, "size 101 is above the API's maximum of 100"],
    [{ sizeParam: '' }, 'sizeParam must be a non-empty string, not ""'],
    [{ cursorParam: 'c' } as never, 'unknown option "cursorParam"'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => nextUrl({ next: 'next', ...options }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`nextUrl: ${message}`);
  });
});
