// The parts of an answer, each by itself: where it redirects, its headers, its chunks, its text, and what it means.
import { describe, expect, it } from '@jest/globals';
import { CrossOriginError, HttpError, ParseError, RedirectError, TransportError } from 'pagewise';
import { AnswerHeaders, headersFrom } from '../../lib/transports/answer-headers.js';
import { Chunks } from '../../lib/transports/chunks.js';
import { bodiless, codingNote, decodeBody, jsonDecoder } from '../../lib/transports/decode-body.js';
import { type HttpRequest, targetOf } from '../../lib/transports/http-request.js';
import { checkEncoding, readText, type TextOptions } from '../../lib/transports/read-text.js';
import { followRedirect, targetOfOpaque } from '../../lib/transports/redirects.js';
import { isNetworkFailure, networkError, prematureClose } from '../../lib/transports/wire.js';
import { answer, rejection, thrown } from '../support/walks.js';

const headersOf = (given: Record<string, string>) => answer(undefined, 200, given).headers;

describe('T7 a redirect', () => {
  const headers = { Accept: '*/*', 'Content-Type': 'text/plain', 'content-length': '1', Authorization: 'x' };
  const from = (method = 'GET', body: string | null = null): HttpRequest => ({
    ...targetOf(new URL('http://host:8080/a/b?c')),
    method,
    body,
    headers,
  });
  const redirect = (location: string | null, status = 302, request = from(), hops = 0, answered = request.href) =>
    followRedirect(request, { status, headers: headersOf(location === null ? {} : { location }), url: answered }, hops, 2); // prettier-ignore

  it.each([301, 302, 303, 307, 308])('of %i leads to its Location, relative to the URL that answered', (status) => {
    expect(redirect('d?e', status)?.href).toBe('http://host:8080/a/d?e');
    expect(redirect('d', status, from(), 0, 'http://host:8080/x/y')?.href).toBe('http://host:8080/x/d');
    expect(redirect('/d', status)).toMatchObject({ method: 'GET', origin: 'http://host:8080' });
  });

  it.each([200, 300, 304, 305, 306, 309, 404])('is none of %i', (status) => {
    expect(redirect('/d', status)).toBeUndefined();
  });

  it('is refused without a Location, to no URL, to a user or a password, and beyond the limit', () => {
    const refused = (...args: Parameters<typeof redirect>) => thrown(() => redirect(...args));
    for (const [error, message] of [
      [refused(null), 'a redirect (302) without Location'],
      [refused('http://['), 'a redirect (302) to an invalid URL'],
      [refused('http://user@host:8080/'), 'a redirect (302) to a URL with a user name or password'],
      [refused('http://:hush@host:8080/'), 'a redirect (302) to a URL with a user name or password'],
      [refused('/d', 302, from(), 2), 'more than 2 redirects; use the final URL in the request, or raise `maxRedirects`'], // prettier-ignore
    ] as const) {
      expect(error).toBeInstanceOf(RedirectError);
      expect(error.message).toBe(message);
    }
    expect(redirect('/d', 302, from(), 1)).toBeDefined();
  });

  it.each([
    ['https://host:8080/', 'https://host:8080'],
    ['http://host/', 'http://host'],
    ['http://other:8080/', 'http://other:8080'],
    ['blob:http://host:8080/x', 'blob:'],
    ['ftp://host:8080/', 'ftp:'],
    ['xhttp://host:8080/', 'xhttp:'],
    ['file:///x', 'file:'],
  ])('S3 to another origin is refused, with nothing sent there: %s', (location, to) => {
    const error = thrown(() => redirect(location));
    expect(error).toBeInstanceOf(CrossOriginError);
    expect(error).toMatchObject({ from: 'http://host:8080', to });
    expect(error.message).toContain('nothing was sent there');
  });

  it('S3 that a client has followed to another origin is refused, whatever the status', () => {
    for (const [answered, to] of [['http://other/x', 'http://other'], ['nope', 'nope']] as const) {
      const error = thrown(() => redirect('/d', 200, from(), 0, answered));
      expect(error).toMatchObject({ name: 'CrossOriginError', from: 'http://host:8080', to });
      expect(error.message).toContain('the browser has followed it');
    }
    expect(redirect(null, 200, from(), 0, 'http://host:8080/other')).toBeUndefined();
  }); // prettier-ignore

  it('of 303 becomes a GET without what described a body, but a HEAD stays one', () => {
    expect(redirect('/d', 303, from('POST', 'x'))).toMatchObject({ method: 'GET', body: null });
    expect(redirect('/d', 303, from('POST', 'x'))?.headers).toEqual({ Accept: '*/*', Authorization: 'x' });
    expect(redirect('/d', 303, from('HEAD'))).toMatchObject({ method: 'HEAD', headers });
  });

  it('of 301 and 302 would lose a body, and of 307 and 308 keeps it', () => {
    for (const status of [301, 302]) {
      expect(thrown(() => redirect('/d', status, from('POST', 'x'))).message).toBe(`a ${status} redirect of a POST request, which would lose its body; use the final URL in the request`); // prettier-ignore
      expect(redirect('/d', status, from('DELETE'))).toMatchObject({ method: 'DELETE', headers });
    }
    for (const status of [307, 308])
      expect(redirect('/d', status, from('POST', 'x'))).toMatchObject({ method: 'POST', body: 'x', headers });
  });

  it('that the platform hides is found by a GET, within the origin', async () => {
    const found = (to: string, method = 'GET') => targetOfOpaque(from(method), () => Promise.resolve(to));
    expect(await found('http://host:8080/d')).toBe('http://host:8080/d');
    expect(await rejection(found('http://other/d'))).toMatchObject({ name: 'CrossOriginError', to: 'http://other' });
    expect(await rejection(found('nope'))).toMatchObject({ name: 'CrossOriginError', to: 'nope', message: expect.stringContaining('the browser has followed it') }); // prettier-ignore
    const hides = "a redirect whose target the platform hides, or can't reach; use the final URL in the request";
    expect(await rejection(found('http://host:8080/d', 'POST'))).toMatchObject({ name: 'RedirectError', message: hides }); // prettier-ignore
    const cause = new Error('no');
    expect(await rejection(targetOfOpaque(from(), () => Promise.reject(cause)))).toMatchObject({ name: 'RedirectError', message: hides, cause }); // prettier-ignore
  });
});

describe('the headers of an answer', () => {
  it('are read by name in any case, and joined if there are several', () => {
    const read = new AnswerHeaders({ link: 'a', 'set-cookie': ['a', 'b'], none: undefined });
    expect(['LINK', 'Set-Cookie', 'none', 'other', 'toString', 'constructor'].map((name) => read.get(name))).toEqual(['a', 'a, b', null, null, null, null]); // prettier-ignore
    expect([...read]).toEqual([['link', 'a'], ['set-cookie', 'a, b'], ['none', '']]); // prettier-ignore
  });

  it.each<[what: string, headers: unknown]>([
    ['Headers', new Headers({ 'X-A': '1' })],
    ['a Map', new Map<string, unknown>([['X-A', '1'], ['b', null]])],
    ['an object', { 'X-A': '1', b: undefined, c: {} }],
    ['numbers', { 'x-a': 1 }],
    ['something with get', { get: (name: string) => (name.toLowerCase() === 'x-a' ? '1' : null) }],
  ])('are read from %s', (_what, headers) => {
    const read = headersFrom({ headers });
    expect([read.get('x-A'), read.get('b'), read.get('c'), read.get('constructor')]).toEqual(['1', null, null, null]);
    expect(read.hidden).toBeUndefined();
  }); // prettier-ignore

  it.each([undefined, null, 5, 'text'])('are none if they are %j', (headers) => {
    expect(headersFrom({ headers }).get('0')).toBe(headers === 'text' ? 't' : null);
    expect(headersFrom({}).get('a')).toBeNull();
  });

  it('may say that some of them are hidden', () => {
    for (const headers of [
      { get: () => null, hidden: true },
      { a: '1', hidden: true },
    ])
      expect(headersFrom({ headers }).hidden).toBe(true);
  });
});

describe('the chunks of a body', () => {
  const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
  const joined = (lengths: readonly number[]) => {
    const chunks = new Chunks();
    const parts = lengths.map((length, i) => bytes(length, (i % 250) + 1));
    for (const part of parts) chunks.add(part);
    expect(chunks.size).toBe(lengths.reduce((sum, length) => sum + length, 0));
    const all = chunks.take();
    expect(Buffer.from(all).equals(Buffer.concat(parts))).toBe(true);
    expect([chunks.size, chunks.take().byteLength]).toEqual([0, 0]);
    return { all, parts };
  };

  it('are one in the end, whatever their lengths', () => {
    for (const lengths of [[], [0], [0, 0, 5], [5], [1, 1, 1], [5000, 1, 4096, 4095, 7, 70_000, 1]]) joined(lengths);
    joined(Array.from({ length: 3000 }, (_, i) => (i * 37) % 300));
    joined(Array.from({ length: 300 }, (_, i) => (i * 997) % 9000));
  });

  it('are not copied if there is one', () => {
    const { all, parts } = joined([10]);
    expect(all).toBe(parts[0]);
  });

  it('that are short hold no buffer of their own', () => {
    const chunks = new Chunks();
    chunks.add(bytes(10, 1));
    const shared = bytes(4095, 2);
    chunks.add(shared);
    const kept = bytes(4096, 4);
    chunks.add(kept);
    shared.fill(9);
    kept.fill(8);
    const all = chunks.take();
    expect([all[0], all[10], all[4104], all[4105], all[8200]]).toEqual([1, 2, 2, 8, 8]);
  });

  it('can be added after they were taken', () => {
    const chunks = new Chunks();
    for (const round of [1, 2]) {
      for (let i = 0; i < 3; i++) chunks.add(bytes(2, round));
      expect([...chunks.take()]).toEqual(Array<number>(6).fill(round));
    }
  });
});

describe('D3 the text of a body', () => {
  const toUtf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const read = (bytes: Uint8Array | string, type?: string, options: TextOptions = {}, status = 200) =>
    readText(
      { headers: headersOf(type === undefined ? {} : { 'content-type': type }), status },
      typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes,
      options,
      toUtf8,
    );
  const strict: TextOptions = { invalidText: 'error' };

  it.each<[type: string | undefined, options: TextOptions, bytes: Uint8Array | string, text: string]>([
    [undefined, {}, Buffer.from('é'), 'é'],
    ['text/plain', {}, Buffer.from('é'), 'é'],
    ['text/plain;charset=latin1', {}, '\xe9', 'é'],
    ['text/plain; CHARSET = "windows-1252" ; x=y', {}, '\xe9\x80\x9f', 'é€Ÿ'],
    ['text/plain; charset=iso-8859-15', {}, '\xa4', '€'],
    ['text/plain; charset=iso-8859-5', {}, '\x80\x9f', '\x80\x9f'],
    ['text/plain; charset=utf-8', { encoding: 'latin1' }, '\xe9', 'é'],
    ['text/plain; charset=latin1', { encoding: 'UTF8' }, Buffer.from('é'), 'é'],
    ['text/plain; charset=latin1', { encoding: 'latin1' }, Buffer.from('\ufeffé'), 'é'],
    ['text/plain; charset=latin1', {}, Buffer.from('\ufeffé', 'utf16le'), 'é'],
    ['text/plain; charset=latin1', {}, Buffer.from('\ufeffé', 'utf16le').swap16(), 'é'],
    ['text/plain; charset=latin1', {}, '\xefx', 'ïx'],
    ['text/plain; charset=latin1', {}, '\xefx\xbf', 'ïx¿'],
    ['text/plain; charset=latin1', {}, '\xef\xbbx', 'ï»x'],
    ['text/plain; charset=latin1', {}, '\xffx', 'ÿx'],
    ['text/plain; charset=latin1', {}, '\xfex', 'þx'],
    ['text/plain; charset=latin1', {}, 'x\xbb\xbf', 'x»¿'],
    ['text/plain; charset=latin1', {}, 'x\xfe', 'xþ'],
    ['text/plain; charset=latin1', {}, 'x\xff', 'xÿ'],
    ['text/plain; charset=unknown', {}, Buffer.from('é'), 'é'],
    ['text/plain; charset=utf-8', {}, Buffer.from('\ufffd'), '\ufffd'],
  ])('with the type %j and %j is decoded', (type, options, bytes, text) => {
    for (const how of [options, { ...options, ...strict }])
      expect(read(bytes, type, how)).toEqual({ text, replaced: false });
  });

  it.each([
    [undefined, '\xe9', '\ufffd'],
    ['text/plain; charset=utf-16le', 'a', '\ufffd'],
    ['text/plain; charset=unknown', '\xe9', '\ufffd'],
  ])('that is not valid in %j is replaced, or an error of an answer with a 2xx status', (type, bytes, text) => {
    const replaced = { text, replaced: true };
    expect(read(bytes, type)).toEqual(replaced);
    expect(read(bytes, type, { invalidText: 'replace' })).toEqual(replaced);
    for (const status of [199, 300, 404]) expect(read(bytes, type, strict, status)).toEqual(replaced);
    for (const status of [200, 299]) expect(thrown(() => read(bytes, type, strict, status))).toBeInstanceOf(ParseError);
  });

  it('says where it is not valid, and which encoding is not known', () => {
    const error = thrown(() => read('abc\xe9 token=hush', undefined, strict));
    expect(error).toMatchObject({ excerpt: 'abc\ufffd token=…' });
    expect(error.message).toContain('the body is not valid utf-8: after 3 characters, there are bytes that are invalid in it; set');
    const unknown = thrown(() => read('\xe9 token=hush', 'a; charset=x-mine', strict));
    expect(unknown).toMatchObject({ excerpt: '\ufffd token=…' });
    expect(unknown.message).toContain('the body is declared as "x-mine", an encoding that is not known');
    for (const label of ['x-utf8', 'utf8x'])
      expect(thrown(() => read('\xe9', `a; charset=${label}`, strict)).message).toContain(`is declared as "${label}"`);
    const marked = thrown(() => read('\xef\xbb\xbf\xe9', 'a; charset=latin1', strict));
    expect(marked.message).toContain('the body is not valid utf-8: after 0 characters');
  }); // prettier-ignore

  it('has an encoding that the platform knows, or is refused', () => {
    expect(() => checkEncoding('of', 'shift_jis')).not.toThrow();
    expect(thrown(() => checkEncoding('fetchTransport', 'x-mine'))).toMatchObject({
      name: 'ConfigError',
      message: 'fetchTransport: encoding must be a label such as \'utf-8\', \'windows-1252\' or \'shift_jis\', not "x-mine"',
      options: ['encoding'],
      value: 'x-mine',
    });
  }); // prettier-ignore
});

describe('what a body means', () => {
  const body = (status: number, decode: (text: string) => unknown) =>
    decodeBody('token=hush', { status, url: '', headers: headersOf({}), bytes: new Uint8Array() }, decode);
  const fail = (error: unknown) => () => {
    throw error;
  };

  it('is what decode says, and nothing of a status that has none', () => {
    expect(body(200, (text) => [text])).toEqual(['token=hush']);
    for (const status of [204, 205, 304]) expect(body(status, () => 1)).toBeUndefined();
    expect([...bodiless]).toEqual([204, 205, 304]);
  });

  it('is its text if it can not be decoded and its status is no success, or 202', () => {
    for (const status of [199, 202, 300, 404, 500]) expect(body(status, fail(new Error('x')))).toBe('token=hush');
    const error = new ParseError('x', '');
    for (const status of [200, 201, 206, 299]) expect(thrown(() => body(status, fail(error)))).toBe(error);
    const cause = new Error('no such format');
    expect(thrown(() => body(200, fail(cause)))).toMatchObject({ name: 'ParseError', excerpt: 'token=…', cause, message: expect.stringContaining('decode threw Error: no such format on the body') }); // prettier-ignore
    expect(thrown(() => body(200, fail(new SyntaxError('at "hush"')))).message).toContain('SyntaxError: at … on the body'); // prettier-ignore
  });

  it.each([
    [undefined, ''],
    ['gzip', ''],
    ['X-GZIP, br', ''],
    ['deflate,identity', ''],
    ['zstd', '; its Content-Encoding is "zstd", which this transport may not be able to decode'],
    ['gzipx', '; its Content-Encoding is "gzipx", which this transport may not be able to decode'],
    ['xgzip', '; its Content-Encoding is "xgzip", which this transport may not be able to decode'],
  ])('may depend on its Content-Encoding %j', (coding, note) => {
    expect(codingNote(headersOf(coding === undefined ? {} : { 'content-encoding': coding }))).toBe(note);
  });

  it('is JSON, by default', () => {
    const decode = jsonDecoder(JSON.parse as (text: string) => unknown);
    const given = (headers: Record<string, string> = {}) => ({ status: 203, url: '', headers: headersOf(headers), bytes: new Uint8Array() }); // prettier-ignore
    expect(decode(' {"a":1}', given())).toEqual({ a: 1 });
    for (const empty of ['', ' \n'])
      expect(thrown(() => decode(empty, given()))).toMatchObject({ name: 'ParseError', excerpt: '', message: expect.stringContaining('an empty body with status 203') }); // prettier-ignore
    const error = thrown(() =>
      decode('token=hush', given({ 'content-type': 'text/html', 'content-encoding': 'zstd' })),
    );
    expect(error).toMatchObject({ name: 'ParseError', excerpt: 'token=…', cause: expect.any(SyntaxError) });
    expect(error.message).toContain('the body is not JSON (text/html); its Content-Encoding is "zstd", ');
    expect(thrown(() => decode('x', given())).message).toContain('the body is not JSON: x');
    expect(JSON.stringify(thrown(() => decode('hush', given())).cause)).not.toContain('hush');
  });
});

describe('R1 a network failure', () => {
  it.each([
    'network error',
    'NetworkError when attempting to fetch resource.',
    'The Internet connection appears to be offline.',
    'Network request failed',
    'fetch failed',
    'terminated',
    ' A network error occurred.',
    'Failed to fetch',
    'Failed to fetch (api.example.com)',
    'Load failed',
    'Load failed (api.example.com)',
    'error sending request for url (https://x/)',
  ])('is a TypeError that says %j', (message) => {
    expect(isNetworkFailure(new TypeError(message))).toBe(true);
    expect(isNetworkFailure(new TypeError(`x${message}`))).toBe(false);
    expect(isNetworkFailure(new Error(message))).toBe(false);
  });

  it.each(['network errors', 'Network request failed again', 'fetch failedx', 'terminated by x', 'Failed to fetch x', 'Load failedx', ''])('is no TypeError that says %j', (message) => {
    expect(isNetworkFailure(new TypeError(message))).toBe(false);
  }); // prettier-ignore

  it('is an error of workerd that says so, and nothing without a message', () => {
    expect(isNetworkFailure(new Error('Network connection lost.'))).toBe(true);
    expect(isNetworkFailure(new Error('no Network connection lost.'))).toBe(false);
    expect(isNetworkFailure(new TypeError('Network connection lost.'))).toBe(false);
    for (const other of [undefined, null, 5, 'fetch failed', { message: 5 }])
      expect(isNetworkFailure(other)).toBe(false);
  });

  it('becomes a TransportError, unless it is an error of this library', () => {
    const ours = new HttpError(answer({}, 500));
    expect(networkError(ours)).toBe(ours);
    const made = (error: unknown, network?: boolean) => networkError(error, network);
    expect(made(new Error('x'))).toBeInstanceOf(TransportError);
    expect(made(new Error('x'))).toMatchObject({ network: false });
    expect(made(new TypeError('fetch failed'))).toMatchObject({ network: true });
    expect(made(new Error('x'), true)).toMatchObject({ network: true });
    expect(made(new TypeError('fetch failed'), false)).toMatchObject({ network: false });
  });

  it('is an answer that closes too early', () => {
    expect(prematureClose()).toMatchObject({ message: 'Premature close', code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(Object.hasOwn(prematureClose(), 'cause')).toBe(false);
    const cause = new Error('x');
    expect(prematureClose(cause)).toMatchObject({ message: 'Premature close: x', code: 'ERR_STREAM_PREMATURE_CLOSE', cause }); // prettier-ignore
  });
});
