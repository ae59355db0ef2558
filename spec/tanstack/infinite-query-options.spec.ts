import { afterEach, describe, expect, it } from '@jest/globals';
import { InfiniteQueryObserver, QueryClient } from '@tanstack/query-core';
import { cursor, fetchTransport, pageNumber, retryRequests } from 'pagewise';
import { infiniteQueryOptions } from 'pagewise/tanstack';
import { json, numbered, serve, until } from '../support/server.js';

const strategy = pageNumber<number>({ items: 'items', size: 10, total: 'total' });
const clients: QueryClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.clear();
});
const newClient = () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  clients.push(client);
  return client;
};

describe('infiniteQueryOptions', () => {
  it('fetches pages one by one, and knows when there is no other', async () => {
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

  it('refetches the pages that are shown, from the first one on', async () => {
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
    await until('it is asked', () => server.inFlight() === 1);
    await client.cancelQueries({ queryKey: options.queryKey });
    await fetching;
    await until('the connection is closed', () => server.aborted() === 1);
  });

  it('fails with the error of the page, and goes on there when it is asked to', async () => {
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

  it('has a key that differs between queries, and shows no value of them', () => {
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
