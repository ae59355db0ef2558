import { describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  cursor,
  fetchTransport,
  HttpError,
  linkHeader,
  offset,
  pageNumber,
  paginate,
  retryRequests,
  type Page,
  type PaginateOptions,
  type WalkEvent,
} from 'pagewise';
import { lastValueFrom, toArray } from 'rxjs';
import { json, rows, serve, type Seen } from './support/server.js';
import { itemsOf, thrown } from './support/walks.js';

const number = ({ url }: Seen, name: string) => Number(url.searchParams.get(name));
const policy = () => retryRequests({ base: 1, retries: 2 });

/** An API of that many rows that answers pages of more than `most` rows with `status`; both may change. */
async function heavy(total: number, most: (seen: Seen, count: number) => number, status = 504) {
  const sizes: number[] = [];
  const server = await serve((seen, response, index) => {
    const size = number(seen, 'per_page') || number(seen, 'limit');
    sizes.push(size);
    if (size > most(seen, index)) return json(response, {}, status);
    const from = seen.url.searchParams.has('page') ? (number(seen, 'page') - 1) * size : number(seen, 'offset') || number(seen, 'cursor');
    const items = rows(total).slice(from, from + size);
    json(response, { items, next: from + size < total ? from + size : null });
  }); // prettier-ignore
  return { server, sizes };
}

async function walk(url: string, strategy: Parameters<typeof paginate<number, never>>[1], options: PaginateOptions<number> = {}) {
  const notices: string[] = [];
  const events = { next: (event: WalkEvent) => void (event.type === 'notice' && notices.push(event.message)) };
  const pages: Page<number>[] = await lastValueFrom(paginate({ url }, strategy, { policy: policy(), adaptiveSize: true, events, ...options }).pipe(toArray()));
  return { pages, items: itemsOf(pages), notices };
} // prettier-ignore

const byPage = (size = 100) => pageNumber<number>({ items: 'items', size }) as never;

describe('adaptiveSize', () => {
  it.each([413, 502, 504])('halves the size on %i, and requests the same items again immediately', async (status) => {
    const { server, sizes } = await heavy(200, () => 30, status);
    const { items, notices } = await walk(server.url, byPage());
    expect(items).toEqual(rows(200));
    expect(sizes.slice(0, 3)).toEqual([100, 50, 25]);
    expect(notices.slice(0, 2)).toEqual([expect.stringMatching(/^Page 1 is too heavy \(.+\): it is requested again with `size: 50`\.$/), expect.stringMatching(/size: 25/)]);
  }); // prettier-ignore

  it('in the middle, too: the page number moves so that the same item comes first', async () => {
    const { server, sizes } = await heavy(300, (seen) => (number(seen, 'page') > 2 && sizes.length < 9 ? 25 : 100));
    const { items } = await walk(server.url, byPage());
    expect(items).toEqual(rows(300));
    expect(sizes.slice(0, 5)).toEqual([100, 100, 100, 50, 25]);
  });

  it('with offsets and cursors', async () => {
    for (const strategy of [offset<number>({ items: 'items', size: 64 }), cursor<number>({ items: 'items', size: 64, next: 'next' })]) {
      const { server } = await heavy(333, (seen) => (number(seen, 'offset') + number(seen, 'cursor') > 100 ? 10 : 64));
      expect((await walk(server.url, strategy as never)).items).toEqual(rows(333));
    }
  }); // prettier-ignore

  it('when an attempt takes too long, and when a check says so', async () => {
    const slow = await serve((seen, response) => {
      const [size, page] = [number(seen, 'per_page'), number(seen, 'page')];
      if (size <= 25) json(response, { items: rows(60).slice((page - 1) * size, page * size) });
    });
    const transport = fetchTransport({ attemptTimeout: 300 });
    expect((await walk(slow.url, byPage(50), { transport })).items).toEqual(rows(60));

    const { server } = await heavy(60, () => 25, 200);
    const check: PaginateOptions['check'] = ({ body }) => ('items' in (body as object) ? undefined : { fail: 'too many', tooHeavy: true });
    expect((await walk(server.url, byPage(50), { check })).items).toEqual(rows(60));
  }); // prettier-ignore

  it('grows back after a run of successful pages, up to the size it began with', async () => {
    const { server, sizes } = await heavy(1500, (_seen, index) => (index === 0 ? 10 : 1000), 413);
    const { items } = await walk(server.url, byPage(40));
    expect(items).toEqual(rows(1500));
    expect(sizes[1]).toBe(20);
    expect(sizes.at(-1)).toBe(40);
    expect(sizes.indexOf(40, 1)).toBeGreaterThanOrEqual(11);
  });

  it('tries a larger size less and less often if it keeps failing', async () => {
    const { server, sizes } = await heavy(1200, () => 10, 413);
    const { items } = await walk(server.url, byPage(20));
    expect(items).toEqual(rows(1200));
    const tried = sizes.filter((size) => size === 20).length;
    expect(tried).toBeGreaterThan(2);
    expect(tried).toBeLessThan(8);
  });

  it('loses nothing if the server caps sizes: the size stays, and only retries remain', async () => {
    const server = await serve((seen, response, index) => {
      const page = number(seen, 'page');
      if (page === 3 && index < 4) return json(response, {}, 502);
      json(response, { items: rows(100).slice((page - 1) * 25, page * 25) });
    });
    const { items } = await walk(server.url, byPage(100));
    expect(items).toEqual(rows(100));
    expect(server.seen.every((seen) => number(seen, 'per_page') === 100)).toBe(true);
  });

  it('repeats nothing if the server caps sizes, and the first page was too heavy: growing back shows the cap', async () => {
    for (const [concurrency, total] of [[1, 900], [3, 900], [1, 560], [1, 510]] as const) {
      const sizes: number[] = [];
      const server = await serve((seen, response, index) => {
        if (index < 1) return json(response, {}, 413);
        const size = Math.min(50, number(seen, 'per_page'));
        sizes.push(number(seen, 'per_page'));
        const page = number(seen, 'page');
        json(response, { items: rows(total).slice((page - 1) * size, page * size) });
      });
      expect((await walk(server.url, byPage(100), { concurrency })).items).toEqual(rows(total));
      if (concurrency === 1) expect(sizes.filter((size) => size === 100)).toHaveLength(1);
    }
  }); // prettier-ignore

  it('fails after retries if the smallest size is too large, and the token resumes at that page', async () => {
    const { server, sizes } = await heavy(90, (seen) => (number(seen, 'page') * number(seen, 'per_page') > 60 && sizes.length < 40 ? 0 : 100));
    const found: Page<number>[] = [];
    const strategy = pageNumber<number>({ items: 'items', size: 4 });
    const error = await new Promise<HttpError>((resolve) => {
      paginate({ url: server.url }, strategy, { policy: policy(), adaptiveSize: true }).subscribe({ next: (page) => found.push(page), error: resolve });
    });
    expect(error).toBeInstanceOf(HttpError);
    expect(error.attempts).toBe(3);
    expect(sizes.slice(-5)).toEqual([4, 2, 1, 1, 1]);
    sizes.push(...rows(40));
    const rest = await lastValueFrom(paginate({ url: server.url }, strategy, { resumeFrom: error.resume! }).pipe(toArray()));
    expect([...itemsOf(found), ...itemsOf(rest)]).toEqual(rows(90));
  }); // prettier-ignore

  it('works with pages in flight', async () => {
    const { server } = await heavy(700, (seen) => (number(seen, 'page') * number(seen, 'per_page') > 300 ? 30 : 100));
    expect((await walk(server.url, byPage(), { concurrency: 4 })).items).toEqual(rows(700));
    const again = await heavy(700, (seen) => (number(seen, 'offset') > 300 ? 30 : 100));
    expect((await walk(again.server.url, offset<number>({ items: 'items', size: 100 }) as never, { concurrency: 4 })).items).toEqual(rows(700));
  }); // prettier-ignore

  it('is off by default', async () => {
    const { server, sizes } = await heavy(90, () => 30, 413);
    const error = await walk(server.url, byPage(), { adaptiveSize: false }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HttpError);
    expect(sizes).toEqual([100]);
  });

  it('refuses strategies without a size, or whose size cannot change', () => {
    const options = { adaptiveSize: true };
    for (const strategy of [pageNumber({ items: 'items' }), linkHeader({ size: 100 }), offset({ items: 'items' })])
      expect(thrown(() => paginate({ url: 'http://host.test/' }, strategy as never, options))).toBeInstanceOf(ConfigError);
    expect(thrown(() => paginate({ url: 'http://host.test/' }, byPage(), { adaptiveSize: 2 } as never))).toBeInstanceOf(ConfigError);
  }); // prettier-ignore
});
