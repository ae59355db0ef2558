import { describe, expect, it } from '@jest/globals';
import {
  ConfigError, CrossOriginError, ExtractError, inBody, linkHeader, nextUrl, paginate, type FollowUrlOptions, type NextUrlOptions, type PageRequest,
} from 'pagewise'; // prettier-ignore
import { lastValueFrom, toArray, type Observable } from 'rxjs';
import { json, serve, type Seen, type TestServer } from '../support/server.js';
import { itemsOf, plain, rejection, thrown } from '../support/walks.js';

/** All pages. */
const all = <T>(pages: Observable<T>): Promise<T[]> => lastValueFrom(pages.pipe(toArray()));

const walk = (request: PageRequest, options: Partial<NextUrlOptions<number>> = {}, from?: object) =>
  all(
    paginate(request, nextUrl<number>({ items: 'items', next: 'links[rel=next]', ...options }), {
      policy: plain,
      ...(from ? { resumeFrom: from as never } : {}),
    }),
  );

/** Pages of two items: 1 2, 3 4, 5 6; `link` makes the link to page n. */
const three = (link: (n: number, seen: Seen, server: () => TestServer) => object, pageOf: (seen: Seen) => number) => {
  const started: Promise<TestServer> = serve((seen, response) => {
    const n = pageOf(seen);
    json(response, {
      items: [2 * n - 1, 2 * n],
      links: [{ rel: 'self', href: '/x' }, ...(n < 3 ? [{ rel: 'next', ...link(n + 1, seen, () => server) }] : [])],
    });
  });
  let server: TestServer;
  return started.then((one) => (server = one));
};

const bodies = (server: TestServer) =>
  server.seen.map(({ body }) => (body === '' ? '' : (JSON.parse(body) as unknown)));
const tokenIn = ({ body }: Seen) => Number((JSON.parse(body) as { token?: string }).token ?? 1);

describe('links that are requests', () => {
  it('a link with a method and a body is sent as it says, as STAC has it', async () => {
    const server = await three(
      (n) => ({ href: '/search', method: 'POST', body: { token: String(n), limit: 2 }, headers: { 'X-Page': String(n), Accepts: ['a', 'b'] } }),
      tokenIn,
    ); // prettier-ignore
    const request = { url: `${server.url}search`, method: 'POST', body: { collections: ['c'] } };
    expect(itemsOf(await walk(request))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(bodies(server)).toEqual([{ collections: ['c'] }, { token: '2', limit: 2 }, { token: '3', limit: 2 }]);
    expect(server.seen.map(({ method, headers }) => [method, headers['x-page'], headers['accepts']])).toEqual([
      ['POST', undefined, undefined],
      ['POST', '2', 'a, b'],
      ['POST', '3', 'a, b'],
    ]);
  });

  it('with merge: true, the body of a link is merged into the last one', async () => {
    const server = await three((n) => ({ href: '/search', method: 'POST', merge: true, body: { token: String(n), [`seen${n}`]: true } }), tokenIn); // prettier-ignore
    const request = { url: `${server.url}search`, method: 'POST', body: { collections: ['c'], token: null } };
    expect(itemsOf(await walk(request))).toHaveLength(6);
    expect(bodies(server)).toEqual([
      { collections: ['c'], token: null },
      { collections: ['c'], token: '2', seen2: true },
      { collections: ['c'], token: '3', seen2: true, seen3: true },
    ]);
  });

  it('with merge: true, the body keeps the size that the first request had, unless the link has another one', async () => {
    const server = await three(
      (n) => ({ href: '/search', method: 'POST', merge: true, body: { token: String(n), ...(n === 3 ? { limit: 9 } : {}) } }),
      tokenIn,
    ); // prettier-ignore
    const request = { url: `${server.url}search`, method: 'POST', body: { collections: ['c'] } };
    expect(itemsOf(await walk(request, { size: 2, sizeParam: 'limit', place: inBody() }))).toHaveLength(6);
    expect(bodies(server)).toEqual([
      { collections: ['c'], limit: 2 },
      { collections: ['c'], limit: 2, token: '2' },
      { collections: ['c'], limit: 9, token: '3' },
    ]);
  });

  it('a link that merges after one that does not keeps the whole body before it', async () => {
    const server = await three(
      (n) => ({ href: '/s', merge: n === 3, body: { token: String(n), [`n${n}`]: n } }),
      tokenIn,
    );
    await walk({ url: server.url, method: 'POST', body: { first: 1 } });
    expect(bodies(server)).toEqual([{ first: 1 }, { token: '2', n2: 2 }, { token: '3', n2: 2, n3: 3 }]);
  });

  it('P10 such a walk resumes with the request that its link said', async () => {
    const server = await three(
      (n) => ({ href: '/search', method: 'POST', merge: true, body: { token: String(n) } }),
      tokenIn,
    );
    const request = { url: `${server.url}search`, method: 'POST', body: { collections: ['c'] } };
    const [first] = await walk(request);
    const rest = await walk(request, {}, first?.resume);
    expect(itemsOf(rest)).toEqual([3, 4, 5, 6]);
  });

  it('a link with method GET after a POST has no body', async () => {
    const server = await three((n) => ({ href: `/search?page=${n}`, method: 'get' }), ({ url }) => Number(url.searchParams.get('page') ?? 1)); // prettier-ignore
    expect(itemsOf(await walk({ url: `${server.url}search`, method: 'POST', body: { q: 1 } }))).toHaveLength(6);
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
    expect(bodies(server)).toEqual([{ q: 1 }, '', '']);
  });

  it.each([['GET', 'POST'], ['POST', 'GET']] as const)('nextMethod: after a first request by %s, next links are requested by %s', async (method, nextMethod) => {
    const server = await three((n) => ({ href: `/search?page=${n}` }), ({ url }) => Number(url.searchParams.get('page') ?? 1));
    const body = method === 'POST' ? { body: { q: 1 } } : {};
    expect(itemsOf(await walk({ url: `${server.url}search`, method, ...body }, { nextMethod }))).toHaveLength(6);
    expect(server.seen.map((seen) => seen.method)).toEqual([method, nextMethod, nextMethod]);
    expect(bodies(server)).toEqual(method === 'POST' ? [{ q: 1 }, '', ''] : ['', '', '']);
  }); // prettier-ignore

  it.each<[object, string]>([
    [{ method: 'DELETE' }, 'next at links[rel=next].method: expected a method that reads'],
    [{ method: 5 }, 'expected a method that reads'],
    [{ method: 'POST', body: 'text' }, 'next at links[rel=next].body: expected an object, found "text"'],
    [{ method: 'POST', merge: true, body: [1] }, 'expected an object to merge'],
    [{ headers: { Authorization: 'evil' } }, 'a link can\'t set the header "Authorization"'],
    [{ headers: { Cookie: 'a=b' } }, "a link can't set the header"],
    [{ headers: { host: 'x' } }, "a link can't set the header"],
    [{ headers: { 'Transfer-Encoding': 'chunked' } }, "a link can't set the header"],
    [{ headers: 'x' }, 'next at links[rel=next].headers: expected an object'],
    [{ headers: { 'X-A': {} } }, 'next at links[rel=next].headers.X-A: expected text'],
    [{ headers: { 'X-A': 'a\r\nX-B: c' } }, "holds characters that a header can't carry"],
    [{ method: 'POST', body: { a: 'x'.repeat(70_000) } }, 'at most 65536'],
  ])('S1 a link that says %j is an error, and nothing is sent', async (link, message) => {
    const server = await three(
      () => ({ href: '/next', ...link }),
      () => 1,
    );
    const error = await rejection(walk({ url: server.url }));
    expect(error.message).toContain(message);
    expect(server.seen).toHaveLength(1);
  });

  it('a link to another origin is refused, whatever it says', async () => {
    const server = await three(
      () => ({ href: 'https://evil.example/', method: 'POST', body: {} }),
      () => 1,
    );
    expect(await rejection(walk({ url: server.url }))).toBeInstanceOf(CrossOriginError);
  });

  it('what a templated link leaves open is left out (RFC 6570)', async () => {
    const server = await three(
      (n) => ({ href: `/search?page=${n}{&sort,dir}{#part}`, templated: true }),
      ({ url }) => Number(url.searchParams.get('page') ?? 1),
    );
    await walk({ url: server.url });
    expect(server.seen.map(({ target }) => target)).toEqual(['/items', '/search?page=2', '/search?page=3']);
  });

  it('a link that is not templated keeps its braces', async () => {
    const server = await three(
      (n) => ({ href: `/s?page=${n}&f={x}` }),
      ({ url }) => Number(url.searchParams.get('page') ?? 1),
    );
    await walk({ url: server.url });
    expect(server.seen[1]?.url.searchParams.get('f')).toBe('{x}');
  });

  it('a size is written into the first request only, and a body placement is not used again', async () => {
    const server = await three((n) => ({ href: '/s', body: { token: String(n) } }), tokenIn);
    await walk({ url: server.url, method: 'POST', body: {} }, { size: 2, sizeParam: 'limit', place: inBody() });
    expect(bodies(server)).toEqual([{ limit: 2 }, { token: '2' }, { token: '3' }]);
  });
});

describe('the end of a chain of links', () => {
  it("endParams: a link's own parameters end a walk, as at Sentry", async () => {
    const server = await serve((seen, response) => {
      const n = Number(seen.url.searchParams.get('cursor') ?? 0);
      response.setHeader(
        'Link',
        `<${seen.url.pathname}?cursor=${n + 1}>; rel="next"; results="${n < 2}"; cursor="0:${n + 1}:0"`,
      );
      json(response, n < 3 ? [n] : []);
    });
    const pages = await all(paginate({ url: server.url }, linkHeader<number>({ endParams: { results: 'false' } }), { policy: plain })); // prettier-ignore
    expect(itemsOf(pages)).toEqual([0, 1, 2]);
    expect(server.seen).toHaveLength(3);
  });

  it('endParams: members of a link in the body too', async () => {
    const server = await three((n) => ({ href: `/s?page=${n}`, results: n < 3 }), ({ url }) => Number(url.searchParams.get('page') ?? 1)); // prettier-ignore
    expect(itemsOf(await walk({ url: server.url }, { endParams: { results: 'false' } }))).toEqual([1, 2, 3, 4]);
  });

  const always = () =>
    serve((seen, response) => {
      const n = Number(seen.url.searchParams.get('page') ?? 1);
      response.setHeader('Link', `</?page=${n + 1}>; rel="next"`);
      json(response, { items: n < 3 ? [n] : [], links: [{ rel: 'next', href: `/?page=${n + 1}` }] });
    });

  it('stopOnEmptyPage: an empty page ends a walk whose pages always have a link', async () => {
    const server = await always();
    expect(itemsOf(await walk({ url: server.url }, { stopOnEmptyPage: true }))).toEqual([1, 2]);
    expect(itemsOf(await all(paginate({ url: server.url }, linkHeader<number>({ items: 'items', stopOnEmptyPage: true }), { policy: plain })))).toEqual([1, 2]); // prettier-ignore
    expect(server.seen).toHaveLength(6);
  });

  it('without it, empty pages are not the end', async () => {
    const server = await always();
    const error = await rejection(walk({ url: server.url }, { maxEmptyPages: 3 }));
    expect(error.name).toBe('EmptyPagesError');
  });
});

describe('links that lie', () => {
  const inner = 'http://inner.example:8080';

  it.each([
    ['/gateway/v1/items?q=1', `${inner}/v1/items?page=2`, '/gateway/v1/items?page=2'],
    ['/v1/items', `${inner}/inner/v1/items?page=2`, '/v1/items?page=2'],
    ['/v1/items', `https://INNER/v1/items?page=2&x='a'%24`, "/v1/items?page=2&x='a'%24"],
    ['/v1/items', `${inner}/v1/other?page=2`, '/v1/other?page=2'],
    ['/orgs/1/items', `${inner}/orgs/2/items?page=2`, '/orgs/2/items?page=2'],
    ['/v1/items?page=1', `${inner}/v1/items`, '/v1/items'],
    ['', `${inner}/?page=2`, '/?page=2'],
    ['/v1/items', '?page=2', '/v1/items?page=2'],
  ])("nextOrigin: 'template' from %s to %s requests %s", async (own, link, asked) => {
    const server = await serve((_seen, response, index) => {
      json(response, { items: [index], ...(index === 0 ? { next: link } : { next: null }) });
    });
    const error = await rejection(walk({ url: server.origin + own }, { next: 'next' })).catch(() => undefined);
    if (!link.startsWith('?')) {
      expect(error).toBeInstanceOf(CrossOriginError);
      expect(error?.message).toContain("if links name an inner host instead, set `nextOrigin: 'template'`");
      server.seen.length = 0;
    }
    const fresh = await serve((_seen, response, index) => {
      json(response, { items: [index], ...(index === 0 ? { next: link } : { next: null }) });
    });
    await walk({ url: fresh.origin + own, headers: { authorization: 'key' } }, { next: 'next', nextOrigin: 'template' }).catch(() => undefined); // prettier-ignore
    expect(fresh.seen[1]?.target).toBe(asked);
    expect(fresh.seen[1]?.headers.authorization).toBe('key');
  });

  it('linkHeader takes it too', async () => {
    const server = await serve((_seen, response, index) => {
      if (index === 0) response.setHeader('Link', `<${inner}/x?page=2>; rel="next"`);
      json(response, [index]);
    });
    const pages = await all(paginate({ url: `${server.origin}/api/x` }, linkHeader<number>({ nextOrigin: 'template' }), { policy: plain })); // prettier-ignore
    expect(itemsOf(pages)).toEqual([0, 1]);
    expect(server.seen[1]?.target).toBe('/api/x?page=2');
  });

  it.each([
    ['?key=k%20y&q=1&page=1', '/items?page=2', '/items?page=2&key=k%20y'],
    ['?key=abc', '/items?key=own&page=2', '/items?key=own&page=2'],
    ['?page=1&key=abc', '/items', '/items?key=abc'],
    ['?page=1&key=abc', '/items?', '/items?key=abc'],
    ['?q=1', '/items?page=2', '/items?page=2'],
    ['?key=a&key=b', '/items?page=2', '/items?page=2&key=a&key=b'],
  ])('keepParams: from %s, the link %s becomes %s', async (query, link, asked) => {
    const server = await serve((_seen, response, index) => {
      json(response, { items: [index], next: index === 0 ? link : null });
    });
    await walk({ url: `${server.origin}/items${query}` }, { next: 'next', keepParams: ['key'] });
    expect(server.seen[1]?.target).toBe(asked);
  });

  it('keepParams sends nothing to another origin', async () => {
    const server = await serve((_seen, response) => json(response, { items: [1], next: 'https://evil.example/' }));
    const error = await rejection(walk({ url: `${server.origin}/?key=secret` }, { next: 'next', keepParams: ['key'] }));
    expect(error).toBeInstanceOf(CrossOriginError);
    expect(error.message).not.toContain('secret');
  });

  it.each<[FollowUrlOptions, string]>([
    [{ nextOrigin: 'x' as never }, "nextOrigin must be 'link' or 'template'"],
    [{ nextMethod: 'DELETE' as never }, "nextMethod must be 'GET' or 'POST'"],
    [{ keepParams: 'key' as never }, 'keepParams must be an array of names'],
    [{ endParams: ['x'] as never }, "endParams must be an object of texts such as { results: 'false' }"],
    [{ endParams: { a: false } as never }, 'endParams must be an object of texts'],
    [{ stopOnEmptyPage: 1 as never }, 'stopOnEmptyPage must be true or false'],
  ])('refuses %j', (options, message) => {
    for (const make of [() => nextUrl({ next: 'next', ...options }), () => linkHeader(options)]) {
      expect(thrown(make)).toBeInstanceOf(ConfigError);
      expect(thrown(make).message).toContain(message);
    }
  });

  it('P13 a misspelt filter is an error, not the end, if a list of links has a next one', async () => {
    const server = await three(
      (n) => ({ href: `/s?page=${n}` }),
      ({ url }) => Number(url.searchParams.get('page') ?? 1),
    );
    const error = await rejection(walk({ url: server.url }, { next: 'links[rel=nxt].href' }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(
      "links has a link with rel next, so there are probably more pages. Set `next: 'links[rel=next].href'`",
    );
    const ended = await walk({ url: server.url }, { next: 'links[rel=nxt].href', missingNext: 'end' });
    expect(itemsOf(ended)).toEqual([1, 2]);
  });

  it('what is no URL is an error still', async () => {
    const server = await three(
      () => ({ href: 5 }),
      () => 1,
    );
    const error = await rejection(walk({ url: server.url }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('expected a URL, found 5');
  });
});
