import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import jsonServer from 'json-server';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, toArray } from 'rxjs';
import { header, linkHeader, offset, pageNumber, paginate, type Page, type Strategy } from 'pagewise';
import { itemsOf, rejection } from '../support/walks.js';
import { watchedTransport } from './watched.js';

interface Row {
  readonly id: number;
}

const rows = (count: number): Row[] => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));

describe('json-server: Link header, X-Total-Count', () => {
  let server: Server;
  let origin: string;
  /** The most rows a page has, whatever is requested. */
  let cap = Infinity;

  beforeAll(async () => {
    const app = jsonServer.create();
    app.use(jsonServer.defaults({ logger: false, noCors: true }));
    app.use(({ query }, _response, next) => {
      if (Number(query['_limit']) > cap) query['_limit'] = String(cap);
      next();
    });
    app.use(jsonServer.router({ rows: rows(25), full: rows(20), none: [] }));
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );

  async function walk(path: string, strategy: Strategy<Row>, maximum = Infinity) {
    cap = maximum;
    const { requests, transport } = watchedTransport();
    const pages: Page<Row>[] = await lastValueFrom(
      paginate({ url: `${origin}${path}` }, strategy, { transport }).pipe(toArray()),
    );
    expect(pages.at(-1)?.next).toBeUndefined();
    const ids = itemsOf(pages).map(({ id }) => id);
    return { ids, pages, paths: requests.map(({ url = '' }) => url.replace(origin, '')) };
  }

  const total = header('X-Total-Count');
  const numbers = { pageParam: '_page', sizeParam: '_limit' } as const;
  const offsets = { offsetParam: '_start', sizeParam: '_limit' } as const;
  const ids = (count: number) => rows(count).map(({ id }) => id);

  it('linkHeader follows its links to the last page, and reports its total', async () => {
    const walked = await walk('/rows?_sort=id&_page=1', linkHeader<Row>({ size: 10, sizeParam: '_limit', total }));
    expect(walked.ids).toEqual(ids(25));
    expect(walked.paths).toEqual([
      '/rows?_sort=id&_page=1&_limit=10',
      '/rows?_sort=id&_page=2&_limit=10',
      '/rows?_sort=id&_page=3&_limit=10',
    ]);
    expect(walked.pages.map((page) => page.total)).toEqual([25, 25, 25]);
  });

  it('linkHeader sends no request past an exactly full last page', async () => {
    const walked = await walk('/full?_page=1', linkHeader<Row>({ size: 10, sizeParam: '_limit' }));
    expect(walked.ids).toEqual(ids(20));
    expect(walked.paths).toHaveLength(2);
  });

  it('linkHeader, capped: the links follow the capped size', async () => {
    const walked = await walk('/rows?_page=1', linkHeader<Row>({ size: 1000, sizeParam: '_limit' }), 4);
    expect(walked.ids).toEqual(ids(25));
    expect(walked.pages.map(({ items }) => items.length)).toEqual([4, 4, 4, 4, 4, 4, 1]);
  });

  it('linkHeader ends immediately if there is nothing', async () => {
    const walked = await walk('/none?_page=1', linkHeader<Row>({ size: 10, sizeParam: '_limit', total }));
    expect(walked).toMatchObject({ ids: [], paths: ['/none?_page=1&_limit=10'] });
  });

  it.each([
    [25, '/rows', 3],
    [20, '/full', 2],
  ])('pageNumber with the total of %i', async (count, path, requests) => {
    const walked = await walk(path, pageNumber<Row>({ ...numbers, size: 10, total }));
    expect(walked.ids).toEqual(ids(count));
    expect(walked.paths).toHaveLength(requests);
  });

  it('pageNumber without an end signal ends at the empty page', async () => {
    const walked = await walk('/full', pageNumber<Row>({ ...numbers, size: 10 }));
    expect(walked.ids).toEqual(ids(20));
    expect(walked.paths).toHaveLength(3);
  });

  it.each([{}, { total }])('pageNumber and offset, capped from 1000 to 7, lose nothing: %j', async (end) => {
    const byNumber = await walk('/rows', pageNumber<Row>({ ...numbers, ...end, size: 1000 }), 7);
    const byOffset = await walk('/rows', offset<Row>({ ...offsets, ...end, size: 1000 }), 7);
    expect(byNumber.ids).toEqual(ids(25));
    expect(byOffset.ids).toEqual(ids(25));
    const requests = 'total' in end ? 4 : 5;
    expect([byNumber.paths.length, byOffset.paths.length]).toEqual([requests, requests]);
  });

  it('offset advances by the received items', async () => {
    const walked = await walk('/rows?_sort=id', offset<Row>({ ...offsets, size: 10, total }));
    expect(walked.ids).toEqual(ids(25));
    expect(walked.paths).toEqual([0, 10, 20].map((at) => `/rows?_sort=id&_start=${at}&_limit=10`));
  });

  it('P11 a misspelt parameter returns the same rows forever, and is detected', async () => {
    const misspelt = pageNumber<Row>({ pageParam: 'page', sizeParam: '_limit', size: 10 });
    const error = await rejection(walk('/rows', misspelt));
    expect(error.name).toBe('PaginationLoopError');
    expect(error.message).toContain('Page 2 failed');
  });
});
