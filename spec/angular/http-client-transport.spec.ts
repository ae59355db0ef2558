/** @jest-environment jsdom */
import { application, settled } from './test-bed.js';
import { HttpClient, HttpContext, HttpContextToken, type HttpInterceptorFn } from '@angular/common/http';
import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { throwError } from 'rxjs';
import { ConfigError, inBody, pageNumber, paginate, type Page, type PaginateOptions } from 'pagewise';
import { httpClientTransport, type HttpClientTransportOptions } from 'pagewise/angular';
import { hostileValues } from '../support/hostile-values.js';
import { thrown } from '../support/walks.js';

const url = 'https://api.test/items';
const strategy = pageNumber<number>({ items: 'items', size: 2 });

function walk(
  options: Omit<PaginateOptions<number>, 'schema'> = {},
  own: HttpClientTransportOptions = {},
  request: object = {},
) {
  const transport = httpClientTransport(TestBed.inject(HttpClient), own);
  const pages = paginate({ url, ...request }, strategy, { transport, policy: (source) => source, ...options });
  const seen: Page<number>[] = [];
  let failure: unknown;
  const subscription = pages.subscribe({
    next: (page) => seen.push(page),
    error: (error: unknown) => (failure = error),
  });
  return { seen, subscription, failure: () => failure as Error & Record<string, unknown> };
}

describe('httpClientTransport', () => {
  it('requests pages through HttpClient and its interceptors, with a context that they see', async () => {
    const marked = new HttpContextToken(() => 'no');
    const seenByInterceptor: string[] = [];
    const interceptor: HttpInterceptorFn = (request, next) => {
      seenByInterceptor.push(`${request.urlWithParams} ${request.context.get(marked)}`);
      return next(request.clone({ setHeaders: { authorization: 'Bearer interceptor' } }));
    };
    const http = application([], [interceptor]);
    const { seen } = walk({}, { context: new HttpContext().set(marked, 'yes') }, { headers: { 'x-own': '1' } });
    await settled();
    const first = http.expectOne(`${url}?page=1&per_page=2`);
    expect(first.request.method).toBe('GET');
    expect(first.request.headers.get('authorization')).toBe('Bearer interceptor');
    expect(first.request.headers.get('x-own')).toBe('1');
    first.flush({ items: [1, 2] });
    await settled();
    http.expectOne(`${url}?page=2&per_page=2`).flush({ items: [] });
    await settled();
    expect(seen.map(({ items }) => items)).toEqual([[1, 2], []]);
    expect(seenByInterceptor).toEqual([`${url}?page=1&per_page=2 yes`, `${url}?page=2&per_page=2 yes`]);
    http.verify();
  });

  it('sends bodies as HttpClient does, and relative URLs', async () => {
    const http = application();
    const transport = httpClientTransport(TestBed.inject(HttpClient));
    const post = pageNumber<number>({ items: 'items', place: inBody('pagination') });
    paginate({ url: '/api/search', method: 'POST', body: { q: 'a' } }, post, { transport }).subscribe();
    await settled();
    const asked = http.expectOne('/api/search');
    expect(asked.request.body).toEqual({ q: 'a', pagination: { page: 1 } });
    asked.flush({ items: [] });
  });

  it('cancels the request in flight on unsubscribe', async () => {
    const http = application();
    const { subscription } = walk();
    await settled();
    const first = http.expectOne(() => true);
    subscription.unsubscribe();
    expect(first.cancelled).toBe(true);
  });

  it('passes answers of any status to the policy and the check, with their content', async () => {
    const http = application();
    const { failure } = walk();
    await settled();
    http
      .expectOne(() => true)
      .flush({ message: 'slow down' }, { status: 429, statusText: 'Too Many', headers: { 'retry-after': '7' } });
    await settled();
    const { name, status, response } = failure();
    expect({ name, status, body: (response as { body: unknown }).body }).toEqual({
      name: 'HttpError',
      status: 429,
      body: { message: 'slow down' },
    });
    const ended = pageNumber<number>({ items: 'items', endStatuses: [404] });
    const pages: unknown[] = [];
    paginate({ url }, ended, { transport: httpClientTransport(TestBed.inject(HttpClient)) }).subscribe((page) =>
      pages.push(page.items),
    );
    await settled();
    http.expectOne(() => true).flush({ items: [1] });
    await settled();
    http.expectOne(() => true).flush('none', { status: 404, statusText: 'Not Found' });
    await settled();
    expect(pages).toEqual([[1], []]);
  });

  it("distinguishes a network failure, a body that is not JSON, a timeout and an interceptor's error", async () => {
    const http = application();
    const down = walk();
    await settled();
    http.expectOne(() => true).error(new ProgressEvent('error'));
    await settled();
    expect(down.failure()).toMatchObject({ name: 'TransportError', network: true });

    const late = walk({}, { attemptTimeout: 5 });
    await settled();
    const slow = http.expectOne(() => true);
    while (!late.failure()) await settled();
    expect(late.failure()).toMatchObject({ name: 'AttemptTimeoutError', timeoutMs: 5 });
    expect(slow.cancelled).toBe(true);

    TestBed.resetTestingModule();
    application([], [() => throwError(() => new Error('mine'))]);
    const broken = walk();
    await settled();
    expect(broken.failure()).toMatchObject({ name: 'TransportError', cause: { message: 'mine' } });
  });

  it('H2 whatever an interceptor throws, or emits as an error, is one error', async () => {
    const { HttpErrorResponse } = await import('@angular/common/http');
    let thrownNow: unknown;
    application([], [() => throwError(() => thrownNow)]);
    for (const [name, make] of hostileValues)
      for (const wrap of [
        (value: unknown) => value,
        (error: unknown) => new HttpErrorResponse({ error, status: 200 }),
      ]) {
        thrownNow = wrap(make());
        const failed = walk();
        await settled();
        expect([name, failed.failure().message]).toEqual([name, expect.stringMatching(/^Page 1 failed: /)]);
      }
  });

  it('refuses an answer from another origin (T7)', async () => {
    const http = application();
    const { failure } = walk();
    await settled();
    const asked = http.expectOne(() => true);
    const { HttpResponse } = await import('@angular/common/http');
    asked.event(new HttpResponse({ status: 200, body: { items: [1] }, url: 'https://evil.test/items' }));
    await settled();
    expect(failure()).toMatchObject({ name: 'CrossOriginError', to: 'https://evil.test' });
  });

  it('refuses invalid input', async () => {
    expect(thrown(() => httpClientTransport({} as never))).toBeInstanceOf(ConfigError);
    application();
    const http = TestBed.inject(HttpClient);
    expect(thrown(() => httpClientTransport(http, { timeout: 1 } as never)).message).toContain(
      'unknown option "timeout"',
    );
    expect(thrown(() => httpClientTransport(http, { attemptTimeout: 0 })).message).toContain('attemptTimeout');
  });
});
