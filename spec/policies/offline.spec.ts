import { afterEach, describe, expect, it } from '@jest/globals';
import {
  fetchTransport,
  functionTransport,
  paginate,
  pageNumber,
  retryRequests,
  TransportError,
  type WalkEvent,
} from 'pagewise';
import { lastValueFrom, toArray, type Subscription } from 'rxjs';
import { numbered, serve, until } from '../support/server.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });
const original = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
const globals = globalThis as unknown as EventTarget & { addEventListener: unknown };
const events = new EventTarget();
let listening = 0;

/** What a browser tells of its network, driven by hand. scripts/browser-offline.mjs tries a real one. */
function browser() {
  const navigator = { onLine: true };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  Object.assign(globals, {
    addEventListener(type: string, listener: EventListener, options: object) {
      listening++;
      events.addEventListener(type, listener, options);
    },
    removeEventListener(type: string, listener: EventListener) {
      listening--;
      events.removeEventListener(type, listener);
    },
  });
  return {
    off: () => (navigator.onLine = false),
    on() {
      navigator.onLine = true;
      events.dispatchEvent(new Event('online'));
    },
  };
}
afterEach(() => {
  listening = 0;
  delete (globalThis as Partial<typeof globalThis>).navigator;
  if (original) Object.defineProperty(globalThis, 'navigator', original);
  for (const name of ['addEventListener', 'removeEventListener'])
    delete (globals as unknown as Record<string, unknown>)[name];
});

/** A fetch that fails while the browser is offline. */
const fetchWhile = ((url: string, init: RequestInit) =>
  (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false
    ? Promise.reject(new TypeError('Failed to fetch'))
    : fetch(url, init)) as typeof fetch;
const transport = fetchTransport({ fetch: fetchWhile });
const policy = retryRequests({ retries: 2, base: 1 });

/** A walk whose browser goes offline after page 1. */
async function walkOffline(options: object = {}) {
  const server = await serve(numbered(25));
  const { off, on } = browser();
  const seen: WalkEvent[] = [];
  const heard = {
    next(event: WalkEvent) {
      seen.push(event);
      if (event.type === 'page' && event.pageIndex === 0) off();
    },
  };
  const pages: number[] = [];
  let ending: unknown;
  const subscription: Subscription = paginate({ url: server.url }, strategy, {
    transport,
    policy,
    events: heard,
    ...options,
  }).subscribe({
    next: ({ index }) => pages.push(index),
    error: (error: unknown) => (ending = error),
    complete: () => (ending = 'complete'),
  });
  await until('it waits', () => listening === 1);
  return { server, on, off, seen, pages, subscription, ending: () => ending };
}

describe('a browser that is offline', () => {
  it('is waited for: nothing is sent before it is online again, and the walk continues', async () => {
    const { server, on, seen, pages, ending } = await walkOffline();
    await new Promise((resolve) => setTimeout(resolve, 50)); // many times the longest wait
    expect([server.seen.length, pages, ending()]).toEqual([1, [0], undefined]);
    const wait = seen.find(({ type }) => type === 'wait');
    expect(wait).toMatchObject({
      reason: 'retry',
      pageIndex: 1,
      error: { offline: true, network: true },
    });
    on();
    await until('the end', () => ending() !== undefined);
    expect([pages, ending(), server.seen.length]).toEqual([
      [0, 1, 2, 3].slice(0, pages.length),
      'complete',
      pages.length,
    ]);
    expect(pages.length).toBeGreaterThanOrEqual(3);
  });

  it('costs one retry however long it takes, and a retry for each time', async () => {
    const { on, off, pages, ending, server } = await walkOffline();
    // Online for a moment only: the retry fails again, and waits again.
    on();
    off();
    await until('it waits again', () => listening === 2);
    expect([pages, server.seen.length]).toEqual([[0], 1]);
    on();
    off();
    await until('its retries are used up', () => ending() !== undefined);
    expect(ending()).toMatchObject({ name: 'TransportError', offline: true, attempts: 3, pageIndex: 1 });
    expect((ending() as Error).message).toBe(
      `Page 2 failed: TypeError: Failed to fetch (the browser is offline) after 3 attempts, GET ${server.url}?page=…&per_page=…`,
    );
  });

  it.each([
    ['unsubscribing', (walk: Awaited<ReturnType<typeof walkOffline>>) => walk.subscription.unsubscribe()],
    ['an abort', () => controller.abort(new Error('enough'))],
  ])('ends by %s: no listener is left, and nothing is sent later', async (_, stop) => {
    controller = new AbortController();
    const walk = await walkOffline({ signal: controller.signal });
    stop(walk);
    expect(listening).toBe(0);
    walk.on();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(walk.server.seen).toHaveLength(1);
  });

  it('ends by totalTimeout', async () => {
    const { ending, server, on } = await walkOffline({ totalTimeout: 60 });
    await until('the end', () => ending() !== undefined);
    expect(ending()).toMatchObject({ name: 'PageTimeoutError', pageIndex: 1 });
    expect(listening).toBe(0);
    on();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.seen).toHaveLength(1);
  });

  it('is not waited for if a server has answered, nor if it is online by then', async () => {
    const { off, on } = browser();
    off();
    let times = 0;
    const failing = await serve((_, response) => {
      times++;
      response.writeHead(503).end();
    });
    const walk = paginate({ url: failing.url }, strategy, { policy, transport: fetchTransport({ fetch }) });
    await expect(lastValueFrom(walk)).rejects.toMatchObject({ status: 503 });
    expect([times, listening]).toEqual([3, 0]);

    let calls = 0;
    const flaky = functionTransport(() => {
      if (calls++ > 0) return { items: [] };
      off();
      const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      queueMicrotask(on);
      throw error;
    });
    expect(
      await lastValueFrom(
        paginate({ url: 'https://api.test/items' }, strategy, { transport: flaky, policy }).pipe(toArray()),
      ),
    ).toHaveLength(1);
    expect([calls, listening]).toEqual([2, 0]);
  });

  it('is said by TransportError alone, and by nothing where no one knows', () => {
    const { off } = browser();
    expect(new TransportError(new TypeError('x')).offline).toBe(false);
    off();
    const error = new TransportError(new TypeError('Failed to fetch'), { network: true, hint: ' (CORS?)' });
    expect([error.offline, error.message]).toEqual([true, 'TypeError: Failed to fetch (the browser is offline)']);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ offline: true });
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
    expect(new TransportError(new TypeError('x')).offline).toBe(false);
    delete (globalThis as Partial<typeof globalThis>).navigator;
    expect(new TransportError(new TypeError('x')).offline).toBe(false);
  });
});
let controller = new AbortController();
