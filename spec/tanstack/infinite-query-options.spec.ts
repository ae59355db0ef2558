import { afterEach, describe, expect, it } from '@jest/globals';
import { dehydrate, hydrate, InfiniteQueryObserver, QueryClient, type DehydratedState } from '@tanstack/query-core';
import { cursor, fetchTransport, functionTransport, pageNumber, retryRequests } from 'pagewise';
import { infiniteQueryOptions } from 'pagewise/tanstack';
import { json, numbered, rows, serve, until } from '../support/server.js';

const strategy = pageNumber<number>({ items: 'items', size: 10, total: 'total' });
const clients: QueryClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.clear();
});
const newClient = () => {
  const client = new QueryClient();
  clients.push(client);
  return client;
};

describe('infiniteQueryOptions', () => {
  it('fetches pages one by one, and knows the last one', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: [page * 2 - 1, page * 2], total: 6 });
    });
    const options = infiniteQueryOptions({ url: server.url }, strategy);
    const observer = new InfiniteQueryObserver(newClient(), options);
    const leave = observer.subscribe(() => undefined);
    const shown = () => observer.getCurrentResult();
    await until('the first page is there', () => shown().isSuccess);
    expect(server.seen).toHaveLength(1);
    while (shown().hasNextPage) await observer.fetchNextPage();
    expect(shown().data?.pages.flatMap(({ items }) => items)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(shown().data?.pages.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(server.seen).toHaveLength(3);
    leave();
  });

  it('refetches the pages shown, from the first one on', async () => {
    const server = await serve(numbered(25));
    const client = newClient();
    const options = infiniteQueryOptions({ url: server.url }, pageNumber<number>({ items: 'items', size: 10 }));
    const fetched = await client.infiniteQuery({ ...options, pages: 2 });
    expect(fetched.pages.flatMap(({ items }) => items)).toHaveLength(20);
    await client.refetchQueries({ queryKey: options.queryKey });
    expect(server.seen.map(({ url }) => url.searchParams.get('page'))).toEqual(['1', '2', '1', '2']);
  });

  it('aborts the request of a query that is cancelled', async () => {
    const server = await serve(() => undefined);
    const client = newClient();
    const options = infiniteQueryOptions({ url: server.url }, strategy);
    const fetching = client.infiniteQuery(options).catch((error: unknown) => error);
    await until('it is requested', () => server.inFlight() === 1);
    await client.cancelQueries({ queryKey: options.queryKey });
    await fetching;
    await until('the connection is closed', () => server.aborted() === 1);
    expect([server.seen.length, server.inFlight()]).toEqual([1, 0]);
  });

  it('fails with the error of the page, and resumes there on request', async () => {
    let down = true;
    const server = await serve(({ url }, response) => {
      if (url.searchParams.get('c') === 'b' && down) response.writeHead(500).end();
      else json(response, url.searchParams.has('c') ? { items: [2] } : { items: [1], next: 'b' });
    });
    const options = infiniteQueryOptions(
      { url: server.url },
      cursor<number>({ items: 'items', next: 'next', cursorParam: 'c' }),
      { transport: fetchTransport(), policy: retryRequests({ retries: 0 }) },
    );
    const observer = new InfiniteQueryObserver(newClient(), options);
    const leave = observer.subscribe(() => undefined);
    const shown = () => observer.getCurrentResult();
    await until('the first page is there', () => shown().isSuccess);
    await observer.fetchNextPage();
    expect(shown().error).toMatchObject({ status: 500, pageIndex: 1 });
    expect(shown().data?.pages).toHaveLength(1);
    down = false;
    await observer.fetchNextPage();
    expect(shown().data?.pages.flatMap(({ items }) => items)).toEqual([1, 2]);
    leave();
  });

  it('requests a failed page once: retries are left to the policy', async () => {
    const server = await serve((_, response) => void response.writeHead(500).end());
    const options = infiniteQueryOptions({ url: server.url }, strategy, {
      policy: retryRequests({ retries: 1, base: 1 }),
    });
    const failure = await newClient()
      .infiniteQuery(options)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'HttpError', attempts: 2 });
    expect(server.seen).toHaveLength(2);
  });

  it('cancels when the last observer unsubscribes, keeps what it has, and resumes for the next one', async () => {
    let silent = false;
    const server = await serve((seen, response) => {
      if (!silent) numbered(25)(seen, response);
    });
    const options = {
      ...infiniteQueryOptions({ url: server.url }, pageNumber<number>({ items: 'items', size: 10 })),
      staleTime: Infinity,
    };
    const client = newClient();
    const first = new InfiniteQueryObserver(client, options);
    const leave = first.subscribe(() => undefined);
    await until('the first page is there', () => first.getCurrentResult().isSuccess);
    silent = true;
    void first.fetchNextPage();
    await until('the second page is requested', () => server.inFlight() === 1);
    leave();
    await until('its connection is closed', () => server.aborted() === 1);
    silent = false;
    const second = new InfiniteQueryObserver(client, options);
    second.subscribe(() => undefined);
    expect(second.getCurrentResult().data?.pages).toHaveLength(1);
    await second.fetchNextPage();
    expect(second.getCurrentResult().data?.pages.flatMap(({ items }) => items)).toEqual(rows(20));
    expect(server.seen.map(({ url }) => url.searchParams.get('page'))).toEqual(['1', '2', '2']);
    second.destroy();
  });

  it('refetches along the cursors of the new pages, and continues after the last of them', async () => {
    let generation = 'a';
    const server = await serve(({ url }, response) => {
      const [of = generation, page = '1'] = url.searchParams.get('c')?.split('-') ?? [];
      const next = page === '3' ? {} : { next: `${of}-${Number(page) + 1}` };
      // The items are equal each time, so that TanStack keeps the objects of before: structural sharing.
      json(response, { items: [{ id: page }], ...next });
    });
    const own = cursor<{ id: string }>({ items: 'items', next: 'next', cursorParam: 'c' });
    const observer = new InfiniteQueryObserver(newClient(), infiniteQueryOptions({ url: server.url }, own));
    observer.subscribe(() => undefined);
    const shown = () => observer.getCurrentResult();
    await until('the first page is there', () => shown().isSuccess);
    await observer.fetchNextPage();
    const before = shown().data?.pages.map(({ items }) => items);
    generation = 'b';
    await observer.refetch();
    expect(shown().data?.pages.map(({ items }) => items)).toEqual(before);
    expect(shown().data?.pages[1]?.items).toBe(before?.[1]);
    expect(shown().hasNextPage).toBe(true);
    await observer.fetchNextPage();
    expect(shown().hasNextPage).toBe(false);
    expect(server.seen.map(({ url }) => url.searchParams.get('c'))).toEqual([null, 'a-2', null, 'b-2', 'b-3']);
    await observer.fetchNextPage();
    expect(server.seen).toHaveLength(5);
    observer.destroy();
  });

  it('keeps every page if one of them fails in a refetch, and shows the new ones once that works again', async () => {
    let down = false;
    let version = 1;
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (down && page === 2) response.writeHead(400).end();
      else json(response, { items: [`${page} v${version}`], total: 2 });
    });
    const own = pageNumber<string>({ items: 'items', size: 1, total: 'total' });
    const observer = new InfiniteQueryObserver(newClient(), infiniteQueryOptions({ url: server.url }, own));
    observer.subscribe(() => undefined);
    const shown = () => observer.getCurrentResult();
    const texts = () => shown().data?.pages.flatMap(({ items }) => items);
    await until('the first page is there', () => shown().isSuccess);
    await observer.fetchNextPage();
    down = true;
    version = 2;
    await observer.refetch();
    expect([texts(), shown().isRefetchError]).toEqual([['1 v1', '2 v1'], true]);
    expect(shown().error).toMatchObject({ status: 400, pageIndex: 1 });
    down = false;
    await observer.refetch();
    expect([texts(), shown().isError, shown().hasNextPage]).toEqual([['1 v2', '2 v2'], false, false]);
    observer.destroy();
  });

  it('resumes from a cache that was written as JSON', async () => {
    const server = await serve(numbered(25));
    const options = {
      ...infiniteQueryOptions({ url: server.url }, pageNumber<number>({ items: 'items', size: 10 })),
      staleTime: Infinity,
    };
    const before = newClient();
    await before.infiniteQuery(options);
    const written = JSON.stringify(dehydrate(before));
    const client = newClient();
    hydrate(client, JSON.parse(written) as DehydratedState);
    const observer = new InfiniteQueryObserver(client, options);
    observer.subscribe(() => undefined);
    await observer.fetchNextPage();
    expect(observer.getCurrentResult().data?.pages.flatMap(({ items }) => items)).toEqual(rows(20));
    expect(server.seen).toHaveLength(2);
    observer.destroy();
  });

  it('drops the pages at the other end, and goes back to them along the cursors', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('c') ?? 1);
      json(response, { items: [page], ...(page < 5 && { next: String(page + 1) }) });
    });
    const own = cursor<number>({ items: 'items', next: 'next', cursorParam: 'c' });
    const observer = new InfiniteQueryObserver(
      newClient(),
      infiniteQueryOptions({ url: server.url }, own, { maxPages: 2 }),
    );
    observer.subscribe(() => undefined);
    const shown = () => observer.getCurrentResult();
    const items = () => shown().data?.pages.flatMap((page) => page.items);
    await until('the first page is there', () => shown().isSuccess);
    expect(shown().hasPreviousPage).toBe(false);
    while (shown().hasNextPage) await observer.fetchNextPage();
    expect([items(), shown().hasPreviousPage]).toEqual([[4, 5], true]);
    await observer.fetchPreviousPage();
    expect([items(), shown().hasNextPage]).toEqual([[3, 4], true]);
    await observer.refetch();
    expect(items()).toEqual([3, 4]);
    while (shown().hasPreviousPage) await observer.fetchPreviousPage();
    expect([items(), shown().data?.pages.map(({ index }) => index)]).toEqual([
      [1, 2],
      [0, 1],
    ]);
    await observer.fetchNextPage();
    expect([items(), shown().hasPreviousPage]).toEqual([[2, 3], true]);
    expect(server.seen.map(({ url }) => url.searchParams.get('c') ?? '1').join('')).toBe('12345334213');
    observer.destroy();
  });

  it('goes back in a cache that was written as JSON, and holds nothing for that without maxPages', async () => {
    const server = await serve(numbered(50));
    const paged = pageNumber<number>({ items: 'items', size: 10 });
    const options = { ...infiniteQueryOptions({ url: server.url }, paged, { maxPages: 2 }), staleTime: Infinity };
    const before = newClient();
    await before.infiniteQuery({ ...options, pages: 4 });
    const client = newClient();
    hydrate(client, JSON.parse(JSON.stringify(dehydrate(before))) as DehydratedState);
    const observer = new InfiniteQueryObserver(client, options);
    observer.subscribe(() => undefined);
    await observer.fetchPreviousPage();
    expect(observer.getCurrentResult().data?.pages.map(({ index }) => index)).toEqual([1, 2]);
    observer.destroy();

    const plain = newClient();
    await plain.infiniteQuery({ ...infiniteQueryOptions({ url: server.url }, paged), pages: 4 });
    expect(JSON.stringify(dehydrate(plain))).not.toContain('"before"');
  });

  it('goes back 100 pages however many there were, in a cache that does not grow', async () => {
    const transport = functionTransport(({ url = '' }) => {
      const page = Number(new URL(url).searchParams.get('c') ?? 1);
      return { items: [page], next: String(page + 1) };
    });
    const own = cursor<number>({ items: 'items', next: 'next', cursorParam: 'c' });
    const options = {
      ...infiniteQueryOptions({ url: 'https://api.test/' }, own, { maxPages: 3, transport }),
      staleTime: Infinity,
    };
    const client = newClient();
    const scrolling = new InfiniteQueryObserver(client, options);
    scrolling.subscribe(() => undefined);
    await until('the first page is there', () => scrolling.getCurrentResult().isSuccess);
    for (let page = 2; page <= 3000; page++) await scrolling.fetchNextPage();
    scrolling.destroy();
    const written = JSON.stringify(structuredClone(dehydrate(client)));
    expect(written.length).toBeLessThan(200_000);
    const later = newClient();
    hydrate(later, JSON.parse(written) as DehydratedState);
    const observer = new InfiniteQueryObserver(later, options);
    observer.subscribe(() => undefined);
    const shown = () => observer.getCurrentResult();
    const items = () => shown().data?.pages.flatMap((page) => page.items);
    expect(items()).toEqual([2998, 2999, 3000]);
    for (let first = 2997; shown().hasPreviousPage; first--) {
      await observer.fetchPreviousPage();
      expect(items()).toEqual([first, first + 1, first + 2]);
    }
    expect(items()).toEqual([2898, 2899, 2900]);
    await observer.refetch();
    await observer.fetchNextPage();
    await observer.fetchPreviousPage();
    expect([items(), shown().hasPreviousPage]).toEqual([[2898, 2899, 2900], false]);
    observer.destroy();
  });

  it('begins at a stored place if nothing is cached, and with the first page where there is none', async () => {
    const server = await serve(numbered(25));
    const paged = pageNumber<number>({ items: 'items', size: 10 });
    const client = newClient();
    const { pages } = await client.infiniteQuery(infiniteQueryOptions({ url: server.url }, paged));
    for (const resumeFrom of [pages[0]!.resume, JSON.stringify(pages[0]!.resume)]) {
      const begun = await newClient().infiniteQuery(infiniteQueryOptions({ url: server.url }, paged, { resumeFrom }));
      expect(begun.pages.map(({ index, items }) => [index, items[0]])).toEqual([[1, 10]]);
    }
    const options = infiniteQueryOptions({ url: server.url }, paged, { resumeFrom: pages[0]!.resume });
    expect(options.queryKey).toEqual(infiniteQueryOptions({ url: server.url }, paged).queryKey);
    const cached = await client.infiniteQuery({ ...options, staleTime: Infinity });
    expect(cached.pages[0]?.index).toBe(0);
    const other = infiniteQueryOptions({ url: `${server.url}?q=a` }, paged, { resumeFrom: pages[0]!.resume });
    await expect(newClient().infiniteQuery(other)).rejects.toMatchObject({ name: 'ResumeError' });
  });

  it('refuses a maxPages that can hold nothing', () => {
    expect(() => infiniteQueryOptions({ url: 'https://api.test/' }, strategy, { maxPages: 0 })).toThrow(
      'infiniteQueryOptions: maxPages must be a whole number of at least 1, not 0',
    );
  });

  it("fits TanStack's types: items, selections and errors are what they are", () => {
    const options = infiniteQueryOptions({ url: 'https://api.test/' }, strategy);
    const observer = new InfiniteQueryObserver(newClient(), {
      ...options,
      enabled: false,
      select: ({ pages }) => pages.flatMap(({ items }) => items),
    });
    const data: number[] | undefined = observer.getCurrentResult().data;
    expect(data).toBeUndefined();
    // @ts-expect-error One page is asked for at a time.
    infiniteQueryOptions({ url: 'https://api.test/' }, strategy, { concurrency: 4 });
  });

  it('has a key that differs between queries and shows none of their values', () => {
    const keyOf = (body: object, size = 10) =>
      infiniteQueryOptions(
        { url: 'https://api.test/?key=secret', method: 'POST', body },
        pageNumber({ items: 'items', size }),
      ).queryKey;
    expect(keyOf({ q: 'a' })).toEqual(keyOf({ q: 'a' }));
    expect(keyOf({ q: 'a' })).not.toEqual(keyOf({ q: 'b' }));
    expect(keyOf({ q: 'a' })).not.toEqual(keyOf({ q: 'a' }, 20));
    expect(JSON.stringify(keyOf({ q: 'secret' }))).not.toContain('secret');
  });
});
