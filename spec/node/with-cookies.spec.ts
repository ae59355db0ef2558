import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { CookieJar } from 'tough-cookie';
import { ConfigError, fetchTransport, linkHeader, pageNumber, paginate } from 'pagewise';
import { undiciTransport, withCookies } from 'pagewise/node';
import { json, serve } from '../support/server.js';
import { itemsOf, plain, thrown } from '../support/walks.js';

describe('withCookies', () => {
  it.each([['fetchTransport', fetchTransport()], ['undiciTransport', undiciTransport()]])('keeps the cookies of page 1 for page 2, over %s', async (_name, transport) => {
    const server = await serve((seen, response, index) => {
      if (index === 0) response.setHeader('Set-Cookie', ['a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT', 'b=2; Path=/']);
      json(response, index < 2 ? [seen.headers.cookie ?? ''] : []);
    });
    const pages = paginate({ url: server.url, headers: { Cookie: 'own=0' } }, pageNumber<string>(), {
      transport: withCookies(transport, new CookieJar(), server.origin),
      policy: plain,
    });
    expect(itemsOf(await lastValueFrom(pages.pipe(toArray())))).toEqual(['own=0', 'own=0; a=1; b=2']);
  }); // prettier-ignore

  it('S1 sends no cookie to another origin, and takes none from there', async () => {
    const stored: string[] = [];
    const jar = { getCookieString: () => 'secret=1', setCookie: (cookie: string) => void stored.push(cookie) };
    const other = await serve((_seen, response) => {
      response.setHeader('Set-Cookie', 'evil=1');
      json(response, [2]);
    });
    const server = await serve((_seen, response) => {
      response.setHeader('Link', `<${other.url}>; rel="next"`);
      json(response, [1]);
    });
    const pages = paginate({ url: server.url }, linkHeader<number>(), {
      transport: withCookies(fetchTransport(), jar, server.origin),
      policy: plain,
      allowOrigins: [other.origin],
    });
    expect(itemsOf(await lastValueFrom(pages.pipe(toArray())))).toEqual([1, 2]);
    expect(server.seen[0]?.headers.cookie).toBe('secret=1');
    expect(other.seen[0]?.headers.cookie).toBeUndefined();
    expect(stored).toEqual([]);
  });

  it('a cookie that the jar refuses is left out', async () => {
    const server = await serve((_seen, response, index) => {
      response.setHeader('Set-Cookie', 'a=1; Domain=elsewhere.example');
      json(response, index < 1 ? [1] : []);
    });
    const pages = paginate({ url: server.url }, pageNumber<number>(), { transport: withCookies(fetchTransport(), new CookieJar(), server.origin), policy: plain }); // prettier-ignore
    expect(itemsOf(await lastValueFrom(pages.pipe(toArray())))).toEqual([1]);
    expect(server.seen[1]?.headers.cookie).toBeUndefined();
  });

  it('T3 an unsubscribed walk is aborted', async () => {
    const server = await serve(() => {});
    const pages = paginate({ url: server.url }, pageNumber<number>(), { transport: withCookies(fetchTransport(), new CookieJar(), server.origin), policy: plain }); // prettier-ignore
    const subscription = pages.subscribe();
    while (server.inFlight() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    subscription.unsubscribe();
    while (server.inFlight() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.aborted()).toBe(1);
  });

  it.each([
    [() => withCookies(5 as never, new CookieJar(), 'https://a.example'), 'the transport must be a function'],
    [() => withCookies(fetchTransport(), {} as never, 'https://a.example'), 'must have getCookieString and setCookie'],
    [() => withCookies(fetchTransport(), new CookieJar(), 'a.example'), 'the origin must be one like'],
  ])('refuses %s', (make, message) => {
    expect(thrown(make)).toBeInstanceOf(ConfigError);
    expect(thrown(make).message).toContain(message);
  });
});
