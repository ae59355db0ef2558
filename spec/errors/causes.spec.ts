import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { CallbackError, functionTransport, pageNumber, paginate, type PagewiseError, retryRequests, type WalkEvent } from 'pagewise'; // prettier-ignore
import { rejection } from '../support/walks.js';

const hush = 'hu5h-hu5h-hu5h';
const leaks = new RegExp(`${hush}|${btoa(hush).replace(/=+$/, '')}|hu5h-hu5`, 'i');

/** Every way to show an error, or anything in its chain of causes. */
function shown(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 10) return String(value);
  const { message, stack, cause } = value as { message?: string; stack?: string; cause?: unknown };
  const text = [message, stack, JSON.stringify(value), inspect(value, { depth: 20, getters: true }), JSON.stringify({ ...value })]; // prettier-ignore
  return [...text, value instanceof Error ? String(value) : '', cause === undefined ? '' : shown(cause, depth + 1)].join('\n'); // prettier-ignore
}

/** As axios makes them: with the request, with sockets, and with a toJSON that shows the request. */
class AxiosError extends Error {
  readonly code = 'ERR_BAD_RESPONSE';
  readonly request: object;
  constructor(
    readonly config: object,
    readonly response?: object,
  ) {
    super('Request failed with status code 503');
    this.name = 'AxiosError';
    const request = { path: `/items?key=${hush}` };
    this.request = Object.assign(request, { self: request });
  }
  toJSON(): object {
    return { message: this.message, config: this.config };
  }
}

const walk = async (thrown: () => unknown) => {
  const events: WalkEvent[] = [];
  let calls = 0;
  const pages = paginate(
    { url: `https://api.test/items?key=${hush}`, headers: { 'X-Key': hush, Cookie: `sid=${hush}` } },
    pageNumber({ items: 'items' }),
    {
      transport: functionTransport(() => {
        calls++;
        return Promise.reject(thrown());
      }),
      policy: retryRequests({ retries: 1, base: 1 }),
      events: { next: (event) => events.push(event) },
    },
  );
  const error = (await rejection(lastValueFrom(pages))) as unknown as PagewiseError & { cause: unknown };
  return { error, calls, events: events.map((event) => `${JSON.stringify(event)}${inspect(event, { depth: 20 })}`) };
};

const invalidUrl = () => {
  try {
    return new URL(`http//me:${hush}@host/?k=${hush}`);
  } catch (error) {
    return error;
  }
};

const config = { url: `/items?key=${hush}`, headers: { Authorization: `Bearer ${hush}` }, data: `{"q":"${hush}"}` };

describe('S10 what clients throw is a cause that shows no request', () => {
  it.each<[what: string, thrown: () => unknown, calls: number]>([
    ["an error of axios, which is retried by its answer's status", () => new AxiosError(config, { status: 503, headers: { 'set-cookie': hush } }), 2],
    ['a DOMException', () => new DOMException(`no https://me:${hush}@h/x?token=${hush}`, 'NetworkError'), 1],
    ['an error with a broken URL', invalidUrl, 1],
    ['a text', () => `no /items?key=${hush}`, 1],
    ['a bare query', () => new Error(`no /items?${hush}`), 1],
    ['an answer as an object', () => ({ status: 500, url: `/items?key=${hush}`, headers: { authorization: hush } }), 2],
    ['a Response', () => new Response('', { status: 503, headers: { 'set-cookie': hush } }), 2],
    ['several errors', () => new AggregateError([new Error(`no https://h/?a=${hush}`)], 'all failed'), 1],
    ['a cause of a cause', () => new TypeError('fetch failed', { cause: Object.assign(new Error(`no ${hush}`), { code: 'ECONNRESET', headers: { a: hush } }) }), 2],
    ['the same in upper case, in base64, and cut', () => new Error(`${hush.toUpperCase()} ${btoa(hush)} ${hush.slice(0, 9)}`), 1],
    ['a map and parameters', () => Object.assign(new Error('m'), { meta: new Map([['a', hush]]), params: new URLSearchParams({ a: hush }) }), 1],
    ['a getter', () => Object.defineProperty(new Error('m'), 'url', { enumerable: true, get: () => `https://h/?a=${hush}` }), 1],
    ['a member with the name of a secret', () => Object.assign(new Error('m'), { apiKey: 'hu5h-hu5h' }), 1],
  ])('S10 %s', async (_what, thrown, calls) => {
    const { error, events, ...found } = await walk(thrown);
    expect(error.name).toBe('TransportError');
    expect(found.calls).toBe(calls);
    expect(shown(error)).not.toMatch(leaks);
    expect(events.length).toBeGreaterThan(2);
    expect(events.join('\n')).not.toMatch(leaks);
  }); // prettier-ignore

  it('S10 of the same class, with the request still there for programs', async () => {
    const { error } = await walk(() => new AxiosError(config));
    expect(error.cause).toBeInstanceOf(AxiosError);
    expect(error.cause).toMatchObject({ name: 'AxiosError', code: 'ERR_BAD_RESPONSE' });
    expect((error.cause as AxiosError).config).toBe(config);
    expect(Object.keys(error.cause as object)).not.toContain('config');
  });

  it('S10 an error that shows none is the cause itself', async () => {
    const mine = Object.assign(new Error('boom'), { code: 'E_MINE', quota: { left: 3 } });
    expect((await walk(() => mine)).error.cause).toBe(mine);
  });

  it('S10 of callbacks too', () => {
    const error = new CallbackError('headers', new AxiosError(config));
    expect(shown(error)).not.toMatch(leaks);
  });
});
