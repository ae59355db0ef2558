import { describe, expect, it, jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { run, transports } from '../process/run.js';

jest.setTimeout(300_000);

const length = 3_000_000;
const text = Buffer.from(JSON.stringify({ items: ['x'.repeat(length)] }));

/** A server of one answer, every byte of which is a chunk of its own. */
async function serveBytewise(body: Buffer, headers: Record<string, string>): Promise<Server> {
  const server = createServer((_request, response) => void answer(response.socket!));
  async function answer(socket: NodeJS.WritableStream): Promise<void> {
    socket.on('error', () => {});
    socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`); // prettier-ignore
    for (let at = 0; at < body.length; at += 10_000) {
      const part = body.subarray(at, at + 10_000);
      const framed = Buffer.alloc(part.length * 6, '1\r\n.\r\n');
      part.forEach((byte, i) => (framed[i * 6 + 3] = byte));
      if (!socket.write(framed)) await once(socket, 'drain');
    }
    socket.write('0\r\n\r\n');
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** The length of the text that a process with a small heap reads from such a body, or its error. */
async function readIn(make: () => string, body: Buffer, headers: Record<string, string>): Promise<string> {
  const server = await serveBytewise(body, headers);
  const { port } = server.address() as AddressInfo;
  const script = `const transport = ${make()};
    const pages = pagewise.paginate({ url: 'http://127.0.0.1:${port}/' }, pagewise.singlePage({ items: 'items' }), { transport, policy: (source) => source });
    pages.subscribe({ next: ({ items }) => console.log(items[0].length), error: (error) => console.log(String(error)) });`;
  const { out } = await run(script, 'module', ['--max-old-space-size=100']);
  server.close();
  server.closeAllConnections();
  return out.split('\n')[0] ?? '';
}

describe('H4 a body in chunks of one byte costs its size and a constant', () => {
  // A view of each byte would take 300 MB.
  it.each(transports)('T10 %s', async (_name, make) => {
    expect(await readIn(make, text, {})).toBe(String(length));
  });

  it.each(transports.filter(([, make]) => !make().includes('fetch:')))('compressed, which has to wait: %s', async (_name, make) => {
    // Incompressible, so that what is sent is long.
    const noise = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => 97 + ((Math.imul(i, 2654435761) >>> 13) % 26)));
    const body = gzipSync(Buffer.concat([Buffer.from('{"items":["'), noise, Buffer.from('"]}')]), { level: 0 });
    expect(await readIn(make, body, { 'Content-Encoding': 'gzip' })).toBe(String(noise.length));
  }); // prettier-ignore
});
