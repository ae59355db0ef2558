import { expect, it, describe, jest, beforeEach, afterEach } from '@jest/globals';
import { Agent } from 'node:http';
import { gzipSync } from 'node:zlib';
import { config, Observable, Subscription } from 'rxjs';
import {
  fetchTransport, paginate, retryRequests, type Page, type Strategy, type Transport, type WalkEvent,
} from 'pagewise'; // prettier-ignore
import { undiciTransport } from 'pagewise/node';
import { Agent as UndiciAgent } from 'undici';
import { json, serve, settle, until, type TestServer } from '../support/server.js';

jest.setTimeout(120_000);

const actions = ['throws', 'unsubscribes', 'aborts', 'subscribes again'] as const;
type Action = (typeof actions)[number];
interface Moment {
  readonly callback: string;
  readonly n: number;
  readonly action: Action;
}
type Call = (callback: string) => void;

// Longer than a test may take, so that its timer, if it is left, is found.
const attemptTimeout = 200_000;
const readJson = (call: Call) => (text: string) => (call('parseJson'), JSON.parse(text) as unknown);
const makes: Record<string, (call: Call, agent: Agent, undici: UndiciAgent) => Transport> = {
  'cross-fetch, an agent and parseJson': (call, agent) =>
    fetchTransport({ attemptTimeout, agent: () => (call('agent'), agent), parseJson: readJson(call) }),
  'a custom fetch and decode': (call) =>
    fetchTransport({
      attemptTimeout,
      fetch: (input, init) => (call('fetch'), fetch(input, init)),
      decode: (text) => (call('decode'), JSON.parse(text) as unknown),
    }),
  'undici, a dispatcher and parseJson': (call, _agent, undici) =>
    undiciTransport({
      attemptTimeout,
      dispatcher: {
        dispatch: (options: never, handler: never) => (call('dispatcher'), undici.dispatch(options, handler)),
      },
      parseJson: readJson(call),
    }),
};

/** Five pages: the first is not available at first, the second is compressed, the third is another URL. */
const book = () => {
  const asked = new Map<string, number>();
  return serve(({ url }, response) => {
    const page = url.searchParams.get('page') ?? '';
    const n = (asked.get(url.search) ?? 0) + 1;
    asked.set(url.search, n);
    if (page === '1' && n === 1) json(response, { error: 'busy' }, 503, { 'retry-after': '0' });
    else if (page === '2') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify({ page: 2 })));
    } else if (page === '3' && url.pathname === '/items') {
      response.writeHead(302, { location: `/moved${url.search}` });
      response.end();
    } else json(response, { page: Number(page) });
  });
};

const reason = { why: 'enough' };
const holds = (error: unknown, wanted: unknown): boolean =>
  error === wanted || (typeof error === 'object' && error !== null && 'cause' in error && holds(error.cause, wanted));

describe.each(Object.keys(makes))(
  'H3 callbacks of a transport × {throws, unsubscribes, aborts, subscribes again}: %s',
  (name) => {
    let agent: Agent;
    let undici: UndiciAgent;
    let server: TestServer;
    let walks = 0;
    beforeEach(async () => {
      server = await book();
      agent = new Agent({ keepAlive: true });
      undici = new UndiciAgent();
    });
    afterEach(async () => {
      agent.destroy();
      await undici.close();
    });

    async function walkWith(concurrency: number, moment?: Moment) {
      const calls = new Map<string, number>();
      const heard: string[] = [];
      const faults: string[] = [];
      const pages: number[] = [];
      const thrown = new Error('a callback threw');
      const controller = new AbortController();
      const life = new Subscription();
      let acted = false;
      let over = false;
      let silent = false;
      let again: number[] | undefined;
      let againOver = true;
      const hear = (where: string, error: unknown) =>
        holds(error, thrown) || holds(error, reason) ? heard.push(where) : faults.push(`${where}: ${String(error)}`);
      const strangers = ['unhandledRejection', 'uncaughtException'] as const;
      const listener = (error: unknown) => hear('the process', error);
      for (const one of strangers) process.on(one, listener);
      config.onUnhandledError = (error) => hear('onUnhandledError', error);

      function call(callback: string): void {
        if (again !== undefined && !againOver && acted && callback !== moment?.callback) return;
        if (silent && callback !== 'events.end') faults.push(`${callback} is called after the end`);
        const n = (calls.get(callback) ?? 0) + 1;
        calls.set(callback, n);
        if (acted || callback !== moment?.callback || n !== moment.n) return;
        acted = true;
        if (moment.action === 'throws') throw thrown;
        if (moment.action === 'unsubscribes') {
          silent = over = true;
          life.unsubscribe();
        } else if (moment.action === 'aborts') {
          silent = true;
          controller.abort(reason);
        } else {
          again = [];
          againOver = false;
          walk().subscribe({
            next: ({ items }) => again?.push(...items),
            error: (error: unknown) => {
              faults.push(`the other walk: ${String(error)}`);
              againOver = true;
            },
            complete: () => (againOver = true),
          });
        }
      }

      const transport = makes[name]!(call, agent, undici);
      const strategy: Strategy<number, number> = {
        name: 'pages',
        first: 1,
        place: (request, page) => ({ ...request, url: `${request.url}&page=${String(page)}` }),
        items: (body) => [(body as { page: number }).page],
        next: ({ position }) => (position < 5 ? position + 1 : undefined),
        guess: (position) => (position < 5 ? position + 1 : undefined),
      };
      const walk = () =>
        paginate(
          { url: `${server.url}?walk=${String(++walks)}`, headers: () => (call('headers'), {}) },
          strategy as Strategy<number, never>,
          {
            transport,
            policy: retryRequests({
              retries: 1,
              base: 1,
              shouldRetry: (_error, usual) => (call('shouldRetry'), usual),
            }),
            concurrency,
            signal: controller.signal,
            events: { next: ({ type }: WalkEvent) => call(`events.${type}`) },
          },
        );
      new Observable<Page<number>>((subscriber) => {
        life.add(subscriber); // So that it can also be unsubscribed while subscribing.
        return walk().subscribe(subscriber);
      }).subscribe({
        next: ({ items }) => (over ? faults.push('a page after the end') : pages.push(...items)),
        error: (error: unknown) => {
          if (over) faults.push('it fails after the end');
          over = true;
          hear('error', error);
        },
        complete: () => {
          if (over) faults.push('it completes after the end');
          over = true;
        },
      });
      try {
        await until(`${name}: the walks end (${JSON.stringify(moment)})`, () => over && againOver);
        await until(`${name}: no request is left (${JSON.stringify(moment)})`, () => server.inFlight() === 0);
        silent = true;
        await settle(5);
      } finally {
        for (const one of strangers) process.off(one, listener);
        config.onUnhandledError = null;
      }
      return { calls, heard, faults, pages, again };
    }

    const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;

    it.each([1, 3])('leaves nothing, and is heard once, %i at a time', async (concurrency) => {
      const before = timers();
      const plain = await walkWith(concurrency);
      expect(plain).toMatchObject({ faults: [], heard: [], pages: [1, 2, 3, 4, 5] });
      const wrong: string[] = [];
      let count = 0;
      for (const [callback, calls] of plain.calls) {
        for (let n = 1; n <= calls; n++) {
          for (const action of actions) {
            count++;
            const { heard, faults, pages, again } = await walkWith(concurrency, { callback, n, action });
            const expected =
              action === 'throws'
                ? // The first body belongs to a 503, which is what fails, whether its body can be read or not.
                  heard.length === (/parseJson|decode/.test(callback) && n === 1 ? 0 : 1)
                : action === 'unsubscribes'
                  ? heard.length === 0
                  : action === 'aborts'
                    ? heard.length <= 1
                    : String([pages, again]) === '1,2,3,4,5,1,2,3,4,5';
            if (!expected || faults.length > 0)
            wrong.push(`${callback} ${String(n)} ${action}: ${[...faults, `heard by ${heard.join() || 'nobody'}`, `${pages.join()}; ${again?.join() ?? ''}`].join('; ')}`); // prettier-ignore
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(100);
      await until('no timer is left', () => timers() <= before);
      expect(Object.keys(agent.requests)).toEqual([]);
      expect(Object.keys(agent.sockets)).toEqual([]);
    });
  },
);
