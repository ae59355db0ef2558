/** @jest-environment ./spec/support/jsdom-with-fetch.mjs */
import { application, inContext, settled } from './test-bed.js';
import {
  HttpContext,
  HttpContextToken,
  HttpErrorResponse,
  provideHttpClient,
  withFetch,
  withInterceptors,
  withXsrfConfiguration,
  type HttpInterceptorFn,
} from '@angular/common/http';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it, jest } from '@jest/globals';
import { cursor, inBody, pageNumber, retryRequests, type Page, type PaginateOptions } from 'pagewise';
import { injectPaginate, pagedResource, providePagewise, type HttpClientTransportOptions } from 'pagewise/angular';
import { retry, throwError } from 'rxjs';
import { json, serve, until, type Seen } from '../support/server.js';
import type { ServerResponse } from 'node:http';

const url = 'https://api.test/items';
const strategy = pageNumber<number>({ items: 'items', size: 2, total: 'total' });
const policy = retryRequests({ retries: 0 });

/** A walk with the providers of the application. */
function walk(request: object = {}, options: Omit<PaginateOptions<number>, 'schema'> = {}) {
  const paginate = inContext(() => injectPaginate());
  const seen: Page<number>[] = [];
  let failure: unknown;
  const subscription = paginate({ url, ...request }, strategy, options).subscribe({
    next: (page) => seen.push(page),
    error: (error: unknown) => (failure = error),
  });
  return { seen, subscription, failure: () => failure as Error & Record<string, unknown> };
}
const defaults = (options: HttpClientTransportOptions = {}) => providePagewise({ policy, ...options });

describe('XSRF', () => {
  const search = cursor<number>({ items: 'items', next: 'next', place: inBody() });
  const features = [withXsrfConfiguration({ cookieName: 'MY-XSRF', headerName: 'x-my-xsrf' })];

  it.each([
    ['every page of a POST to the own origin', 'POST', '/api/search', ['token', 'token']],
    ['no page of a GET', 'GET', '/api/search', [null, null]],
    ['no page of another origin', 'POST', 'https://api.test/search', [null, null]],
  ])('tokens are sent with %s', async (_, method, to, tokens) => {
    document.cookie = 'MY-XSRF=token';
    const http = application([], [], features);
    const paginate = inContext(() => injectPaginate());
    const body = method === 'POST' ? { body: { q: 'a' } } : {};
    const found = method === 'POST' ? search : cursor<number>({ items: 'items', next: 'next', cursorParam: 'c' });
    paginate({ url: to, method, ...body }, found).subscribe();
    const sent: (string | null)[] = [];
    for (const answer of [{ items: [1], next: 'b' }, { items: [2] }]) {
      await settled();
      const asked = http.expectOne(({ url }) => url.startsWith(to));
      sent.push(asked.request.headers.get('x-my-xsrf'));
      asked.flush(answer);
    }
    expect(sent).toEqual(tokens);
    http.verify();
  });
});

describe('functional interceptors', () => {
  const tenant = new HttpContextToken(() => 'none');

  it('see every page, with the context of the application or of the walk', async () => {
    const add: HttpInterceptorFn = (request, next) =>
      next(request.clone({ setHeaders: { 'x-tenant': request.context.get(tenant) } }));
    const http = application([defaults({ context: new HttpContext().set(tenant, 'a') })], [add]);
    walk();
    for (const page of [1, 2]) {
      await settled();
      const asked = http.expectOne(`${url}?page=${page}&per_page=2`);
      expect(asked.request.headers.get('x-tenant')).toBe('a');
      asked.flush({ items: [page], total: 4 });
    }
  });

  it('may retry themselves: that is one attempt here, and one page', async () => {
    const again: HttpInterceptorFn = (request, next) => next(request).pipe(retry({ count: 1 }));
    const http = application([defaults()], [again]);
    const { seen, failure } = walk();
    await settled();
    http.expectOne(() => true).flush('no', { status: 503, statusText: 'Busy' });
    http.expectOne(() => true).flush({ items: [1, 2], total: 4 });
    await settled();
    expect(seen.map(({ items }) => items)).toEqual([[1, 2]]);
    http.expectOne(() => true).flush('no', { status: 503, statusText: 'Busy' });
    http.expectOne(() => true).flush('no', { status: 503, statusText: 'Busy' });
    await settled();
    expect(failure()).toMatchObject({ name: 'HttpError', status: 503, attempts: 1, pageIndex: 1 });
  });

  it('run again for each attempt of the policy', async () => {
    let asked = 0;
    const count: HttpInterceptorFn = (request, next) => next(request.clone({ setHeaders: { 'x-n': String(++asked) } }));
    const http = application([providePagewise({ policy: retryRequests({ retries: 1, base: 1 }) })], [count]);
    const { seen } = walk();
    await settled();
    http.expectOne(() => true).flush('no', { status: 503, statusText: 'Busy' });
    let second = http.match(() => true);
    while (second.length === 0) {
      await settled();
      second = http.match(() => true);
    }
    expect(second[0]!.request.headers.get('x-n')).toBe('2');
    second[0]!.flush({ items: [1], total: 1 });
    await settled();
    expect(seen).toHaveLength(1);
  });

  it('may refuse a page: a thrown answer is judged as an answer, anything else becomes the cause', async () => {
    const refuse =
      (error: unknown): HttpInterceptorFn =>
      (request, next) =>
        request.urlWithParams.includes('?page=2') ? throwError(() => error) : next(request);
    for (const [error, expected] of [
      [new HttpErrorResponse({ status: 403, url }), { name: 'HttpError', status: 403, pageIndex: 1 }],
      [new Error('signed out'), { name: 'TransportError', cause: { message: 'signed out' }, pageIndex: 1 }],
    ] as const) {
      const http = application([defaults()], [refuse(error)]);
      const { seen, failure } = walk();
      await settled();
      http.expectOne(() => true).flush({ items: [1, 2], total: 4 });
      await settled();
      expect(seen).toHaveLength(1);
      expect(failure()).toMatchObject(expected);
      expect(failure()['resume']).toMatchObject({ index: 1 });
      http.verify();
      TestBed.resetTestingModule();
    }
  });
});

describe.each([
  ['XMLHttpRequest', []],
  ['fetch', [withFetch()]],
])('over the real backend: %s', (_, backend) => {
  const cors = { 'access-control-allow-origin': '*' };
  const paged = ({ url }: Seen, response: ServerResponse) =>
    json(response, { items: [Number(url.searchParams.get('page'))], total: 2 }, 200, cors);

  function real(interceptors: HttpInterceptorFn[] = []) {
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        provideHttpClient(withInterceptors(interceptors), ...backend),
        defaults(),
      ],
    });
  }

  it('pages to the end', async () => {
    const server = await serve(paged);
    real();
    const { seen, failure } = walk({ url: server.url });
    await until('the last page is there', () => seen.at(-1)?.next === undefined && seen.length > 0);
    expect(seen.map(({ items, response }) => [...items, response.status])).toEqual([
      [1, 200],
      [2, 200],
    ]);
    expect(failure()).toBeUndefined();
  });

  it('closes the connection on unsubscribe, and leaves answered requests alone', async () => {
    const server = await serve((seen, response) => {
      if (seen.url.searchParams.get('page') === '1') paged(seen, response);
    });
    real();
    const { seen, subscription } = walk({ url: server.url });
    await until('the second page is requested', () => server.seen.length === 2);
    subscription.unsubscribe();
    await until('its connection is closed', () => server.aborted() === 1);
    expect([seen.length, server.seen.length]).toEqual([1, 2]);
  });

  it('closes it when a resource is destroyed with its application', async () => {
    const server = await serve(() => {});
    real();
    inContext(() => pagedResource(() => ({ request: { url: server.url }, strategy })));
    TestBed.tick();
    await until('the page is requested', () => server.inFlight() === 1);
    TestBed.resetTestingModule();
    await until('its connection is closed', () => server.aborted() === 1);
    expect([server.seen.length, server.inFlight()]).toEqual([1, 0]);
  });

  it('distinguishes a status, a body that is not JSON and a server that is down', async () => {
    const server = await serve((seen, response) => {
      if (seen.url.pathname === '/items') json(response, { message: 'no' }, 404, cors);
      else response.writeHead(200, cors).end('<html>');
    });
    real();
    const missing = walk({ url: server.url });
    const broken = walk({ url: `${server.origin}/html` });
    await until('both have failed', () => missing.failure() !== undefined && broken.failure() !== undefined);
    expect(missing.failure()).toMatchObject({ name: 'HttpError', status: 404, response: { body: { message: 'no' } } });
    expect(broken.failure()).toMatchObject({ name: 'ParseError' });
    await server.close();
    jest.spyOn(console, 'error').mockImplementation(() => {}); // jsdom logs it too
    const gone = walk({ url: server.url });
    await until('it has failed', () => gone.failure() !== undefined);
    expect(gone.failure()).toMatchObject({ name: 'TransportError', network: true });
  });
});
