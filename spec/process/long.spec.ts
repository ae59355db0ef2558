import { describe, expect, it, jest } from '@jest/globals';
import { json, serve } from '../support/server.js';
import { kinds, run, transports } from './run.js';

jest.setTimeout(300_000);

describe.each(kinds)('E2 a long walk in a process (%s)', (kind) => {
  it('100,000 pages fit into 64 MB', async () => {
    const script = `
      const text = (page) => JSON.stringify({ items: [page], next: page < 99_999 ? 'cursor-' + (page + 1) : null, rest: 'x'.repeat(2000) });
      const transport = ({ url }) => {
        const cursor = new URL(url).searchParams.get('cursor');
        const page = cursor === null ? 0 : Number(cursor.slice(7));
        return Promise.resolve({ status: 200, url, headers: { get: () => null }, body: JSON.parse(text(page)) });
      };
      const policy = rxjs.pipe(pagewise.throttleRequests({ limit: 1_000_000 }), pagewise.retryRequests());
      let pages = 0, sum = 0, events = 0;
      pagewise.paginate({ url: 'http://127.0.0.1/' }, pagewise.cursor({ items: 'items', next: 'next' }), {
        transport, policy, events: { next: () => { events++; } }, signal: new AbortController().signal,
      }).pipe(pagewise.items()).subscribe({ next: (item) => { pages++; sum += item; }, complete: () => console.log(pages, sum, events) });`;
    expect(await run(script, kind, ['--max-old-space-size=64'])).toMatchObject({
      code: 0,
      out: '100000 4999950000 300001\n',
    });
  });
});

describe('R1 T10 keep-alive sockets that the server closes', () => {
  // One kind of module is enough: what differs is the fetch.
  it.each(transports)('10,000 pages all arrive, once each: %s', async (_name, make) => {
    let destroyed = 0;
    const server = await serve(({ url }, response, index) => {
      const page = Number(url.searchParams.get('page'));
      const { socket } = response;
      // Some announce it, some sockets die between two requests, immediately or a moment after the answer.
      if (index % 7 === 3) response.setHeader('connection', 'close');
      if (index % 11 === 5) response.once('finish', () => (destroyed++, socket?.destroySoon()));
      if (index % 101 === 50)
        response.once('finish', () => setImmediate(() => (destroyed++, socket?.destroy())));
      json(response, { items: page <= 10_000 ? [page] : [] });
    });
    const script = `
      let pages = 0, sum = 0;
      process.on('warning', (warning) => console.log(warning.message));
      process.on('unhandledRejection', (error) => console.log('unhandled', error));
      const transport = ${make()};
      const policy = pagewise.retryRequests({ base: 1, retries: 20 });
      pagewise.paginate({ url: '${server.url}' }, pagewise.pageNumber({ items: 'items' }), { transport, policy }).pipe(pagewise.items())
        .subscribe({ next: (item) => { pages++; sum += item; }, complete: () => console.log(pages, sum), error: (error) => { console.log(error); process.exitCode = 3; } });`;
    expect(await run(script, 'module')).toMatchObject({ code: 0, out: '10000 50005000\n' });
    expect(server.seen.length).toBeGreaterThanOrEqual(10_001);
    expect(destroyed).toBeGreaterThan(900);
  }); // prettier-ignore
});
