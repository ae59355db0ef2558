// How one request goes through a fetch: what it is called with, and what the answer is read as.
import { afterEach, describe, expect, it } from '@jest/globals';
import { ParseError, TransportError } from 'pagewise';
import { type Fetch, fetchWire, type FetchTraits } from '../../lib/transports/fetch-wire.js';
import type { HttpRequest } from '../../lib/transports/http-request.js';
import { platform as browser } from '../../lib/transports/platform.browser.js';
import { settle } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';

const origin = 'https://api.example.com';
const href = `${origin}/items?page=2`;
const toText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const wireOf = (fetch: Fetch, traits: FetchTraits = {}) =>
  fetchWire(fetch, traits, { redirect: () => undefined, toText, toError: (error) => error as Error });

/** What a wire calls its fetch with, and what it makes of the answer. */
function sending(answer: (url: string) => unknown, traits: FetchTraits = {}, request: Partial<HttpRequest> = {}) {
  const asked: [url: string, init: RequestInit | undefined][] = [];
  const fetch = (async (url: string, init?: RequestInit) => {
    asked.push([url, init]);
    return answer(url);
  }) as unknown as Fetch;
  const heads: { status: number; url: string; location: string | null; other: string | null }[] = [];
  let cancel = () => {};
  const text = new Promise<string>((resolve, reject) => {
    let read = '';
    const whole = { href, origin, path: '/items?page=2', method: 'GET', headers: {}, body: null, ...request };
    cancel = wireOf(fetch, traits).send(whole, {
      head: (status, headers, url) =>
        heads.push({ status, url, location: headers.get('Location'), other: headers.get('x-other') }),
      data: (chunk) => ((read += toText(chunk)), true),
      end: () => resolve(read),
      error: reject,
    });
  });
  return { text, asked, heads, cancel };
}
const opaque = { type: 'opaqueredirect', status: 0, url: '', headers: new Headers(), body: null };

describe('a request', () => {
  const original = globalThis.AbortController;
  afterEach(() => {
    globalThis.AbortController = original;
  });

  it('is passed on as it is, with a signal', async () => {
    const request = { method: 'POST', headers: { accept: 'text/csv' }, body: '{}' };
    const { text, asked } = sending(() => new Response('[1]'), {}, request);
    expect(await text).toBe('[1]');
    expect(asked).toEqual([[href, { ...request, redirect: 'manual', signal: expect.any(AbortSignal) }]]);
  });

  it('is sent in a turn of its own, so that one that is cancelled at once sends nothing', async () => {
    const { asked, cancel } = sending(() => new Response('[1]'));
    expect(asked).toEqual([]);
    cancel();
    await settle(5);
    expect(asked).toEqual([]);
  });

  it('that is cancelled later aborts its signal', async () => {
    const { asked, cancel } = sending(() => new Promise(() => {}));
    await settle(5);
    const signal = asked[0]?.[1]?.signal;
    expect(signal?.aborted).toBe(false);
    cancel();
    expect(signal?.aborted).toBe(true);
  });

  it('has no signal where there is none', async () => {
    delete (globalThis as { AbortController?: unknown }).AbortController;
    const { text, asked, cancel } = sending(() => new Response('[1]'));
    expect(await text).toBe('[1]');
    expect(asked[0]?.[1]).not.toHaveProperty('signal');
    cancel();
  });

  it.each<[redirect: string, traits: FetchTraits, request: Partial<HttpRequest>]>([
    ['manual', {}, {}],
    ['manual', { follows: false }, {}],
    ['follow', { follows: true }, {}],
    ['follow', { follows: true }, { headers: { Accept: 'text/csv' } }],
    ['manual', { follows: true }, { headers: { authorization: 'x' } }],
    ['manual', { follows: true }, { headers: { accept: 'text/csv', authorization: 'x' } }],
    ['manual', { follows: true }, { method: 'POST', body: '' }],
  ])(
    'leaves redirects to the fetch only if it has nothing to hide: %s for %j %j',
    async (redirect, traits, request) => {
      const { text, asked } = sending(() => new Response('[1]'), traits, request);
      await text;
      expect(asked[0]?.[1]?.redirect).toBe(redirect);
    },
  );
});

describe('an answer', () => {
  const moved = `${origin}/moved`;
  const from = async (response: object, traits: FetchTraits = {}) => {
    const { text, heads } = sending(() => ({ status: 200, text: async () => '[1]', ...response }), traits);
    expect(await text).toBe('[1]');
    return heads[0]?.url;
  };

  it('comes from the URL that was asked, unless it was redirected or the fetch follows redirects', async () => {
    expect(await from({})).toBe(href);
    expect(await from({ url: moved })).toBe(href);
    expect(await from({ url: moved, redirected: false })).toBe(href);
    expect(await from({ url: moved, redirected: true })).toBe(moved);
    expect(await from({ url: moved }, { follows: true })).toBe(moved);
    expect(await from({ url: '', redirected: true })).toBe(href);
    expect(await from({}, { follows: true })).toBe(href);
  });

  it.each<[status: number, method: string]>([[204, 'GET'], [304, 'GET'], [200, 'HEAD']])('with status %i to a %s has no body to read', async (status, method) => {
    const unread = () => Promise.reject(new Error('read'));
    expect(await sending(() => ({ status, text: unread }), {}, { method }).text).toBe('');
    expect((await rejection(sending(() => ({ status: 200, text: unread })).text)).message).toBe('read');
  }); // prettier-ignore

  it('that breaks off is a failure of the network where its error says nothing, if it is of the platform', async () => {
    const breaking = () => new ReadableStream({ pull: (to) => to.error(new TypeError('odd words')) });
    const failure = (answer: () => unknown, traits: FetchTraits) => rejection(sending(answer, traits).text);
    const bare = await failure(() => new Response(breaking()), { bare: true });
    expect(bare).toBeInstanceOf(TransportError);
    expect(bare).toMatchObject({ network: true, cause: { message: 'odd words' } });
    expect(await failure(() => new Response(breaking()), {})).toMatchObject({ name: 'TypeError', message: 'odd words' });
    expect(await failure(() => ({ status: 200, body: breaking() }), { bare: true })).toMatchObject({ name: 'TypeError' });
    const own = new ParseError('mine', '');
    const owned = new ReadableStream({ pull: (to) => to.error(own) });
    expect(await failure(() => new Response(owned), { bare: true })).toBe(own);
  }); // prettier-ignore

  it('that closes before its end is a premature close', async () => {
    const closing = { on: (event: string, listener: () => void) => void (event === 'close' && setImmediate(listener)) };
    expect(await rejection(sending(() => ({ status: 200, body: closing })).text)).toMatchObject({
      code: 'ERR_STREAM_PREMATURE_CLOSE',
    });
  });

  it('that is undefined is said to be no Response', async () => {
    expect((await rejection(sending(() => undefined).text)).message).toContain('undefined, which is not a Response');
  });
});

describe('T7 a redirect that is hidden', () => {
  it('is found by a bare request, of which nothing is read, and shown as one', async () => {
    let cancelled = 0;
    const body = new ReadableStream({ cancel: () => void cancelled++ });
    const found = { status: 200, url: `${origin}/moved`, body };
    let first = true;
    const answer = () => (first ? ((first = false), opaque) : found);
    const { text, asked, heads } = sending(answer, {}, { headers: { authorization: 'x' } });
    expect(await text).toBe('');
    expect(heads).toEqual([{ status: 307, url: href, location: `${origin}/moved`, other: null }]);
    expect(asked[1]).toEqual([href, { signal: asked[0]?.[1]?.signal }]);
    expect(cancelled).toBe(1);
  });

  it('is found where there is no body, or one that can not be cancelled', async () => {
    for (const body of [null, { cancel: () => Promise.reject(new Error('locked')) }]) {
      let first = true;
      const { text, heads } = sending(() =>
        first ? ((first = false), opaque) : { status: 200, url: `${origin}/moved`, body },
      );
      await text;
      expect(heads[0]?.location).toBe(`${origin}/moved`);
    }
  });
});

describe('whether a body that is no JSON was cut off', () => {
  const isCut = (text: string, headers: Record<string, string> = { 'content-encoding': 'gzip' }) =>
    wireOf(fetch).isCut?.(new Headers(headers), new TextEncoder().encode(text));

  it.each<[text: string, cut: boolean]>([
    ['[1,2', true],
    ['{"a":1', true],
    [' \n{"a":[1]', true],
    ['[[1]', true],
    ['["a', true],
    ['["a"', true],
    ['["a]"', true],
    ['["\\"]', true],
    ['["\\\\"', true],
    ['["a\nb"', true],
    ['["\\\n"', true],
    ['{"a]":1', true],
    ['[1,2]', false],
    ['{"a":"["}', false],
    ['{"a":"\\"["}', false],
    ['{"a":{"b":[1,{}]}}', false],
    ['[1]]', false],
    ['[1,}]', false],
    ['"text', false],
    ['text', false],
    ['text [', false],
    ['', false],
    ['<html>', false],
  ])('%j: %s', (text, cut) => {
    expect(isCut(text)).toBe(cut);
  });

  it('matters only if it was compressed, or is shorter than it should be', () => {
    expect(isCut('[1', {})).toBe(false);
    expect(isCut('[1', { 'content-length': '3' })).toBe(true);
    expect(isCut('[1', { 'content-length': '2' })).toBe(false);
    expect(isCut('[1', { 'content-length': '1' })).toBe(false);
    expect(isCut('[1]', { 'content-length': '4' })).toBe(false);
    expect(isCut('[1', { 'content-encoding': '' })).toBe(true);
  });
});

describe("a browser's wire", () => {
  const original = globalThis.fetch;
  const decoder = globalThis.TextDecoder;
  afterEach(() => {
    globalThis.fetch = original;
    globalThis.TextDecoder = decoder;
  });
  const bodyOf = (wire: typeof browser.defaultWire, request: Partial<HttpRequest> = {}) =>
    new Promise<string>((resolve, reject) => {
      let read = '';
      wire.send(
        { href, origin, path: '/items?page=2', method: 'GET', headers: {}, body: null, ...request },
        { head: () => {}, data: (chunk) => ((read += toText(chunk)), true), end: () => resolve(read), error: reject },
      );
    });

  it('asks the fetch that is there now, if none is given', async () => {
    const asked: unknown[] = [];
    for (const words of ['a', 'b']) {
      globalThis.fetch = (async (url: string, init?: RequestInit) => (asked.push([url, init?.redirect]), new Response(words))) as Fetch as typeof fetch;
      expect(await bodyOf(browser.defaultWire)).toBe(words);
    }
    expect(asked).toEqual([[href, 'follow'], [href, 'follow']]);
  }); // prettier-ignore

  it('takes every TypeError of the platform for a failure of the network, and of another fetch by its words', async () => {
    const failing: Fetch = () => Promise.reject(new TypeError('odd words'));
    globalThis.fetch = failing as typeof fetch;
    expect(await rejection(bodyOf(browser.defaultWire))).toMatchObject({ network: true });
    expect(await rejection(bodyOf(browser.wire(failing)))).toMatchObject({ network: true });
    globalThis.fetch = original;
    expect(await rejection(bodyOf(browser.wire(failing)))).toMatchObject({ name: 'TypeError' });
    const error = new TypeError('odd words');
    expect(browser.defaultWire.toError(error)).toMatchObject({ network: true, cause: error });
    expect(browser.wire(failing).toError(error)).toMatchObject({ network: false });
    expect(browser.wire(failing).toError(new TypeError('Failed to fetch'))).toMatchObject({ network: true });
  });

  it('takes a body that breaks off for one', async () => {
    const breaking = () => new ReadableStream({ pull: (to) => to.error(new TypeError('odd words')) });
    const error = await rejection(bodyOf(browser.wire(async () => new Response(breaking()))));
    expect(error).toMatchObject({ name: 'TransportError', network: true });
  });

  it('decodes UTF-8, and says which polyfill is missing', () => {
    const bytes = new TextEncoder().encode('\ufeff[é]');
    expect(browser.defaultWire.toText(bytes)).toBe('[é]');
    delete (globalThis as { TextDecoder?: unknown }).TextDecoder;
    const error = thrown(() => browser.defaultWire.toText(bytes));
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(error.message).toContain('no TextDecoder');
  });
});
