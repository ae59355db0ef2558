import { expect, it, jest } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { AttemptTimeoutError, items, paginate, retryRequests, singlePage, TransportError } from 'pagewise';
import { serveRaw, until } from '../support/server.js';
import { onEachTransport } from '../support/transports.js';
import { plain, rejection } from '../support/walks.js';

jest.setTimeout(60_000);

const whole = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\n[1]';
/** Answers whose body is incomplete; the part that arrived could be a whole one. */
const parts = [
  ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[9]'],
  ['with a length, after Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n[9]'],
  ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[9]\r\n'],
  ['in chunks, within one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n[9]'],
  ['in chunks, after Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[9]\r\n'],
  ['with a length and nothing of it', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'],
] as const; // prettier-ignore

onEachTransport('a body that is cut off', (make, name) => {
  it.each(parts)('R1 E12 %s: a failure if its connection is closed, and retried', async (how, part) => {
    // Node's own fetch accepts it as complete (undici 6 does).
    if (name === 'native fetch' && how.includes('in chunks, after')) return;
    const server = await serveRaw((socket, index) => void (index === 0 ? socket.end(part) : socket.end(whole)));
    // No timeout ends it.
    const transport = make({ attemptTimeout: Infinity });
    const pages = paginate({ url: server.url }, singlePage(), { transport, policy: retryRequests({ base: 1 }) });
    expect(await lastValueFrom(pages.pipe(items(), toArray()))).toEqual([1]);
    expect(server.requests()).toBe(2);
    const error = await rejection(lastValueFrom(paginate({ url: (await cut(part)).url }, singlePage(), { transport, policy: plain }))); // prettier-ignore
    expect(error).toBeInstanceOf(TransportError);
  });

  it.each(parts)('T1 %s: a timeout if its connection stays open, and retried', async (_how, part) => {
    const server = await serveRaw((socket, index) => void (index === 0 ? socket.write(part) : socket.end(whole)));
    const transport = make({ attemptTimeout: 300 });
    const pages = paginate({ url: server.url }, singlePage(), { transport, policy: retryRequests({ base: 1 }) });
    expect(await lastValueFrom(pages.pipe(items(), toArray()))).toEqual([1]);
    await until('the socket is freed', () => server.asked.size === 0);
    const silent = await serveRaw((socket) => void socket.write(part));
    expect(await rejection(lastValueFrom(paginate({ url: silent.url }, singlePage(), { transport, policy: plain })))).toBeInstanceOf(AttemptTimeoutError); // prettier-ignore
    await until('the socket is freed', () => silent.asked.size === 0);
  });

  const cut = (part: string) => serveRaw((socket) => void socket.end(part));
});
