import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  ConfigError,
  CrossOriginError,
  paginate,
  type AllowedOrigin,
  type PageRequest,
  type Strategy,
  type Transport,
} from 'pagewise';
import { answer, plain, rejection, thrown } from './support/walks.js';

/** Two pages: the template as it is, then its copy with this URL. */
const then = (url: string | undefined): Strategy<unknown, number> => ({
  name: 'then',
  onRepeat: 'allow',
  first: 1,
  place: (template, page) => (page === 1 ? template : { ...template, url }),
  items: (body) => [body],
  next: ({ position }) => (position === 1 ? 2 : undefined),
});

/** The requests that the transport received. */
async function walk(template: PageRequest, url: string | undefined, allowOrigins: (string | AllowedOrigin)[] = []) {
  const asked: PageRequest[] = [];
  const transport: Transport = (request) => [answer(asked.push(request))];
  const options = { transport, policy: plain, allowOrigins };
  await lastValueFrom(paginate(template, then(url), options).pipe(toArray()));
  return asked;
}

const refused = async (template: PageRequest, url: string, allowOrigins: string[] = []) => {
  const error = await rejection(walk(template, url, allowOrigins));
  expect(error).toBeInstanceOf(CrossOriginError);
  return error;
};

describe('origins that pages may have', () => {
  it.each([
    ['http://host/items?page=2'],
    ['http://host'],
    ['http://host?page=2'],
    ['http://host:80/items'],
    ['HTTP://Host/items'],
    ['http://host\\items'],
    ['http://user:pw@host/items'], // The transport refuses it.
  ])('S1 %j is allowed, whatever the path of the template within its origin', async (url) => {
    for (const home of ['http://host/items', 'http://host', 'http://host:80/a/b?c=http://evil/', 'HTTP://HOST/items'])
      expect((await walk({ url: home }, url)).map(({ url: asked }) => asked)).toEqual([home, url]);
  });

  it.each([
    ['http://host.evil/items', 'http://host.evil'],
    ['http://host@evil/', 'http://evil'],
    ['http://host:@evil/', 'http://evil'],
    ['http://host:81/items', 'http://host:81'],
    ['https://host/items', 'https://host'],
    ['http://evil\\@host/', 'http://evil'],
    ['http://evil#@host/', 'http://evil'],
    ['http://evil?@host/', 'http://evil'],
    ['http://evil/?http://host/', 'http://evil'],
    ['http://evil/http://host', 'http://evil'],
    ['blob:http://host/0d6c7a52', 'blob://'],
    ['items?page=2', 'an invalid URL'],
    ['http://', 'an invalid URL'],
  ])('S1 S3 S4 %j is not allowed, and the error names it', async (url, to) => {
    for (const home of ['http://host', 'http://host/', 'http://host\\items', 'http://host?q=/', 'http://host#/'])
      expect(await refused({ url: home }, url)).toMatchObject({ from: 'http://host', to });
  });

  it.each([
    ['http:///host/items', 'http:///evil/items'],
    ['http:///host/items', 'http:////evil/items'],
    ['http://\n/host/items', 'http://\n/evil/items'],
    ['http://\t/host/items', 'http://\t/evil/items'],
  ])('S1 S3 a template %j with extra slashes allows no other origin: %j', async (home, url) => {
    expect(await refused({ url: home }, url)).toMatchObject({ from: 'http://host', to: 'http://evil' });
    expect(await walk({ url: home }, 'http://host/items?page=2')).toHaveLength(2);
  });

  it('S1 a URL in the query of the template allows no origin', async () => {
    await refused({ url: '/items?to=http://evil/' }, 'http://evil/items');
    await refused({ url: 'http://host?to=http://evil/' }, 'http://evil/items');
  });

  it('S1 a request without a URL stays without one', async () => {
    expect(await walk({}, undefined)).toHaveLength(2);
    expect((await walk({ url: 'http://host/' }, undefined)).map(({ url }) => url)).toEqual(['http://host/', undefined]);
    expect(await refused({}, 'http://host/')).toMatchObject({ from: 'a request without an origin', to: 'http://host' });
  });

  it('S1 a relative URL, which only a transport can resolve, stays one', async () => {
    expect(await walk({ url: '/items' }, '/items?page=2')).toHaveLength(2);
    await refused({ url: '/items' }, 'http://host/items');
  });

  it('S1 in a document, a relative URL has the origin of the document', async () => {
    const global = globalThis as { location?: unknown };
    global.location = { href: 'http://host/page.html' };
    try {
      expect(await walk({ url: 'items' }, 'http://host/items?page=2')).toHaveLength(2);
      expect(await walk({ url: 'http://host/items' }, '?page=2')).toHaveLength(2);
      expect(await refused({ url: 'items' }, '//evil/items')).toMatchObject({ from: 'http://host', to: 'http://evil' });
    } finally {
      delete global.location;
    }
  });

  const template: PageRequest = {
    url: 'http://host/items',
    method: 'POST',
    headers: { ACCEPT: 'text/own', 'Content-Type': 'text/x', 'user-agent': 'me', 'x-key': 'secret', cookie: 'secret' },
    body: { secret: true },
  };
  const harmless = { ACCEPT: 'text/own', 'Content-Type': 'text/x', 'user-agent': 'me' };

  it.each([
    ['https://cdn.test', 'https://cdn.test/2'],
    ['https://cdn.test:443/any/path?q', 'https://cdn.test/2'],
    ['HTTPS://CDN.TEST', 'https://cdn.test:443/2'],
    ['http://cdn.test:8080', 'http://cdn.test:8080/2'],
  ])('S2 %s allows %s, without credentials and body', async (origin, url) => {
    for (const allowance of [origin, { origin }, { origin, body: false }, { origin, headers: {} }]) {
      const [first, second] = await walk(template, url, ['http://other.test', allowance]);
      expect(first).toEqual(template);
      expect(second).toEqual({ url, method: 'POST', headers: harmless, body: undefined });
    }
  });

  it('S2 except those that are given for it', async () => {
    const own = { 'x-key': 'theirs', accept: 'text/theirs' };
    const [, second] = await walk(template, 'https://cdn.test/2', [
      { origin: 'https://cdn.test', headers: own, body: true },
    ]);
    expect(second).toEqual({
      url: 'https://cdn.test/2',
      method: 'POST',
      headers: { 'Content-Type': 'text/x', 'user-agent': 'me', ...own },
      body: { secret: true },
    });
  });

  it('S2 a headers function is not called', async () => {
    let asked = 0;
    const headers = () => ({ 'x-key': `secret ${++asked}` });
    const [first, second] = await walk({ ...template, headers }, 'https://cdn.test/2', ['https://cdn.test']);
    expect([first?.headers, second?.headers, asked]).toEqual([{ 'x-key': 'secret 1' }, {}, 1]);
  });

  it.each(['http://cdn.test/2', 'https://cdn.test:8443/2', 'https://sub.cdn.test/2', 'https://cdn.test.evil/2'])(
    'S1 %s is a different origin from the allowed one',
    async (url) => {
      await refused(template, url, ['https://cdn.test']);
    },
  );

  it.each(['cdn.test', 'ftp://cdn.test', 'xhttps://cdn.test', 'https:cdn.test', 'https://', '', 'null', '*'])(
    'S2 %j is not an origin that can be allowed',
    (origin) => {
      for (const allowance of [origin, { origin }]) {
        const error = thrown(() => paginate(template, then('http://host/2'), { allowOrigins: [allowance] }));
        expect(error).toBeInstanceOf(ConfigError);
        expect(error.message).toBe(
          `paginate: allowOrigins holds ${JSON.stringify(origin)}; give origins like 'https://api.example.com'`,
        );
      }
    },
  );
});
