import { describe, expect, it } from '@jest/globals';
import { request as send } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  ConfigError,
  cursor,
  fetchTransport,
  inHeaders,
  pageNumber,
  type PageRequest,
  type PageResponse,
  type Strategy,
  type Transport,
} from 'pagewise';
import { anyPaging, torture, type TortureCase, type TortureOptions } from 'pagewise/testing';
import { thrown } from '../support/walks.js';

const good = () => cursor({ items: 'items', next: 'next_cursor' });
const onFetch: TortureOptions = { transports: { 'cross-fetch': (options) => fetchTransport(options) }, seeds: [] };

/** Runs the cases whose title has one of these words. @returns the titles and reasons of those that fail */
async function failing(cases: readonly TortureCase[], ...words: readonly string[]): Promise<readonly string[]> {
  const chosen = cases.filter(({ title }) => words.some((word) => title.includes(word)));
  expect(chosen.length).toBeGreaterThan(0);
  const found = await Promise.all(
    chosen.map(({ title, run }) => run().then(() => [], (error: unknown) => [`${title} ▸ ${(error as Error).message}`])),
  ); // prettier-ignore
  return found.flat();
}

describe('torture', () => {
  it('has the faults at the first, a middle and the last page, data faults, and a case for each seed', () => {
    const titles = torture(good, { tokens: true, seeds: [7] }).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const transport of ['cross-fetch', 'native fetch']) {
      for (const place of ['first', 'middle', 'last'])
        expect(titles).toContain(
          `${transport}: truncated Content-Length, valid JSON, then silence on the ${place} page`,
        );
      expect(titles).toContain(`${transport}: the same cursor forever`);
      expect(titles).toContain(`${transport}: random faults, seed 7`);
    }
    expect(titles.length).toBeGreaterThan(400);
  });

  it('a correct strategy passes, also one whose token is in a custom header', async () => {
    const words = ['500 on', 'items null on', 'cursor', 'to another origin/items on the last', 'seed'];
    expect(await failing(torture(good, { ...onFetch, tokens: true, seeds: [1] }), ...words)).toEqual([]);
    const api = { ...anyPaging, asked: ({ headers }: { headers: Readonly<Record<string, string>> }) => Number(headers['x-from'] ?? 0), answer: ({ items, next }: { items: readonly unknown[]; next: number | undefined }) => ({ body: { items, next } }) };
    const ofHeaders = () => cursor({ items: 'items', next: 'next', cursorParam: 'x-from', place: inHeaders() });
    expect(await failing(torture(ofHeaders, { ...onFetch, api, tokens: true }), '500 on', 'items null on')).toEqual([]);
  }); // prettier-ignore

  describe('detects', () => {
    const byPage = () => pageNumber({ items: 'items' });
    const changed = (change: Partial<Strategy<unknown, never>>) => () =>
      ({ ...byPage(), ...change }) as unknown as Strategy<unknown, number>;

    it('missing items that are taken for an empty page', async () => {
      const items = (body: unknown) => (body as { items?: unknown[] }).items ?? [];
      const found = await failing(torture(changed({ items: items }), onFetch), 'items missing on the middle');
      expect(found).toEqual([
        expect.stringMatching(/no error, although one of ExtractError.* was expected: 8 items, then the end/),
      ]);
    });

    it('a short page that is taken for the end', async () => {
      const make = () => pageNumber({ items: 'items', size: 3, stopOnShortPage: true });
      const found = await failing(torture(make, onFetch), 'a short page in the middle');
      expect(found).toEqual([expect.stringContaining('lost 3 ({"id":4}, {"id":5}, {"id":6})')]);
    });

    it('state that is kept between walks', async () => {
      let asked = 0;
      const place = (request: PageRequest) => ({ ...request, url: `${request.url ?? ''}?page=${++asked}` });
      const found = await failing(torture(changed({ place }), onFetch), '404 on the middle');
      expect(found).toHaveLength(1);
    });

    it('a walk that would never end', async () => {
      const make = () => cursor({ items: 'items', next: 'next_cursor', onRepeat: 'allow' });
      const found = await failing(torture(make, { ...onFetch, tokens: true }), 'the same cursor forever');
      expect(found).toEqual([]); // The position repeats all the same.
      const moved = () => ({ ...good(), onRepeat: 'stop' as const });
      const stopped = await failing(torture(moved, { ...onFetch, tokens: true }), 'always new cursors');
      expect(stopped).toEqual([expect.stringContaining('PaginationLoopError was expected: 12 items, then the end')]);
    });

    it('a transport that follows redirects to other origins', async () => {
      const followed: Transport = async ({ url = '', headers }) => {
        const response = await fetch(url, { headers: headers as Record<string, string> });
        return { status: response.status, url, headers: response.headers, body: await response.json() };
      };
      const found = await failing(torture(byPage, { ...onFetch, transports: { own: () => followed } }), '302 to another origin/items on the first');
      expect(found).toHaveLength(1);
    }); // prettier-ignore

    /** A transport over the native fetch that reads bodies in its own way. */
    const reading =
      (read: (chunks: readonly Uint8Array[]) => unknown): Transport =>
      async ({ url = '' }) => {
        const { status, headers, body } = await fetch(url);
        const chunks: Uint8Array[] = [];
        for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
        return { status, url, headers, body: read(chunks) };
      };
    const utf8 = (chunks: readonly Uint8Array[]) => Buffer.concat(chunks).toString();

    it.each<[string, string, string, Transport]>([
      ['takes Latin-1 for UTF-8', 'Latin-1, declared on the first', 'lost 1', reading((chunks) => JSON.parse(utf8(chunks)))],
      ['replaces bytes silently', 'Latin-1, undeclared on the first', 'no error', reading((chunks) => JSON.parse(utf8(chunks)))],
      ['decodes each chunk on its own', 'one byte at a time, Content-Length, identity on the first', 'lost', reading((chunks) => JSON.parse(chunks.map((one) => Buffer.from(one).toString()).join('')))],
      ['reads JSON by recursion', 'an item 20000 levels deep on the first', 'the walk failed', reading((chunks) => JSON.parse(utf8(chunks), (_, value: unknown) => value))],
    ])('a transport that %s', async (_what, title, found, careless) => {
      const cases = torture(good, { ...onFetch, tokens: true, transports: { careless: () => careless } });
      expect(await failing(cases, title)).toEqual([expect.stringContaining(found)]);
    }); // prettier-ignore

    it('a transport that takes bytes after an answer for the next answer', async () => {
      const poisoned = (): Transport => {
        let socket: Socket | undefined;
        let unread = '';
        let arrived = (): void => undefined;
        return async ({ url = '' }) => {
          const { port, pathname, search } = new URL(url);
          socket ??= connect(Number(port), '127.0.0.1')
            .on('data', (chunk) => ((unread += chunk.toString('latin1')), arrived()))
            .on('error', () => undefined);
          socket.write(`GET ${pathname}${search} HTTP/1.1\r\n\r\n`);
          for (;;) {
            const [, head = '', rest = ''] = /^(.*?)\r\n\r\n(.*)$/s.exec(unread) ?? [];
            const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? Infinity);
            if (rest.length >= length) {
              unread = rest.slice(length);
              return { status: 200, url, headers: { get: () => null }, body: JSON.parse(rest.slice(0, length)) as unknown };
            }
            await new Promise<void>((resolve) => (arrived = resolve));
          }
        };
      };
      const cases = torture(byPage, { ...onFetch, transports: { poisoned } });
      expect(await failing(cases, 'an answer after Content-Length on the first')).toEqual([expect.stringContaining('unexpected 1 ({"id":-1})')]);
    }); // prettier-ignore

    it('a strategy that takes page 1 after the last page, again and again', async () => {
      const make = () => cursor({ items: 'items', next: 'next_cursor', onRepeat: 'allow' });
      const found = await failing(torture(make, { ...onFetch, tokens: true }), 'page 1 again', 'the last page again');
      expect(found).toHaveLength(4);
      for (const reason of found) expect(reason).toContain('the walk never ends: ');
      const stops = () => cursor({ items: 'items', next: 'next_cursor', onRepeat: 'stop' });
      expect(await failing(torture(stops, { ...onFetch, tokens: true }), 'page 1 again', 'other times and ids')).toEqual([]);
    }, 60_000); // prettier-ignore

    it('a transport that accepts a truncated body, and one that leaves its connections open', async () => {
      const careless: Transport = ({ url = '' }) =>
        new Promise<PageResponse>((resolve, reject) => {
          send(url, (response) => {
            let text = '';
            const end = () => {
              const headers = { get: (name: string) => (response.headers[name] as string | undefined) ?? null };
              try {
                resolve({ status: response.statusCode!, url, headers, body: JSON.parse(text) });
              } catch (error) {
                reject(error);
              }
            };
            response.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
            response.on('end', end).on('error', end);
            setTimeout(end, 300).unref();
          }).on('error', reject).end();
        });
      const cases = torture(byPage, { ...onFetch, transports: { careless: () => careless } });
      expect(await failing(cases, 'header of 20000 bytes on the first')).toEqual([]);
      expect(await failing(cases, 'chunks, valid JSON, then silence on the first')).toEqual([expect.stringContaining('leaked: 1 requests')]);
    }, 60_000); // prettier-ignore
  });

  it('refuses anything but a strategy, and unknown options', () => {
    expect(thrown(() => torture(good() as never))).toBeInstanceOf(ConfigError);
    expect(thrown(() => torture(good, { seed: 1 } as never))).toBeInstanceOf(ConfigError);
  });
});
