import { afterEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import {
  fetchTransport,
  items,
  pageNumber,
  paginate,
  retryRequests,
  type FetchTransportOptions,
  type Transport,
} from 'pagewise';
import { lastValueFrom, toArray } from 'rxjs';
import { startProxy } from '../support/proxy.js';
import { serveSecurely } from '../support/secure-server.js';
import { numbered, rows, serve, serveRaw, settle, until } from '../support/server.js';
import { plain, rejection, thrown } from '../support/walks.js';

const agents: Agent[] = [];
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
});
const kept = <A extends Agent>(agent: A): A => (agents.push(agent), agent);

const walk = (url: string, agent: FetchTransportOptions['agent']) =>
  lastValueFrom(
    paginate({ url }, pageNumber<number>({ items: 'items' }), {
      transport: fetchTransport({ agent }),
      policy: retryRequests({ retries: 0 }),
    }).pipe(items(), toArray()),
  );

describe('fetchTransport, agent', () => {
  it('creates the connections, and keeps them', async () => {
    const server = await serve(numbered(95));
    const agent = kept(new Agent({ keepAlive: true, maxSockets: 1 }));
    expect(await walk(server.url, agent)).toEqual(rows(95));
    expect(server.sockets.size).toBe(1);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  });

  it('trusts a custom CA, and presents a certificate', async () => {
    const server = await serveSecurely();
    expect(await walk(server.url, kept(new HttpsAgent({ ca: server.cert })))).toEqual([1, 2, 3, 4, 5]);
    expect((await rejection(walk(server.url, undefined))).name).toBe('TransportError');
  });

  it('is chosen by the URL', async () => {
    const [server, proxy] = [await serve(numbered(5)), await startProxy()];
    const through = kept(new HttpProxyAgent(proxy.url));
    const asked: string[] = [];
    const chosen = await walk(server.url, (url) => {
      asked.push(url);
      return asked.length === 1 ? through : undefined;
    });
    expect(chosen).toEqual(rows(5));
    expect(asked).toEqual([`${server.url}?page=1`, `${server.url}?page=2`]);
    expect(proxy.seen.map(({ line }) => line)).toEqual([`GET ${server.url}?page=1`]);
  });

  it.each([
    ['CONNECT', 'http'],
    ['the handshake before it', 'https'],
  ])("T3 an agent's pending connection ends with its request, if the proxy stalls in %s", async (_where, scheme) => {
    const proxy = await serveRaw(() => undefined);
    const agent = kept(new HttpsProxyAgent(proxy.origin.replace('http', scheme), { keepAlive: true }));
    const ask = (transport: Transport) =>
      paginate({ url: 'https://localhost:1/' }, pageNumber({ items: 'items' }), { transport, policy: plain });
    const timed = await rejection(lastValueFrom(ask(fetchTransport({ agent, attemptTimeout: 300 }))));
    expect(timed.name).toBe('AttemptTimeoutError');
    await until('no connection is left', () => proxy.sockets.size === 0);
    const two = [0, 1].map(() => ask(fetchTransport({ agent })).subscribe());
    await until('both are connected', () => proxy.sockets.size === 2);
    two[0]?.unsubscribe();
    await until('one is left', () => proxy.sockets.size === 1);
    await settle();
    expect(proxy.sockets.size).toBe(1);
    two[1]?.unsubscribe();
    await until('none is left', () => proxy.sockets.size === 0);
  });

  it('an agent that tunnels keeps its connections', async () => {
    const [server, proxy] = [await serveSecurely(), await startProxy()];
    const agent = kept(new HttpsProxyAgent(proxy.url, { keepAlive: true }));
    Object.assign(agent.options, { ca: server.cert });
    for (let i = 0; i < 3; i++) expect(await walk(server.url, agent)).toEqual([1, 2, 3, 4, 5]);
    expect(proxy.seen.map(({ line }) => line)).toEqual([`CONNECT ${new URL(server.url).host}`]);
  });

  it('reports what the function throws', async () => {
    const error = await rejection(walk('http://127.0.0.1:9/', () => { throw new Error('mine'); })); // prettier-ignore
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'agent' });
  });

  // A value that can't be wrapped was an unhandled rejection, which ends the process.
  it.each<[string, unknown]>([
    ['a number', 42],
    ['a text', 'x'],
    ['false', false],
    ['a symbol', Symbol('s')],
    ['an object', {}],
    ['a promise', Promise.resolve()],
    ['a function', () => undefined],
    ['a Proxy whose traps throw', new Proxy({}, { get: () => { throw new Error('trap'); } })], // prettier-ignore
  ])('H3 fails if the function returns %s', async (_name, agent) => {
    const server = await serve(numbered(5));
    const error = await rejection(walk(server.url, () => agent as never));
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'agent', pageIndex: 0 });
    expect(error.message).toContain('it returned ');
    expect(error.message).toContain('which is not an http.Agent');
    expect(server.seen).toEqual([]);
  });

  it('refuses anything but an agent, and an agent together with a fetch', () => {
    expect(thrown(() => fetchTransport({ agent: {} })).message).toBe(
      'fetchTransport: agent must be an http.Agent or a function from the URL to one, not an empty object',
    );
    for (const agent of [null, 'http://proxy', { addRequest: 5 }])
      expect(thrown(() => fetchTransport({ agent } as never)).message).toMatch(
        /^fetchTransport: agent must be an http\.Agent/,
      );
    expect(thrown(() => fetchTransport({ agent: new Agent(), fetch })).message).toContain('remove agent or fetch');
  });
});
