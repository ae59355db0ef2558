import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { startProxy } from '../support/proxy.js';
import { serveSecurely } from '../support/secure-server.js';
import { numbered, rows, serve, serveRaw } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

const paging = ['--paging', 'page', '--items', 'items', '--retries', '0'];
/** Clears the proxies of the machine that runs this. */
const bare = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [[name, ''], [name.toLowerCase(), '']]),
); // prettier-ignore

async function trusted() {
  const server = await serveSecurely();
  const cacert = join(temporaryFolder(), 'ca.pem');
  writeFileSync(cacert, server.cert);
  return { ...server, cacert };
}

describe('proxies', () => {
  it('HTTP_PROXY carries http, with its credentials, which nobody else sees', async () => {
    const [server, proxy] = [await serve(numbered(25)), await startProxy()];
    const named = proxy.url.replace('://', '://user:secret@');
    const { code, items, stderr } = await pagewise([...paging, server.url], { env: { ...bare, HTTP_PROXY: named } });
    expect({ code, items, stderr }).toMatchObject({ code: 0, items: rows(25) });
    expect(proxy.seen.map(({ line }) => line)).toEqual([1, 2, 3, 4].map((page) => `GET ${server.url}?page=${page}`));
    expect(proxy.seen[0]!.headers['proxy-authorization']).toBe(`Basic ${btoa('user:secret')}`);
    expect(server.seen[0]!.headers['proxy-authorization']).toBeUndefined();
    expect(stderr).not.toContain('secret');
  });

  it('HTTPS_PROXY carries https through a tunnel, which hides the request', async () => {
    const [server, proxy] = [await trusted(), await startProxy()];
    const args = [...paging, '--cacert', server.cacert, '-H', 'Authorization: Bearer secret', server.url];
    const { code, items, stderr } = await pagewise(args, { env: { ...bare, HTTPS_PROXY: proxy.url } });
    expect({ code, items, stderr }).toMatchObject({ code: 0, items: [1, 2, 3, 4, 5] });
    expect(new Set(proxy.seen.map(({ line }) => line))).toEqual(new Set([`CONNECT ${new URL(server.url).host}`]));
    expect(JSON.stringify(proxy.seen)).not.toContain('secret');
    expect(server.seen[0]!.headers.authorization).toBe('Bearer secret');
  });

  it('NO_PROXY and --noproxy bypass the proxy; --proxy overrides the environment', async () => {
    const [server, proxy] = [await serve(numbered(5)), await startProxy()];
    const env = { ...bare, HTTP_PROXY: proxy.url };
    expect((await pagewise([...paging, server.url], { env: { ...env, NO_PROXY: '127.0.0.1' } })).code).toBe(0);
    expect((await pagewise([...paging, '--noproxy', '*', server.url], { env })).code).toBe(0);
    expect(proxy.seen).toEqual([]);
    const dead = { ...bare, HTTP_PROXY: 'http://127.0.0.1:1' };
    expect((await pagewise([...paging, '-x', proxy.url.slice(7), server.url], { env: dead })).code).toBe(0);
    expect(proxy.seen).toHaveLength(2);
  });

  it('HTTP_PROXY is not believed in a CGI script, where it is a header of the caller (httpoxy); http_proxy is', async () => {
    const [server, proxy] = [await serve(numbered(5)), await startProxy()];
    const env = { ...bare, REQUEST_METHOD: 'GET', HTTP_PROXY: proxy.url };
    expect((await pagewise([...paging, server.url], { env })).items).toEqual(rows(5));
    expect(proxy.seen).toEqual([]);
    await pagewise([...paging, server.url], { env: { ...env, http_proxy: proxy.url } });
    expect(proxy.seen).toHaveLength(2);
  });

  it('says that a proxy cannot be reached, without its password', async () => {
    const env = { ...bare, HTTP_PROXY: 'http://user:secret@127.0.0.1:1' };
    const { code, stderr } = await pagewise([...paging, 'http://127.0.0.1:9/items'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).not.toContain('secret');
  });

  it('ALL_PROXY carries both, HTTPS_PROXY overrides it, and NO_PROXY knows ports and suffixes', async () => {
    const [server, secure, proxy] = [await serve(numbered(5)), await trusted(), await startProxy()];
    const both = [...paging, '--cacert', secure.cacert];
    const env = { ...bare, ALL_PROXY: proxy.url.slice(7), HTTPS_PROXY: proxy.url };
    for (const url of [server.url, secure.url]) expect((await pagewise([...both, url], { env })).code).toBe(0);
    expect(new Set(proxy.seen.map(({ line }) => line.split(' ')[0]))).toEqual(new Set(['GET', 'CONNECT']));
    const { port } = new URL(server.url);
    for (const [list, through] of [
      [`127.0.0.1:${port}`, 0],
      ['127.0.0.1:1', 2],
      ['x.test *.0.1', 0],
      ['.0.2,', 2],
    ] as const) {
      proxy.seen.splice(0);
      expect((await pagewise([...paging, server.url], { env: { ...env, no_proxy: list } })).code).toBe(0);
      expect([list, proxy.seen.length]).toEqual([list, through]);
    }
  });

  it('a proxy reached over TLS carries http and https, and the process ends', async () => {
    const [server, secure] = [await serve(numbered(5)), await trusted()];
    const proxy = await startProxy({ key: secure.key, cert: secure.cert });
    for (const url of [server.url, secure.url]) {
      const args = [...paging, '--cacert', secure.cacert, '--proxy', proxy.url, url];
      const { code, items, stderr } = await pagewise(args, { env: bare });
      expect({ code, items, stderr }).toMatchObject({
        code: 0,
        items: [0, 1, 2, 3, 4].map((i) => i + (url === server.url ? 0 : 1)),
      });
    }
    expect(new Set(proxy.seen.map(({ line }) => line.split(' ')[0]))).toEqual(new Set(['GET', 'CONNECT']));
  });

  it.each<[string, (socket: Socket) => unknown, string]>([
    ['stalls', () => undefined, 'no complete answer within'],
    ['stalls within its head', (socket) => socket.write('HTTP/1.1 200 Connec'), 'no complete answer within'],
    ['stalls in the handshake after it', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), 'no complete answer within'],
    ['closes', (socket) => socket.end(), 'ECONNRESET'],
    ['refuses', (socket) => socket.write('HTTP/1.1 502 Bad Gateway\r\n\r\n'), 'answered CONNECT localhost:1 with 502 Bad Gateway'],
  ])('T1 R1 one that %s in CONNECT is a network failure: it is retried and leaves no socket', async (_how, answer, message) => {
    const proxy = await serveRaw((socket) => void answer(socket));
    const args = ['--paging', 'page', '--items', 'items', '--retries', '1', '--timeout', '3s', 'https://localhost:1/items'];
    const { code, stderr } = await pagewise(args, { env: { ...bare, HTTPS_PROXY: proxy.origin } });
    expect(stderr).toContain(message);
    expect(stderr).toContain('after 2 attempts');
    expect([code, proxy.requests(), proxy.sockets.size]).toEqual([1, 2, 0]);
  }); // prettier-ignore

  it('R2 one that requires credentials is not retried', async () => {
    const proxy = await serveRaw((socket) => void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const args = ['--paging', 'page', '--items', 'items', 'https://localhost:1/items'];
    const { code, stderr } = await pagewise(args, { env: { ...bare, HTTPS_PROXY: proxy.origin } });
    expect([code, proxy.requests()]).toEqual([1, 1]);
    expect(stderr).toContain(
      '407 Proxy Authentication Required; write the user and password of the proxy into its URL',
    );
  });

  it('refuses an unknown kind of proxy before anything is sent', async () => {
    const server = await serve(numbered(5));
    for (const [args, env, message] of [
      [
        ['--proxy', 'socks5://user:secret@localhost:1080'],
        {},
        '--proxy: a proxy must be a URL like http://proxy.example.com:8080, not a socks5 URL',
      ],
      [
        ['--proxy', 'http://'],
        {},
        '--proxy: a proxy must be a URL like http://proxy.example.com:8080, and this is not a URL',
      ],
      [[], { ALL_PROXY: 'socks5://user:secret@localhost:1080' }, 'ALL_PROXY: a proxy must be a URL'],
    ] as const) {
      const { code, stderr } = await pagewise([...paging, ...args, server.url], { env: { ...bare, ...env } });
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('secret');
      expect(code).toBe(2);
    }
    expect(server.seen).toEqual([]);
  });
});

describe('certificates', () => {
  it('trusts those of --cacert and of NODE_EXTRA_CA_CERTS, and no others', async () => {
    const server = await trusted();
    const refused = await pagewise([...paging, server.url], { env: bare });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('SELF_SIGNED');
    expect(server.seen).toEqual([]);
    for (const [args, env] of [
      [['--cacert', server.cacert], {}],
      [[], { NODE_EXTRA_CA_CERTS: server.cacert }],
      [['-k'], {}],
    ] as const) {
      const { code, items } = await pagewise([...paging, ...args, server.url], { env: { ...bare, ...env } });
      expect({ code, items }).toEqual({ code: 0, items: [1, 2, 3, 4, 5] });
    }
  });

  it('refuses a file that holds none', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'empty.pem'), '');
    for (const [file, reason] of [
      ['missing.pem', "can't read the file (ENOENT)"],
      ['empty.pem', 'the file holds no PEM certificate'],
    ] as const) {
      const { code, stderr } = await pagewise([...paging, '--cacert', join(folder, file), 'https://127.0.0.1:9/'], {
        env: bare,
      });
      expect(code).toBe(2);
      expect(stderr).toContain(`--cacert ${join(folder, file)}: ${reason}`);
    }
  });
});
