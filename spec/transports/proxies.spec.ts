// How requests reach a proxy: http: with the whole URL, https: by a tunnel.
import { describe, expect, it } from '@jest/globals';
import { Socket } from 'node:net';
import { TransportError } from 'pagewise';
import { absoluteForm, type Proxy, toProxy } from '../../lib/transports/node/proxies.js';
import { type Connect, throughProxies } from '../../lib/transports/node/tunnel.js';
import { startProxy } from '../support/proxy.js';
import { selfSigned } from '../support/self-signed.js';
import { serveRaw, until } from '../support/server.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a proxy', () => {
  it.each([
    ['http://proxy:3128', undefined],
    ['http://ann:pass@proxy:3128', basic('ann:pass')],
    ['http://ann@proxy:3128', basic('ann:')],
    ['http://:pass@proxy:3128', basic(':pass')],
    ['http://a%40b:p%3Aq@proxy:3128', basic('a@b:p:q')],
    ['http://a%40b:50%off@proxy:3128', basic('a@b:50%off')],
  ])('%s has the authorization of its URL', (url, authorization) => {
    expect(toProxy(url)).toEqual({ url: new URL(url), authorization });
  });
});

describe('a request through a proxy', () => {
  const proxies: Record<string, Proxy> = {
    'http://a.example': toProxy('http://proxy:3128'),
    'http://b.example': toProxy('http://ann:pass@proxy:3128'),
    'https://a.example': toProxy('http://ann:pass@proxy:3128'),
  };
  const formed = (origin: string) =>
    absoluteForm({ origin, path: '/items?page=1', headers: { accept: 'x' } }, (one) => proxies[one]);

  it('has its whole URL, and the authorization of the proxy', () => {
    expect(formed('http://a.example')).toStrictEqual({
      origin: 'http://a.example', path: 'http://a.example/items?page=1', headers: { accept: 'x' },
    });
    expect(formed('http://b.example')).toEqual({
      origin: 'http://b.example', path: 'http://b.example/items?page=1', headers: { accept: 'x', 'proxy-authorization': basic('ann:pass') },
    });
  }); // prettier-ignore

  it('is as it was without one, and within a tunnel', () => {
    for (const origin of ['http://c.example', 'https://a.example', 'https://c.example'])
      expect(formed(origin)).toEqual({ origin, path: '/items?page=1', headers: { accept: 'x' } });
  });
});

/** What a connection is asked for, and what comes of it. */
function connecting(proxy: string | undefined, to: Partial<Record<'protocol' | 'hostname' | 'host' | 'port', string | undefined>>, tls = {}) {
  const direct: object[] = [];
  const origins: string[] = [];
  let destroyed: unknown;
  const make: Connect = (options, callback) => {
    direct.push(options);
    const { httpSocket } = options;
    callback(null, httpSocket ?? new Socket());
    return { destroy: (reason) => (destroyed = reason) };
  };
  const proxied = throughProxies(make, (origin) => (origins.push(origin), proxy === undefined ? undefined : toProxy(proxy)), tls);
  let connection!: { destroy(reason: Error): unknown };
  const settled = new Promise<{ error: unknown; socket: Socket | null }>((resolve) => {
    const whole = { protocol: 'https:', hostname: 'api.example.com', host: 'api.example.com', port: '', ...to } as Parameters<Connect>[0];
    connection = proxied(whole, (error: Error | null, socket: Socket | null) => resolve({ error, socket }));
  });
  return { settled, direct, origins, connection, destroyed: () => destroyed };
} // prettier-ignore

describe('a connection', () => {
  it('is a direct one without a proxy', async () => {
    const { settled, direct, origins } = connecting(undefined, { host: 'api.example.com:8443' });
    expect(await settled).toMatchObject({ error: null });
    expect(origins).toEqual(['https://api.example.com:8443']);
    expect(direct).toEqual([{ protocol: 'https:', hostname: 'api.example.com', host: 'api.example.com:8443', port: '' }]);
    expect(connecting(undefined, { host: undefined }).origins).toEqual(['https://api.example.com']);
  }); // prettier-ignore

  it.each([
    ['http://proxy:3128', { protocol: 'http:', host: 'proxy:3128', port: '3128', hostname: 'proxy' }],
    ['https://[::1]:3128', { protocol: 'https:', host: '[::1]:3128', port: '3128', hostname: '::1' }],
  ])('to %s is made for http:', async (proxy, expected) => {
    const { settled, direct, origins } = connecting(proxy, { protocol: 'http:' });
    await settled;
    expect([direct, origins]).toEqual([[expected], ['http://api.example.com']]);
  });
});

describe('a tunnel', () => {
  /** A proxy that answers CONNECT with these bytes. */
  const answering = async (answer: string) => {
    const heads: string[] = [];
    const proxy = await serveRaw((socket, _index, head) => (heads.push(head), socket.write(answer)));
    return { proxy, heads };
  };
  const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

  it('is asked for by host and port, and TLS starts in it', async () => {
    const { proxy, heads } = await answering(established);
    const { settled, direct, connection, destroyed } = connecting(proxy.origin, {});
    const { error, socket } = await settled;
    expect(error).toBeNull();
    expect(direct).toEqual([
      { protocol: 'https:', hostname: 'api.example.com', host: 'api.example.com', port: '', httpSocket: socket },
    ]);
    expect(heads[0]?.split('\r\n')).toEqual(
      expect.arrayContaining(['CONNECT api.example.com:443 HTTP/1.1', 'host: api.example.com:443']),
    );
    expect(heads[0]).not.toContain('proxy-authorization');
    const reason = new Error('enough');
    connection.destroy(reason);
    expect(destroyed()).toBe(reason);
    socket?.destroy();
  });

  it.each([
    [{ hostname: '::1', port: '8443' }, '[::1]:8443'],
    [{ hostname: 'api.example.com', port: '444' }, 'api.example.com:444'],
  ])('to %j is to %s', async (to, target) => {
    const { proxy, heads } = await answering(established);
    const { socket } = await connecting(proxy.origin.replace('//', '//ann:pass@'), to).settled;
    expect(heads[0]).toMatch(new RegExp(`^CONNECT ${target.replaceAll(/[[\]]/g, '\\$&')} `));
    expect(heads[0]).toContain(`proxy-authorization: ${basic('ann:pass')}`);
    socket?.destroy();
  });

  it.each([
    ['HTTP/1.1 407 Proxy Authentication Required', 407, false],
    ['HTTP/1.1 502 Bad Gateway', 502, true],
    ['HTTP/1.1 300 Odd', 300, true],
    ['HTTP/1.1 500 ', 500, true],
  ])('that is refused is an error, and its connection is closed: %s', async (line, status, network) => {
    const { proxy } = await answering(`${line}\r\ncontent-length: 0\r\n\r\n`);
    const { settled, direct } = connecting(proxy.origin, {});
    const { error, socket } = await settled;
    expect([direct, socket]).toEqual([[], null]);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ network, cause: { name: 'ProxyError' } });
    const said = `${proxy.origin} answered CONNECT api.example.com:443 with ${line.slice(9).trim()}`;
    const hint = status === 407 ? '; write the user and password of the proxy into its URL' : '';
    expect((error as Error).message).toBe(`ProxyError: ${said}${hint}`);
    await until('it is closed', () => proxy.sockets.size === 0);
  });

  it.each([201, 299])('is there after status %i too', async (status) => {
    const { proxy } = await answering(`HTTP/1.1 ${String(status)} Fine\r\n\r\n`);
    const { error, socket } = await connecting(proxy.origin, {}).settled;
    expect(error).toBeNull();
    socket?.destroy();
  });

  it('is asked for over TLS if the proxy is reached by it, with the certificates that are given', async () => {
    const { key, cert } = selfSigned();
    const proxy = await startProxy({ key, cert });
    const target = await serveRaw(() => undefined);
    const to = { hostname: '127.0.0.1', port: new URL(target.origin).port };
    const { error, socket } = await connecting(proxy.url, to, { ca: cert }).settled;
    expect(error).toBeNull();
    expect(proxy.seen.map(({ line }) => line)).toEqual([`CONNECT 127.0.0.1:${to.port}`]);
    socket?.destroy();
    expect((await connecting(proxy.url, to).settled).error).toMatchObject({ code: expect.stringContaining('CERT') });
  });

  it('that can not be made is an error, and so is one that is cancelled', async () => {
    const { proxy } = await answering('');
    const { settled, connection } = connecting(proxy.origin, {});
    await until('it is asked for', () => proxy.sockets.size === 1);
    const reason = new Error('enough');
    connection.destroy(reason);
    expect((await settled).error).toBe(reason);
    await until('it is closed', () => proxy.sockets.size === 0);
    expect((await connecting('http://127.0.0.1:1', {}).settled).error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
