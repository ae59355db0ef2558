import { expect, it } from '@jest/globals';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  contentRange, cursor, header, linkHeader, nextUrl, paginate, pageNumber, retryRequests, singlePage, type Page, type Strategy,
} from 'pagewise'; // prettier-ignore
import { json, serve, serveRaw } from '../support/server.js';
import { onEachTransport } from '../support/transports.js';
import { itemsOf, rejection } from '../support/walks.js';

const policy = () => retryRequests({ base: 1, retries: 2 });

onEachTransport('a next URL', (make, name) => {
  /** The request line of page 2, which page 1 leads to with this URL. */
  async function second(next: string, strategy: Strategy, headers = {}) {
    const server = await serve((_seen, response, index) =>
      json(response, index === 0 ? { items: [0], next } : { items: [1] }, 200, index === 0 ? headers : {}),
    );
    const pages = [];
    for await (const page of paginate({ url: server.url }, strategy, { transport: make(), policy: policy() }))
      pages.push(page);
    expect(itemsOf(pages)).toEqual([0, 1]);
    return server.seen[1]?.target;
  }
  const byUrl = nextUrl({ items: 'items', next: 'next' }) as unknown as Strategy;
  const byLink = linkHeader({ items: 'items' }) as unknown as Strategy;
  // A fetch escapes apostrophes itself.
  const apostrophe = name === 'cross-fetch' || name === 'undiciTransport' ? "'" : '%27';

  it.each([
    ["/items?$skiptoken=X'44'&s=a%2Fb", "/items?$skiptoken=X'44'&s=a%2Fb"],
    ["?q='a b'&t=ü%20€", "/items?q='a%20b'&t=%C3%BC%20%E2%82%AC"],
    ["items?q=it's 100%&t={x}|^`", "/items?q=it's%20100%&t={x}|^`"],
    ["//HOST/a/../items?t='\"<>\\é😀'", "/items?t='%22%3C%3E\\%C3%A9%F0%9F%98%80'"],
    ["/items?t='a'  ", "/items?t='a'"],
  ])('P7 %s is sent as it came, as far as HTTP allows', async (next, expected) => {
    const server = await serve((_seen, response, index) =>
      json(response, index === 0 ? { items: [0], next: next.replace('HOST', server.origin.slice(7)) } : { items: [1] }),
    );
    for await (const page of paginate({ url: server.url }, byUrl, { transport: make(), policy: policy() })) void page;
    expect(server.seen[1]?.target).toBe(expected.replaceAll("'", apostrophe));
    const absolute = await serve((_seen, response, index) =>
      json(response, index === 0 ? { items: [0], next: new URL(next.replace('HOST', absolute.origin.slice(7)).replace(/\?.*/s, ''), absolute.url).href + next.slice(next.indexOf('?')) } : { items: [1] }),
    );
    for await (const page of paginate({ url: absolute.url }, byUrl, { transport: make(), policy: policy() })) void page;
    expect(absolute.seen[1]?.target).toBe(expected.replaceAll("'", apostrophe));
  }); // prettier-ignore

  it('P7 the same in a Link header', async () => {
    expect(await second('', byLink, { link: `</items?sig=it's>; rel="next"` })).toBe(`/items?sig=it${apostrophe}s`);
  });

  it('P7 a # would cut the token, so it is an error; one with nothing after it is not', async () => {
    for (const [strategy, path, headers] of [
      [byUrl, 'next', {}],
      [byLink, 'header Link', { link: '</items?after=a#b&limit=2>; rel="next"' }],
    ] as const) {
      const error = await rejection(second('/items?after=a#b&limit=2', strategy, headers));
      expect(error.name).toBe('ExtractError');
      expect(error.message).toContain(
        `next at ${path}: the URL has a #, and HTTP sends nothing after it; if that is part of a token, the server must write it as %23`,
      );
    }
    expect(await second('/items?after=a%23b#', byUrl)).toBe('/items?after=a%23b');
  });
});

onEachTransport('a header that came twice', (make) => {
  it('P7 a token, URL or range is that one, and a token with a comma stays as it is', async () => {
    const server = await serve(({ url, headers }, response, index) => {
      const next = ['5,5', '7', ''][index] ?? '';
      if (next !== '') response.setHeader('X-Next', [next, next]);
      const range = (headers['range'] ?? '').slice(6);
      if (range !== '') response.setHeader('Content-Range', Array(2).fill(`items ${range}/2`));
      json(response, [url.search + range], range === '' ? 200 : 206);
    });
    const walked = async (strategy: unknown) => {
      const pages: Page[] = [];
      for await (const page of paginate({ url: server.url }, strategy as Strategy, { transport: make(), policy: policy() })) pages.push(page);
      return pages.flatMap(({ items }) => items);
    };
    expect(await walked(cursor({ next: header('X-Next') }))).toEqual(['', '?cursor=5%2C5', '?cursor=7']);
    expect(await walked(contentRange({ size: 1 }))).toEqual(['0-0', '1-1']);
  }); // prettier-ignore

  it.each<[string, unknown]>([['25, 25', 25], ['25,25,25', 25], ['25, 26', "found \"25, 26\""], ['25,', 'found "25,"']])(
    'P4 the total %p is %p',
    async (text, expected) => {
      const server = await serve((_seen, response, index) => {
        response.setHeader('X-Total-Count', index === 0 && text === '25, 25' ? ['25', '25'] : text);
        json(response, index === 0 ? [1] : []);
      });
      const strategy = pageNumber({ total: header('X-Total-Count'), size: 25 });
      const totals: unknown[] = [];
      const run = (async () => {
        for await (const page of paginate({ url: server.url }, strategy, { transport: make(), policy: policy() })) totals.push(page.total);
      })();
      if (typeof expected === 'string') expect((await rejection(run)).message).toContain(expected);
      else {
        await run;
        expect(totals[0]).toBe(expected);
      }
    },
  ); // prettier-ignore

  it('P4 the same for has-more', async () => {
    const server = await serve((_seen, response, index) => {
      response.setHeader('X-More', index === 0 ? ['true', 'true'] : ['false', 'false']);
      json(response, [index]);
    });
    const pages = [];
    for await (const page of paginate({ url: server.url }, pageNumber({ hasMore: header('X-More') }), { transport: make() })) pages.push(page);
    expect(itemsOf(pages)).toEqual([0, 1]);
  }); // prettier-ignore
});

onEachTransport('a compressed body that is cut, with a length that matches', (make, name) => {
  const rows = Array.from({ length: 500 }, (_, i) => ({
    id: i,
    text: `"${String(Math.sin(i))}}]`,
    list: [i, { of: i }],
  }));
  const text = JSON.stringify(rows);
  const head = (coding: string, length: number) =>
    `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: ${coding}\r\nContent-Length: ${length}\r\n\r\n`;

  it.each([
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
  ])('R1 %s: it is retried like other network failures', async (coding, whole) => {
    for (const size of [whole.length >> 2, whole.length >> 1, whole.length - 30, whole.length - 29]) {
      const cut = whole.subarray(0, size);
      const server = await serveRaw((socket, index) => {
        const body = index === 0 ? cut : whole;
        socket.write(head(coding, body.length));
        socket.end(body);
      });
      const pages = [];
      for await (const page of paginate({ url: server.url }, singlePage(), { transport: make(), policy: policy() })) pages.push(page);
      expect(itemsOf(pages)).toEqual(rows);
      expect([size, server.requests()]).toEqual([size, 2]);
    }
  }); // prettier-ignore

  it('R2 what is whole and no JSON is not retried', async () => {
    const html = gzipSync('<html>"{[</html>');
    const server = await serveRaw((socket) => {
      socket.write(head('gzip', html.length));
      socket.end(html);
    });
    const run = async () => {
      for await (const page of paginate({ url: server.url }, singlePage(), { transport: make(), policy: policy() })) void page;
    };
    expect((await rejection(run())).name).toBe('ParseError');
    expect([name, server.requests()]).toEqual([name, 1]);
  }); // prettier-ignore
});
