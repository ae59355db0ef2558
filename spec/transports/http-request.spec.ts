import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { ConfigError, fetchTransport, paginate, singlePage, type PageRequest } from 'pagewise';
import { json, serve, type Seen } from '../support/server.js';
import { onEachTransport } from '../support/transports.js';
import { thrown } from '../support/walks.js';

onEachTransport('what goes on the wire', (make) => {
  const sent = async (request: PageRequest, decode?: () => unknown): Promise<Seen> => {
    const server = await serve((_seen, response) => json(response, []));
    const transport = make(decode ? { decode } : {});
    await lastValueFrom(paginate({ url: server.url, ...request }, singlePage(), { transport }));
    return server.seen[0]!;
  };

  const none = /^none$/;
  it.each<[string, PageRequest['body'], string, RegExp]>([
    ['a string', 'a,b\n1', 'a,b\n1', /^text\/plain;charset=utf-8$/i],
    ['an empty string', '', '', /^text\/plain;charset=utf-8$/i],
    ['a form', new URLSearchParams({ a: 'b c' }), 'a=b+c', /^application\/x-www-form-urlencoded;charset=utf-8$/i],
    ['bytes', new Uint8Array([104, 105]), 'hi', none],
    ['a view', new DataView(new Uint8Array([111, 104, 105, 111]).buffer, 1, 2), 'hi', none],
    ['a buffer', new Uint8Array([104, 105]).buffer, 'hi', none],
    ['an object', { a: [1, null] }, '{"a":[1,null]}', /^application\/json$/],
    ['a list', ['a'], '["a"]', /^application\/json$/],
    ['a number', 5, '5', /^application\/json$/],
    ['false', false, 'false', /^application\/json$/],
    ['null', null, '', none],
    ['nothing', undefined, '', none],
  ])('%s', async (_name, body, text, type) => {
    const seen = await sent({ method: 'post', body });
    expect([seen.method, seen.body]).toEqual(['POST', text]);
    expect(seen.headers['content-type'] ?? 'none').toMatch(type);
  });

  it('a null body is no body, so a GET may have it', async () => {
    expect(await sent({ body: null })).toMatchObject({ method: 'GET', body: '' });
  });

  it('the given headers, whatever their case, once each', async () => {
    const headers = { Accept: 'text/own', 'CONTENT-TYPE': 'application/vnd.api+json', 'X-Tab': 'a\tb é' };
    const seen = await sent({ method: 'PUT', body: { a: 1 }, headers });
    expect(seen.headers).toMatchObject({ accept: 'text/own', 'content-type': 'application/vnd.api+json' });
    expect(seen.headers['x-tab']).toBe('a\tb é');
    expect((await sent({ headers: { 'content-types': 'x' }, method: 'POST', body: {} })).headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'content-types': 'x',
    });
  });

  it('accepts any type if the body is decoded differently', async () => {
    expect((await sent({}, () => [])).headers.accept).toBe('*/*');
  });
});

describe('what only some fetches send', () => {
  // The default one knows neither.
  it.each<[string, () => FormData | Blob, RegExp, string]>([
    [
      'a form with parts',
      () => {
        const form = new FormData();
        form.set('a', 'b');
        return form;
      },
      /^multipart\/form-data; boundary=/,
      'name="a"',
    ],
    ['a blob', () => new Blob(['hi'], { type: 'text/x-own' }), /^text\/x-own$/, 'hi'],
  ])('%s', async (_name, body, type, text) => {
    const server = await serve((_seen, response) => json(response, []));
    const transport = fetchTransport({ fetch: (url, init) => globalThis.fetch(url, init) });
    await lastValueFrom(paginate({ url: server.url, method: 'POST', body: body() }, singlePage(), { transport }));
    expect(server.seen[0]?.headers['content-type']).toMatch(type);
    expect(server.seen[0]?.body).toContain(text);
  });
});

describe('what is refused before anything is sent', () => {
  const build = (request: PageRequest) => paginate(request, singlePage());
  const refused = (request: PageRequest) => {
    const error = thrown(() => build(request));
    expect(error).toBeInstanceOf(ConfigError);
    return error;
  };

  it.each<[PageRequest, string]>([
    [{}, 'the request has no url; fetchTransport needs one'],
    [{ url: 'host/items' }, 'the request\'s url "host/items" is not an absolute URL; give one like'],
    [{ url: 'https://user@host/' }, 'holds a user name or password; send them in an Authorization header'],
    [{ url: 'https://:hush@host/' }, 'holds a user name or password; send them in an Authorization header'],
    [{ url: 'blob:http://host/5' }, "the request's url has the scheme blob:, but only http: and https: are ever sent"],
    [{ url: 'httpx://host/' }, "the request's url has the scheme httpx:"],
    [
      { url: 'http://host/', body: '' },
      "a GET request can't carry a body; set `method: 'POST'`, or write the parameters",
    ],
    [{ url: 'http://host/', body: 0 }, "a GET request can't carry a body"],
    [{ url: 'http://host/', method: 'get', body: {} }, "a GET request can't carry a body"],
    [{ url: 'http://host/', method: 'head', body: {} }, "a HEAD request can't carry a body"],
    [{ url: 'http://host/', headers: { 'x y': 'a' } }, '"x y" is not a header name'],
    [{ url: 'http://host/', headers: { '': 'a' } }, '"" is not a header name'],
    [{ url: 'http://host/', headers: { ' x': 'a' } }, '" x" is not a header name'],
    [{ url: 'http://host/', headers: { 'x\n': 'a' } }, '"x\\n" is not a header name'],
    [{ url: 'http://host/', headers: { 'x:': 'a' } }, '"x:" is not a header name'],
    [{ url: 'http://host/', headers: { ok: 'a', n: 5 as never } }, 'header n must be a string, not number'],
    [{ url: 'http://host/', headers: { n: ['hush'] as never } }, 'header n must be a string, not object'],
    [{ url: 'http://host/', headers: { n: 'hush\x7f' } }, "header n holds a character that headers can't carry"],
    [{ url: 'http://host/', headers: { n: '\x1fhush' } }, "header n holds a character that headers can't carry"],
    [{ url: 'http://host/', headers: { n: 'hush\x80Ā' } }, "header n holds a character that headers can't carry"],
  ])('S3 S4 S8 S11 %j', (request, message) => {
    const error = refused(request);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hush');
  });

  it('a body that JSON cannot hold, and why', () => {
    const body: Record<string, unknown> = {};
    body['self'] = body;
    const error = refused({ url: 'http://host/', method: 'POST', body });
    expect(error.message).toContain(
      "the request's body can't be written as JSON; make it plain data, or pass a string",
    );
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it.each<[PageRequest]>([
    [{ url: 'https://host/' }],
    [{ url: 'HTTP://host' }],
    [{ url: 'http://host/@user:pw', headers: { "!#$%&'*+.^`|~-_9Az": '\t ~\x80\xff' } }],
    [{ url: 'http://host/', method: 'HEAD', body: null }],
  ])('but not %j', (request) => {
    expect(() => build(request)).not.toThrow();
  });
});
