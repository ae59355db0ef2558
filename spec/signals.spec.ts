import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { lastValueFrom, NEVER, throwError } from 'rxjs';
import {
  breakRequests, fetchTransport, functionTransport, paginate, retryRequests, singlePage, type PaginateOptions, type Transport,
} from 'pagewise'; // prettier-ignore
import { json, serve, until } from './support/server.js';
import { counting, echo, rejection } from './support/walks.js';

const pages = (last: number, options: PaginateOptions<number> = {}) =>
  paginate({ body: {} }, counting(last), { transport: echo, ...options });
const pending: Transport = () => NEVER;

/** A signal as old polyfills have it: without reason, throwIfAborted, any and timeout. */
function oldSignal() {
  const target = new EventTarget();
  const signal = Object.assign(target, { aborted: false, onabort: null });
  return {
    signal: signal as unknown as AbortSignal,
    abort() {
      signal.aborted = true;
      target.dispatchEvent(new Event('abort'));
    },
  };
}

describe('an AbortSignal', () => {
  it('T4 has one listener, however many walks share it, and none after the last of them', async () => {
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown) => warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const count = () => getEventListeners(signal, 'abort').length;
    const walks = Array.from({ length: 30 }, () => pages(9, { signal, transport: pending }).subscribe());
    expect(count()).toBe(1);
    for (const walk of walks.slice(1)) walk.unsubscribe();
    expect(count()).toBe(1);
    walks[0]?.unsubscribe();
    expect(count()).toBe(0);
    expect(await lastValueFrom(pages(3, { signal }))).toMatchObject({ items: [3] });
    expect(count()).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('T6 ends all walks that share it, each with its reason, though one of them starts or ends others', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const errors: unknown[] = [];
    const late: unknown[] = [];
    const start = (into: unknown[], then?: () => void) =>
      pages(9, { signal, transport: pending }).subscribe({ error: (error: unknown) => (into.push(error), then?.()) });
    start(errors, () => {
      third.unsubscribe();
      start(late);
    });
    start(errors);
    const third = start(errors);
    const reason = new Error('mine');
    controller.abort(reason);
    expect(errors).toEqual([reason, reason]);
    expect(late).toEqual([reason]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it.each([null, 0, '', 'text'])('T6 its reason is passed on: %p', async (reason) => {
    const signal = AbortSignal.abort(reason);
    expect(await pages(9, { signal }).forEach(() => {}).then(() => 'none', (error: unknown) => error)).toBe(reason); // prettier-ignore
  });

  it('T6 without a reason, as polyfills have it, gives an AbortError: one for all', async () => {
    const { signal, abort } = oldSignal();
    const all = [1, 2].map(() => rejection(lastValueFrom(pages(9, { signal, transport: pending }))));
    abort();
    const [first, second] = await Promise.all(all);
    expect(first).toMatchObject({ name: 'AbortError', message: 'This operation was aborted' });
    expect(second).toBe(first);
    expect(await rejection(lastValueFrom(pages(9, { signal })))).toBe(first);
  });

  it('T6 without a reason, it aborts attempts, retries and a breaker too', async () => {
    for (const policy of [retryRequests(), breakRequests({ execute: (send) => send() })]) {
      const { signal, abort } = oldSignal();
      const seen: AbortSignal[] = [];
      const transport = functionTransport((_, attempt) => (seen.push(attempt.signal), NEVER));
      const failed = rejection(lastValueFrom(pages(9, { signal, transport, policy })));
      await until('the page is requested', () => seen.length === 1);
      abort();
      const error = await failed;
      expect(error.name).toBe('AbortError');
      expect(seen[0]?.reason).toBe(error);
    }
  });
});

describe('without AbortController', () => {
  const original = globalThis.AbortController;
  afterEach(() => {
    globalThis.AbortController = original;
  });
  const remove = () => delete (globalThis as { AbortController?: unknown }).AbortController;

  it('T10 a fetch is sent without a signal, retried, and its answer dropped when the walk is cancelled', async () => {
    const server = await serve((_, response, index) =>
      index === 0 ? void response.writeHead(503).end() : json(response, { page: 1 }),
    );
    const seen: (RequestInit | undefined)[] = [];
    const real = globalThis.fetch;
    const transport = fetchTransport({ fetch: (url, init) => (seen.push(init), real(url, init)) });
    remove();
    const strategy = singlePage<number>({ items: (body) => [(body as { page: number }).page] });
    const walk = () => paginate({ url: server.url }, strategy, { transport, policy: retryRequests({ base: 0 }) });
    expect(await lastValueFrom(walk())).toMatchObject({ items: [1] });
    expect(seen.map((init) => init && 'signal' in init)).toEqual([false, false]);
    walk().subscribe().unsubscribe();
  });

  it('says so once a transport reads the signal, and what to do', async () => {
    remove();
    const transport = functionTransport((_, { signal }) => Promise.resolve(signal));
    const error = await rejection(lastValueFrom(pages(9, { transport })));
    expect(error).toMatchObject({ name: 'ConfigError', attempts: 1 });
    expect(error.message).toContain('this runtime has no AbortController');
    expect(error.message).toContain('polyfill');
  });
});

describe('fake timers', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['a page', { transport: pending }],
    ['a page with a total timeout', { transport: pending, totalTimeout: 1000 }],
    ['nextWhen', { nextWhen: () => NEVER }],
    ['a retry', { transport: () => throwError(() => Object.assign(new Error('x'), { code: 'ECONNRESET' })) }],
  ])('come to their end while %s is pending: jest.runAllTimers()', async (_name, options: PaginateOptions<number>) => {
    jest.useFakeTimers();
    for (let i = 0; i < 3; i++) {
      const walk = pages(9, options).subscribe({ error: () => {} });
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      jest.runAllTimers();
      await jest.runAllTimersAsync();
      walk.unsubscribe();
    }
    expect(jest.getTimerCount()).toBe(0);
  });

  it('come to their end while a fetch is pending', async () => {
    jest.useFakeTimers();
    const transport = fetchTransport({ fetch: () => new Promise(() => {}) });
    const errors: Error[] = [];
    paginate({ url: 'https://api.example.com/' }, singlePage(), { transport, policy: retryRequests({ retries: 0 }) }) //
      .subscribe({ error: (error: Error) => errors.push(error) });
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    jest.runAllTimers();
    await jest.runAllTimersAsync();
    expect(errors).toMatchObject([{ name: 'AttemptTimeoutError' }]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
