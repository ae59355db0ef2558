import { expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import {
  CrossOriginError,
  HttpError,
  paginate,
  ParseError,
  RedirectError,
  singlePage,
  type FetchTransportOptions,
  type PageRequest,
} from 'pagewise';
import { onEachTransport } from '../support/transports.js';
import { json, serve, until, type TestServer } from '../support/server.js';
import { plain, rejection } from '../support/walks.js';

onEachTransport('T7 redirects', (make) => {
  const walk = (request: PageRequest, options: FetchTransportOptions = {}) =>
    lastValueFrom(
      paginate(request, singlePage(), {
        transport: make(options),
        policy: plain,
      }),
    );
  /** Redirects `/items` as given, and answers everything else. */
  const redirecting = (status: number, location: string | ((own: string) => string), body: string | Buffer = 'moved') =>
    serve((seen, response) => {
      if (seen.url.pathname !== '/items') return json(response, [1]);
      const to = typeof location === 'string' ? location : location(seen.headers.host ?? '');
      response.writeHead(status, { location: to }).end(body);
    });
  const asked = ({ seen }: TestServer) => seen.map(({ method, target }) => `${method} ${target}`);

  it.each([301, 302, 303, 307, 308])('a %i is followed, relative to the URL that gave it', async (status) => {
    const server = await redirecting(status, 'moved?p=1');
    const page = await walk({ url: `${server.origin}/items?q=1` });
    expect(page.items).toEqual([1]);
    expect(page.response.url).toBe(`${server.origin}/moved?p=1`);
    expect(asked(server)).toEqual(['GET /items?q=1', 'GET /moved?p=1']);
  });

  it.each([300, 304, 305, 306, 309])('a %i is not', async (status) => {
    const server = await redirecting(status, '/moved', '');
    expect(await rejection(walk({ url: server.url }))).toBeInstanceOf(HttpError);
    expect(server.seen).toHaveLength(1);
  });

  it('one without Location is not followed', async () => {
    const server = await serve((_seen, response) => void response.writeHead(302).end());
    const error = await rejection(walk({ url: server.url }));
    expect(error).toBeInstanceOf(RedirectError);
    expect(error.message).toContain('a redirect (302) without Location');
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, (host: string) => string, string]>([
    ['no URL', () => 'http://[', 'a redirect (307) to an invalid URL'],
    ['a user name', (host) => `http://user@${host}/moved`, 'a redirect (307) to a URL with a user name or password'],
    ['a password', (host) => `http://:hush@${host}/moved`, 'a redirect (307) to a URL with a user name or password'],
  ])('S3 %s is refused', async (_name, location, message) => {
    const server = await redirecting(307, location);
    const error = await rejection(walk({ url: server.url }));
    expect(error).toBeInstanceOf(RedirectError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hush');
    expect(server.seen).toHaveLength(1);
    await until('the socket is freed', () => server.inFlight() === 0);
  });

  it.each<[(host: string) => string, (host: string) => string]>([
    [(host) => `https://${host}/moved`, (host) => `https://${host}`],
    [() => 'http://127.0.0.1:1/moved', () => 'http://127.0.0.1:1'],
    [() => 'javascript:alert(1)', () => 'javascript:'],
    [(host) => `blob:http://${host}/0d6c7a52`, () => 'blob:'],
    [(host) => `httpsx://${host}/moved`, () => 'httpsx:'],
    [(host) => `xhttps://${host}/moved`, () => 'xhttps:'],
  ])('S1 S4 another origin or scheme is named, and refused: %p', async (location, to) => {
    const server = await redirecting(302, location);
    const error = await rejection(walk({ url: server.url }));
    expect(error).toBeInstanceOf(CrossOriginError);
    expect(error).toMatchObject({ from: server.origin, to: to(server.origin.slice('http://'.length)) });
    expect(error.message).toContain('a redirect leads from');
    expect(server.seen).toHaveLength(1);
  });

  it('follows as many as maxRedirects says', async () => {
    const server = await serve(({ url }, response) => {
      const left = Number(url.searchParams.get('left'));
      if (left === 0) json(response, [1]);
      else response.writeHead(302, { location: `?left=${left - 1}` }).end();
    });
    const hops = (left: number, options?: FetchTransportOptions) =>
      walk({ url: `${server.url}?left=${left}` }, options);
    expect((await hops(5)).items).toEqual([1]);
    expect((await hops(2, { maxRedirects: 2 })).items).toEqual([1]);
    const before = server.seen.length;
    for (const [left, maxRedirects] of [
      [1, 0],
      [3, 2],
    ] as const) {
      const error = await rejection(hops(left, { maxRedirects }));
      expect(error).toBeInstanceOf(RedirectError);
      expect(error.message).toContain(`more than ${maxRedirects} redirects; use the final URL in the request`);
    }
    expect(server.seen.length - before).toBe(4);
  });

  const content = {
    'Content-Type': 'text/x',
    'content-language': 'de',
    'CONTENT-ENCODING': 'identity',
    'x-content-type': 'kept',
    authorization: 'Key k',
  };

  it('a 303 of a POST becomes a GET without body and what described it, credentials stay', async () => {
    const server = await redirecting(303, '/moved');
    await walk({ url: server.url, method: 'POST', body: 'text', headers: content });
    const [first, second] = server.seen;
    expect([first?.method, first?.body]).toEqual(['POST', 'text']);
    expect([second?.method, second?.body]).toEqual(['GET', '']);
    expect(second?.headers).toMatchObject({ 'x-content-type': 'kept', authorization: 'Key k' });
    for (const name of ['content-type', 'content-language', 'content-encoding', 'content-length'])
      expect(second?.headers[name]).toBeUndefined();
  });

  it('a 303 of a HEAD stays a HEAD', async () => {
    const server = await redirecting(303, '/moved', '');
    expect(await rejection(walk({ url: server.url, method: 'HEAD' }))).toBeInstanceOf(ParseError); // It has no body.
    expect(asked(server)).toEqual(['HEAD /items', 'HEAD /moved']);
  });

  it.each([307, 308])('a %i of a POST is the same POST', async (status) => {
    const server = await redirecting(status, '/moved');
    await walk({ url: server.url, method: 'POST', body: 'text', headers: content });
    expect(server.seen.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(['POST', 'text']));
    expect(server.seen[1]?.headers).toMatchObject({ 'content-type': 'text/x', authorization: 'Key k' });
  });

  it.each([301, 302])('a %i of a POST would lose its body; one without a body has none to lose', async (status) => {
    const server = await redirecting(status, '/moved');
    const error = await rejection(walk({ url: server.url, method: 'POST', body: '' }));
    expect(error).toBeInstanceOf(RedirectError);
    expect(error.message).toContain(`a ${status} redirect of a POST request, which would lose its body`);
    expect(server.seen).toHaveLength(1);
    await walk({ url: server.url, method: 'POST' });
    expect(asked(server).slice(1)).toEqual(['POST /items', 'POST /moved']);
  });

  it("T5 at most 64 KiB of a redirect's body are read", async () => {
    const most = await redirecting(302, '/moved', Buffer.alloc(64 * 1024));
    expect((await walk({ url: most.url })).items).toEqual([1]);
    const more = await redirecting(302, '/moved', Buffer.alloc(64 * 1024 + 1));
    const error = await rejection(walk({ url: more.url }));
    expect(error).toBeInstanceOf(RedirectError);
    expect(error.message).toContain('a redirect with a body of more than 65536 bytes');
    expect(more.seen).toHaveLength(1);
    await until('the socket is freed', () => more.inFlight() === 0);
  });
});
