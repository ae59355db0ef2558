import { describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { numbered, serve, serveRaw } from '../support/server.js';
import { kinds, run } from './run.js';

const strategy = "pagewise.pageNumber({ items: 'items', size: 10 })";

describe.each(kinds)('a process (%s)', (kind) => {
  it('ends by itself after the last page, with nothing left open', async () => {
    const server = await serve(numbered(25));
    const script = `let n = 0;
      pagewise.paginate({ url: '${server.url}' }, ${strategy}).subscribe({ next: (page) => (n += page.items.length), complete: () => console.log(n) });`;
    expect(await run(script, kind)).toMatchObject({ code: 0, out: '25\n' });
  });

  it.each([
    ['on a connection that stays', 'AttemptTimeoutError', (socket: Socket, text: string) => void socket.write(text)],
    ['and its connection closed', 'TransportError', (socket: Socket, text: string) => void socket.end(text)],
  ])('E12 never exits with 0 while a stream has neither completed nor failed: a body cut off %s', async (_how, name, answer) => {
    const server = await serveRaw((socket) => answer(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"items":[1]}'));
    const script = `process.on('exit', (code) => console.log('exit', code));
      const transport = pagewise.fetchTransport({ attemptTimeout: 300 });
      const policy = pagewise.retryRequests({ retries: 1, base: 1 });
      pagewise.paginate({ url: '${server.url}' }, ${strategy}, { transport, policy }).subscribe({ error: (error) => (console.log(error.name), process.exitCode = 3) });`;
    const { code, out } = await run(script, kind);
    expect([code, out, server.requests()]).toEqual([3, `${name}\nexit 3\n`, 2]);
  }); // prettier-ignore

  it('E12 nor with a transport that never settles and holds nothing itself', async () => {
    const script = `const transport = () => new Promise(() => {});
      pagewise.paginate({}, { name: 'x', first: 1, place: (r) => r, items: () => [], next: () => undefined }, { transport }).subscribe();
      process.on('exit', () => console.log('left'));
      setTimeout(() => { console.log('still here'); process.exit(4); }, 500).unref();`;
    // The unref'd timer only fires if something else keeps the process alive.
    expect(await run(script, kind)).toMatchObject({ code: 4, out: 'still here\nleft\n' });
  });

  it('a loop that ends with break does not keep the process alive', async () => {
    const server = await serve(numbered(95));
    const script = `(async () => { for await (const page of pagewise.paginate({ url: '${server.url}' }, ${strategy})) { console.log(page.index); break; } })();`;
    expect(await run(script, kind)).toMatchObject({ code: 0, out: '0\n' });
  });

  it('nor does a consumer that stops requesting', async () => {
    const server = await serve(numbered(95));
    const script = `pagewise.paginate({ url: '${server.url}' }, ${strategy})[Symbol.asyncIterator]().next().then(({ value }) => console.log(value.items.length));`;
    expect(await run(script, kind)).toMatchObject({ code: 0, out: '10\n' });
  });
});

describe('another copy of rxjs', () => {
  it('accepts pages by Symbol.observable', async () => {
    const script = `
      const foreign = { [Symbol.observable ?? '@@observable']: () => pages[Symbol.observable ?? '@@observable']() };
      const transport = ({ body }) => [{ status: 200, url: '', headers: { get: () => null }, body }];
      const one = { name: 'x', first: 1, place: (r, p) => ({ ...r, body: [p] }), items: (b) => b, next: ({ position }) => (position < 3 ? position + 1 : undefined) };
      const pages = pagewise.paginate({}, one, { transport });
      rxjs.from(foreign).pipe(pagewise.items(), rxjs.toArray()).subscribe((all) => console.log(JSON.stringify(all)));`;
    expect(await run(script)).toMatchObject({ code: 0, out: '[1,2,3]\n' });
  });
});
