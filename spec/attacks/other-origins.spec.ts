import { expect, it, jest } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  isPagewiseError,
  items,
  linkHeader,
  nextUrl,
  paginate,
  retryRequests,
  type AllowedOrigin,
  type PageRequest,
  type PaginateOptions,
  type Strategy,
} from 'pagewise';
import { json, serve, until } from '../support/server.js';
import { onEachTransport, type Options } from '../support/transports.js';
import { rejection } from '../support/walks.js';
import { ways } from '../strategies/other-origins.js';
import { credentials, secret, twoServers } from './two-servers.js';

jest.setTimeout(60_000);

const post = { method: 'POST', body: { query: secret } };
const statuses = [301, 302, 303, 307, 308];

onEachTransport('attacks: another origin', (make) => {
  const walk = (
    request: PageRequest,
    strategy: Strategy<unknown, never>,
    options: Partial<PaginateOptions> = {},
    transport: Options = {},
  ) =>
    lastValueFrom(
      paginate({ headers: credentials, ...request }, strategy, {
        transport: make({ attemptTimeout: 10_000, ...transport }),
        policy: retryRequests({ retries: 2, base: 1 }), // A refusal must not be retried either.
        ...options,
      }).pipe(items(), toArray()),
    );
  const inBody = nextUrl({ items: 'items', next: 'next' }) as Strategy<unknown, never>;
  const inHeader = linkHeader({ items: 'items' }) as Strategy<unknown, never>;
  const refusals = ['CrossOriginError', 'ConfigError', 'RedirectError', 'ExtractError'];

  const isRefusal = (error: Error) => {
    expect(isPagewiseError(error)).toBe(true);
    expect(refusals).toContain(error.name);
    expect(`${error.message}${error.stack ?? ''}`).not.toContain(secret);
  };

  const tricks = ways('http://evil', 'http://own').map(([name]) => name);
  const trick = (name: string, evil: string, home: string) => new Map(ways(evil, home)).get(name) ?? '';

  it.each(tricks)('S1 S3 S4 a next URL in the body: %s', async (name) => {
    for (const request of [{}, post]) {
      const { home, untouched } = await twoServers((_seen, response, index, evil, own) =>
        json(response, { items: [index], next: trick(name, evil, own) }),
      );
      isRefusal(await rejection(walk({ url: home.url, ...request }, inBody)));
      expect(home.seen).toHaveLength(1);
      await untouched();
    }
  });

  // A line break can't stand in a header.
  it.each(tricks.filter((name) => !name.includes('newline')))('S1 S3 S4 a Link header: %s', async (name) => {
    const { home, untouched } = await twoServers((_seen, response, index, evil, own) =>
      json(response, { items: [index] }, 200, { link: `<${trick(name, evil, own)}>; rel="next"` }),
    );
    isRefusal(await rejection(walk({ url: home.url }, inHeader)));
    expect(home.seen).toHaveLength(1);
    await untouched();
  });

  it.each(tricks.filter((name) => !name.includes('newline')))('S1 S3 S4 a redirect: %s', async (name) => {
    const { home, untouched } = await twoServers((_seen, response, _index, evil, own) =>
      response.writeHead(302, { location: trick(name, evil, own) }).end(),
    );
    isRefusal(await rejection(walk({ url: home.url }, inBody)));
    expect(home.seen).toHaveLength(1);
    await untouched();
    await until('no request is left open', () => home.inFlight() === 0);
  });

  it.each(statuses)('S1 a %i to another origin, of a GET and of a POST, on the first page and a later one', async (status) => {
    for (const request of [{}, post])
      for (const at of [0, 1]) {
        const { home, untouched } = await twoServers((_seen, response, index, evil) =>
          index < at
            ? json(response, { items: [index], next: '?p=1' })
            : response.writeHead(status, { location: `${evil}/items` }).end(),
        );
        isRefusal(await rejection(walk({ url: home.url, ...request }, inBody)));
        expect(home.seen).toHaveLength(at + 1);
        await untouched();
      }
  }); // prettier-ignore

  it.each(statuses)('S1 a %i to another origin after others within the origin', async (status) => {
    const { home, untouched } = await twoServers(({ url }, response, _index, evil) =>
      url.pathname === '/moved'
        ? response.writeHead(status, { location: `${evil}/items` }).end()
        : response.writeHead(307, { location: '/moved' }).end(),
    );
    isRefusal(await rejection(walk({ url: home.url }, inBody)));
    expect(home.seen).toHaveLength(2);
    await untouched();
  });

  it.each(statuses)('S1 S2 a %i to an origin that allowOrigins lists is refused as well', async (status) => {
    const { home, evil, untouched } = await twoServers((_seen, response, _index, other) =>
      response.writeHead(status, { location: `${other}/items` }).end(),
    );
    isRefusal(await rejection(walk({ url: home.url }, inBody, { allowOrigins: [evil.origin] })));
    await untouched();
  });

  it('S1 the origin of the template counts: a page at an allowed origin cannot lead to a third one, nor stay there by a relative URL', async () => {
    const { home: cdn, untouched } = await twoServers(({ url }, response, _index, evil) =>
      json(response, { items: ['cdn'], next: url.searchParams.get('then') === 'evil' ? `${evil}/items` : undefined }),
    );
    const home = await serve(({ url }, response) =>
      json(response, { items: ['home'], next: `${cdn.url}${url.search}` }),
    );
    const options = { allowOrigins: [cdn.origin] };
    isRefusal(await rejection(walk({ url: `${home.url}?then=evil` }, inBody, options)));
    await untouched();
    expect(await walk({ url: home.url }, inBody, options)).toEqual(['home', 'cdn']);
    expect(JSON.stringify(cdn.seen)).not.toContain(secret);
  });

  it('S1 a resume token of another origin is refused too', async () => {
    const { home, evil, untouched } = await twoServers((_seen, response) =>
      json(response, { items: [1], next: '?p=1' }),
    );
    const pages = paginate({ url: home.url }, inBody as never, { until: () => true });
    const { resume } = await lastValueFrom(pages);
    const resumeFrom = JSON.stringify({ ...resume, position: { url: `${evil.origin}/items` } });
    isRefusal(await rejection(walk({ url: home.url }, inBody, { resumeFrom })));
    await untouched();
  });

  /** A first page at the template's origin and a second one at another origin, allowed in this way. */
  const allowed = async (allowance: (origin: string) => string | AllowedOrigin, request: PageRequest) => {
    const cdn = await serve((_seen, response) => json(response, { items: ['cdn'] }));
    const home = await serve((_seen, response) => json(response, { items: ['home'], next: `${cdn.url}?sig=a%2Fb` }));
    expect(await walk({ url: home.url, ...request }, inBody, { allowOrigins: [allowance(cdn.origin)] })).toEqual([
      'home',
      'cdn',
    ]);
    expect(home.seen[0]?.headers).toMatchObject({ 'x-tenant': secret });
    expect(cdn.seen).toHaveLength(1);
    expect(cdn.seen[0]?.target).toBe('/items?sig=a%2Fb');
    return cdn.seen[0]!;
  };
  const asFunction = () => Promise.resolve(credentials);

  it.each<[string, PageRequest]>([
    ['a GET', {}],
    ['a POST', post],
    ['headers from a function', { headers: asFunction }],
    ['a POST with a form', { method: 'POST', body: new URLSearchParams({ secret }) }],
    ['capitals', { headers: { AUTHORIZATION: secret, Cookie: secret, 'X-Tenant': secret, ACCEPT: 'text/json' } }],
  ])('S2 an allowed origin gets neither headers nor body: %s', async (_what, request) => {
    for (const allowance of [(origin: string) => origin, (origin: string) => ({ origin })]) {
      const seen = await allowed(allowance, request);
      expect(JSON.stringify([seen.headers, seen.body, seen.target])).not.toContain(secret);
      expect(seen.body).toBe('');
    }
  });

  it('S2 unless they are given for it, and then only those', async () => {
    const own = { authorization: 'Bearer for-cdn', Accept: 'text/x-own' };
    const withHeaders = await allowed((origin) => ({ origin, headers: own }), post);
    expect(withHeaders.headers).toMatchObject({ authorization: 'Bearer for-cdn', accept: 'text/x-own' });
    expect(JSON.stringify([withHeaders.headers, withHeaders.body])).not.toContain(secret);

    const withBody = await allowed((origin) => ({ origin, body: true }), post);
    expect(JSON.parse(withBody.body)).toEqual(post.body);
    expect(JSON.stringify(withBody.headers)).not.toContain(secret);
  });

  it('S2 headers given for it replace those that are sent anyway, whatever their case', async () => {
    const headers = { ...credentials, accept: 'text/mine', 'User-Agent': 'mine' };
    const own = { Accept: 'text/theirs', 'user-agent': 'theirs' };
    const seen = await allowed((origin) => ({ origin, headers: own }), { headers });
    expect(seen.headers).toMatchObject({ accept: 'text/theirs', 'user-agent': 'theirs' });
  });

  it("S2 a walk that returns to the template's origin has its headers again", async () => {
    const home = await serve(({ url }, response) =>
      json(response, url.search === '' ? { items: [1], next: cdn.url } : { items: [3] }),
    );
    const cdn = await serve((_seen, response) => json(response, { items: [2], next: `${home.url}?p=3` }));
    const walked = await walk({ url: home.url, ...post }, inBody, { allowOrigins: [cdn.origin] });
    expect(walked).toEqual([1, 2, 3]);
    expect(home.seen.map(({ headers, body }) => [headers.authorization, body])).toEqual(
      Array.from({ length: 2 }, () => [credentials.authorization, JSON.stringify(post.body)]),
    );
    expect(JSON.stringify(cdn.seen)).not.toContain(secret);
  });

  it("S1 a redirect within an allowed origin is followed, and one back to the template's origin is not", async () => {
    const cdn = await serve(({ url }, response) => {
      if (url.pathname === '/moved') json(response, { items: ['cdn'] });
      else response.writeHead(302, { location: url.search === '' ? '/moved' : home.url }).end();
    });
    const home = await serve(({ url }, response) =>
      json(response, { items: ['home'], next: `${cdn.url}${url.search}` }),
    );
    const options = { allowOrigins: [cdn.origin] };
    expect(await walk({ url: home.url }, inBody, options)).toEqual(['home', 'cdn']);
    isRefusal(await rejection(walk({ url: `${home.url}?back` }, inBody, options)));
    expect(home.seen).toHaveLength(2);
    expect(JSON.stringify(cdn.seen)).not.toContain(secret);
  });
});
