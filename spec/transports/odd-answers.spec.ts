import { afterEach, describe, expect, it } from '@jest/globals';
import { Agent, get } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fetchTransport, pageNumber, paginate, retryRequests, type Strategy, type Transport } from 'pagewise';
import { undiciTransport } from 'pagewise/node';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

const page = (n: number) => `{"items":[${String(n)}]}`;
const headed = (n: number, more = '') =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${String(page(n).length)}\r\n\r\n${page(n)}${more}`;
const chunked = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunks = (text: string) => `${Array.from(text, (char) => `1\r\n${char}\r\n`).join('')}0\r\n\r\n`;
const encoded = (coding: string, body: Buffer) =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${String(body.length)}\r\n\r\n`),
    body,
  ]);

/** A server that answers its n-th request, counted from 1, on connections that it leaves open. */
async function raw(answer: (socket: Socket, n: number) => void): Promise<string> {
  let n = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const _ of String(data).matchAll(/^GET /gm)) answer(socket, ++n);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as { port: number }).port)}/`;
}

// Longer than a test may take: whoever waits for what does not come fails by that.
const attemptTimeout = 60_000;
const transports: [string, () => Transport][] = [
  ['cross-fetch', () => fetchTransport({ attemptTimeout })],
  ['native fetch', () => fetchTransport({ fetch: globalThis.fetch, attemptTimeout })],
  ['undiciTransport', () => undiciTransport({ attemptTimeout })],
];

/** Three pages: their items, or the error. A turn of the event loop passes after each, as if it were written. */
async function three(url: string, transport: Transport, between: () => Promise<void> = async () => undefined) {
  const items: unknown[] = [];
  const policy = retryRequests({ retries: 1, base: 0 });
  const strategy = pageNumber({ items: 'items' }) as Strategy<unknown, never>;
  try {
    for await (const { index, items: found } of paginate({ url }, strategy, { transport, policy })) {
      items.push(...found);
      if (index === 2) break;
      await between();
    }
  } catch (error) {
    return (error as Error).message;
  }
  return items;
}

describe.each(transports)('H1 an odd answer ends in a page or in one error: %s', (name, make) => {
  it('a body in chunks that comes in one packet', async () => {
    const url = await raw((socket, n) => socket.write(chunked + chunks(page(n))));
    expect(await three(url, make())).toEqual([1, 2, 3]);
  });

  it('bytes behind Content-Length', async () => {
    const url = await raw((socket, n) => socket.write(headed(n, 'more than there is')));
    expect(await three(url, make())).toEqual([1, 2, 3]);
  });

  it('101 Switching Protocols', async () => {
    const url = await raw((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    );
    expect(await three(url, make())).toMatch(name === 'cross-fetch' ? /: status 101,/ : /after 2 attempts/);
  });

  it.each(['Content-Length: 5\r\n\r\nhello', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'])(
    '204 with a body: %j',
    async (rest) => {
      const url = await raw((socket) => socket.write(`HTTP/1.1 204 No Content\r\n${rest}`));
      expect(await three(url, make())).toEqual([]);
    },
  );

  it('an answer that nobody asked for, on an idle connection, is not the next page', async () => {
    let last: Socket | undefined;
    const url = await raw((socket, n) => {
      last = socket;
      socket.write(headed(n));
    });
    const between = () => new Promise<void>((resolve) => last?.write(headed(666), () => setTimeout(resolve, 30)));
    expect(await three(url, make(), between)).toEqual([1, 2, 3]);
  });

  it('100 Continue that nobody asked for', async () => {
    const url = await raw((socket, n) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${headed(n)}`));
    const found = await three(url, make());
    if (name === 'cross-fetch') expect(found).toEqual([1, 2, 3]);
    else if (name === 'undiciTransport')
      expect(found).toContain('100 Continue without being asked, which undici does not read; use `fetchTransport()`');
    else expect(found).toMatch(/UND_ERR_SOCKET/);
  });

  it('status 099', async () => {
    const url = await raw((socket) => socket.write('HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n'));
    const found = await three(url, make());
    expect(found).toMatch(
      { 'cross-fetch': /status 99/, 'native fetch': /ERR_ASSERTION/ }[name] ?? /the answer is not valid HTTP/,
    );
  });

  it('a connection that is reset after each whole answer', async () => {
    const url = await raw((socket, n) => socket.write(headed(n), () => setImmediate(() => socket.resetAndDestroy())));
    expect(await three(url, make(), () => new Promise((resolve) => setTimeout(resolve, 10)))).toEqual([1, 2, 3]);
  });

  it('several codings, in the order in which they were applied', async () => {
    const twice = await raw((socket, n) => socket.write(encoded('gzip, gzip', gzipSync(gzipSync(page(n))))));
    expect(await three(twice, make())).toEqual([1, 2, 3]);
    const mixed = await raw((socket, n) => socket.write(encoded('br, gzip', gzipSync(brotliCompressSync(page(n))))));
    expect(await three(mixed, make())).toEqual([1, 2, 3]);
  });

  it('a coding that is unknown is named', async () => {
    const url = await raw((socket) => socket.write(encoded('zstd-2', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))));
    expect(await three(url, make())).toContain(
      'its Content-Encoding is "zstd-2", which this transport may not be able to decode',
    );
  });
});

it('H1 connections of an agent that others use too are left alone, and hold no listener of each page', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const url = await raw((socket, n) => socket.write(headed(n)));
  const transport = fetchTransport({ agent: () => agent, attemptTimeout });
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      get(url, { agent }, (message) => {
        let text = '';
        message.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
      }).on('error', reject);
    });
  for (let round = 0; round < 20; round++) {
    expect(await three(url, transport, () => new Promise((resolve) => setImmediate(resolve)))).toHaveLength(3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ask()).toContain('items');
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [socket] = Object.values(agent.freeSockets).flat();
  // One of ours; newer releases of Node have one of their own.
  expect(socket?.listenerCount('data')).toBeLessThanOrEqual(2);
  agent.destroy();
});

it('H1 an agent that is no http.Agent, or is not extensible, carries requests as before', async () => {
  const url = await raw((socket, n) => socket.write(headed(n)));
  const own = new Agent();
  const { addRequest } = own as unknown as { addRequest: (request: unknown, options: unknown) => void };
  const bare = { addRequest: addRequest.bind(own) };
  for (const agent of [bare, Object.preventExtensions(new Agent())])
    expect(await three(url, fetchTransport({ agent: () => agent, attemptTimeout }))).toHaveLength(3);
  own.destroy();
}); // prettier-ignore
