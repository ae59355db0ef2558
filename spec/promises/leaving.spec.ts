import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pipe } from 'rxjs';
import { pageNumber, paginate, retryRequests, throttleRequests, type Policy } from 'pagewise';
import { json, numbered, serve, serveRaw, settle, until } from '../support/server.js';
import { watchTimers } from '../support/timers.js';
import { onEachTransport } from '../support/transports.js';
import { plain } from '../support/walks.js';

jest.setTimeout(60_000);

const reason = { why: 'enough' };
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown) => unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', onUnhandled);
});
afterEach(() => {
  process.off('unhandledRejection', onUnhandled);
  jest.restoreAllMocks();
});

onEachTransport('T3 leaving', (make) => {
  describe.each(['unsubscribe', 'abort'] as const)('by %s', (way) => {
    const start = (url: string, policy: Policy = plain, onNext?: (leave: () => void) => void) => {
      const timers = watchTimers();
      const controller = new AbortController();
      const seen: unknown[] = [];
      const pages = paginate({ url }, pageNumber<number>({ items: 'items', size: 10 }), {
        transport: make(),
        policy,
        signal: controller.signal,
      });
      const leave = () => (way === 'abort' ? controller.abort(reason) : subscription.unsubscribe());
      const subscription = pages.subscribe({
        next: ({ index }) => {
          seen.push(`page ${index}`);
          onNext?.(leave);
        },
        error: (error: unknown) => seen.push(error === reason ? 'aborted' : error),
        complete: () => seen.push('complete'),
      });
      /** Cancels, and expects nothing after these. */
      const left = async (...before: string[]) => {
        leave();
        expect(timers()).toBe(0);
        await settle(100);
        expect(seen).toEqual(way === 'abort' ? [...before, 'aborted'] : before);
        expect(timers()).toBe(0);
        expect(unhandled).toEqual([]);
      };
      return { leave, left, seen, timers };
    };

    it.each([0, 1, 2, 3])('while connecting (after %i turns of the event loop)', async (turns) => {
      const server = await serveRaw(() => {});
      const { left } = start(server.url);
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      await left();
      await until('no request is left', () => server.asked.size === 0);
    });

    it('before the headers', async () => {
      const server = await serveRaw(() => {});
      const { left } = start(server.url);
      await until('the request arrives', () => server.requests() === 1);
      await left();
      await until('the server sees it', () => server.asked.size === 0);
      expect(server.requests()).toBe(1);
    });

    it.each([200, 500])('in the body of a %i', async (status) => {
      const server = await serveRaw((socket) => socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 99\r\n\r\n{"it`));
      const { left } = start(server.url);
      await until('the request arrives', () => server.requests() === 1);
      await settle(50);
      await left();
      await until('the server sees it', () => server.asked.size === 0);
    });

    it('in a redirect', async () => {
      const server = await serveRaw((socket, index) => {
        if (index === 0) socket.write('HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n');
      });
      const { left } = start(server.url);
      await until('the second request arrives', () => server.requests() === 2);
      await left();
      await until('the server sees it', () => server.asked.size === 0);
    });

    it('during the wait before another attempt', async () => {
      jest.spyOn(Math, 'random').mockReturnValue(1);
      const server = await serve((_seen, response) => json(response, {}, 503));
      const { left } = start(server.url, retryRequests({ base: 30_000 }));
      await until('the request is answered', () => server.seen.length === 1 && server.inFlight() === 0);
      await settle(50);
      await left();
      expect(server.seen).toHaveLength(1);
    });

    it('during the wait of a throttle, which is then free for others', async () => {
      const server = await serve(numbered(50));
      const policy = pipe(throttleRequests({ limit: 1, interval: 3_600_000 }), retryRequests()) as Policy;
      const { left, seen } = start(server.url, policy);
      await until('the first page is there', () => seen.length === 1);
      await settle(50);
      await left('page 0');
      expect([server.seen.length, server.aborted()]).toEqual([1, 0]);
    });

    it('inside next: an answered request is not aborted, and nothing more is sent', async () => {
      const server = await serve(numbered(50));
      const { left, seen } = start(server.url, plain, (leave) => leave());
      await until('the first page is there', () => seen.length > 0);
      await left('page 0');
      expect([server.seen.length, server.aborted()]).toEqual([1, 0]);
    });

    it('after the end, which changes nothing', async () => {
      const server = await serve(numbered(15));
      const { leave, seen, timers } = start(server.url);
      await until('the end', () => seen.includes('complete'));
      expect(timers()).toBe(0);
      leave();
      await settle(50);
      expect(seen).toEqual(['page 0', 'page 1', 'page 2', 'complete']);
      expect([server.seen.length, server.aborted(), unhandled]).toEqual([3, 0, []]);
    });
  });
});
