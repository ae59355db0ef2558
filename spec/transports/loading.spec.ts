import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defer } from 'rxjs';
import { fetchTransport, paginate, type PagePolicy, type Transport } from 'pagewise';
import { withCookies } from 'pagewise/node';
import { recordTransport } from 'pagewise/testing';
import { numbered, serve } from '../support/server.js';
import { answer, counting } from '../support/walks.js';

/** Notes in which order things happen in a walk of two pages over a transport that loads something. */
function walkWith(load: NonNullable<Transport['load']>, options: { signal?: AbortSignal } = {}) {
  const order: string[] = [];
  const transport: Transport = Object.assign(
    (...[request]: Parameters<Transport>) => {
      order.push('sent');
      return [answer(request.body)];
    },
    { load: () => (order.push('load'), load()) },
  );
  const policy: PagePolicy = (source) => defer(() => (order.push('turn'), source));
  const pages = paginate({ url: 'https://api.example.com' }, counting(2), { transport, policy, ...options });
  const run = () =>
    new Promise<unknown>((resolve) => pages.subscribe({ error: resolve, complete: () => resolve(undefined) }));
  return { order, run, pages };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('what a transport loads before its first request', () => {
  it('is loaded before a policy is asked for a turn, and never before the walk starts', async () => {
    let loaded!: () => void;
    const loading = new Promise<void>((resolve) => (loaded = resolve));
    const { order, run } = walkWith(() => loading);
    expect(order).toEqual([]);
    const ended = run();
    await settled();
    expect(order).toEqual(['load']);
    loaded();
    expect(await ended).toBeUndefined();
    expect(order).toEqual(['load', 'turn', 'sent', 'turn', 'sent']);
  });

  it('is not waited for once it is there: the walk starts synchronously', () => {
    const { order, run } = walkWith(() => undefined);
    void run();
    expect(order.slice(0, 3)).toEqual(['load', 'turn', 'sent']);
  });

  it('lets the request report why it can not be loaded', async () => {
    const { order, run } = walkWith(() => Promise.reject(new Error('no file')));
    expect(await run()).toBeUndefined();
    expect(order.slice(0, 3)).toEqual(['load', 'turn', 'sent']);
  });

  it('ends the walk with an error that names it if it throws', async () => {
    const { order, run } = walkWith(() => {
      throw new Error('broken');
    });
    expect(await run()).toMatchObject({ name: 'CallbackError', callback: 'transport.load' });
    expect(order).toEqual(['load']);
  });

  it('asks for no turn if the walk was cancelled meanwhile', async () => {
    const controller = new AbortController();
    let loaded!: () => void;
    const { order, run } = walkWith(() => new Promise<void>((resolve) => (loaded = resolve)), {
      signal: controller.signal,
    });
    const ended = run();
    controller.abort(new Error('enough'));
    loaded();
    expect(await ended).toMatchObject({ message: 'enough' });
    await settled();
    expect(order).toEqual(['load']);

    const other = walkWith(() => new Promise<void>((resolve) => (loaded = resolve)));
    other.pages.subscribe().unsubscribe();
    loaded();
    await settled();
    expect(other.order).toEqual(['load']);
  });

  it('is known through transports around it', () => {
    const inner = fetchTransport();
    const jar = { getCookieString: () => '', setCookie: () => undefined };
    expect(inner.load).toBeInstanceOf(Function);
    expect(recordTransport(inner).load).toBe(inner.load);
    expect(withCookies(inner, jar, 'https://api.example.com').load).toBe(inner.load);
    expect(fetchTransport({ fetch: globalThis.fetch }).load).toBeUndefined();
  });
});

describe('a transport of your own', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['no promise', true, ['load', 'turn', 'sent', 'turn', 'sent']],
    ['a then that throws', { then: () => { throw new Error('no'); } }, ['load', 'turn', 'sent', 'turn', 'sent']],
  ])('may load with %s', async (_, result, expected) => {
    const { order, run } = walkWith(() => result as never);
    expect(await run()).toBeUndefined();
    expect(order).toEqual(expected);
  }); // prettier-ignore
});

const cwd = fileURLToPath(new URL('../..', import.meta.url));

describe('in a fresh process, the HTTP client is loaded before the first turn of a throttle is asked for', () => {
  it.each([
    ['cross-fetch', 'fetchTransport()', 'node-fetch'],
    ['undici', 'undiciTransport()', 'undici'],
  ])('%s', async (_, transport, name) => {
    const server = await serve(numbered(30));
    const script = `
      import Module from 'node:module';
      import { fetchTransport, pageNumber, paginate } from 'pagewise';
      import { sharedThrottle, undiciTransport } from 'pagewise/node';
      const isLoaded = () => Object.keys(Module._cache).some((file) => file.includes('/node_modules/${name}/'));
      const seen = [isLoaded()];
      const redis = { eval: async () => (seen.push(isLoaded()), ['go', '1']) };
      const policy = sharedThrottle(redis, { key: 'a', limit: 1 });
      const pages = paginate({ url: '${server.url}' }, pageNumber({ items: 'items' }), { policy, transport: ${transport} });
      seen.push(isLoaded());
      await pages.forEach(() => undefined);
      console.log(JSON.stringify(seen));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
    const [before, built, ...turns] = JSON.parse(stdout) as boolean[];
    expect([before, built]).toEqual([false, false]);
    expect(turns.length).toBeGreaterThan(1);
    expect(turns).not.toContain(false);
  });
});

describe('in a fresh process', () => {
  it("a walk does not load Node's own fetch, which takes 30 ms", async () => {
    const server = await serve(numbered(30));
    const script = `
      import 'node:http'; // Node 22 and later load it with this, and a walk needs this in any case.
      import { pageNumber, paginate } from 'pagewise';
      const loaded = () => process.moduleLoadList.filter((name) => name.includes('deps/undici')).join();
      const before = loaded();
      const url = '${server.url}';
      const requests = [
        { url, headers: { authorization: 'Bearer a' } },
        { url: new URL(url), headers: () => ({ authorization: 'Bearer a' }) },
        { url, method: 'POST', body: { q: 'a' } },
        { url, method: 'POST', body: new URLSearchParams('q=a') },
      ];
      for (const request of requests) await paginate(request, pageNumber({ items: 'items' })).forEach(() => undefined);
      console.log(loaded() === before);`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
    expect(stdout).toBe('true\n');
    expect(server.seen.length).toBeGreaterThanOrEqual(8);
  });
});
