/** @jest-environment jsdom */
import { application, inContext, settled } from './test-bed.js';
import type { HttpInterceptorFn } from '@angular/common/http';
import {
  createEnvironmentInjector,
  EnvironmentInjector,
  inject,
  Injector,
  runInInjectionContext,
  signal,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { pageNumber, retryRequests } from 'pagewise';
import { injectPaginate, pagedResource, providePagewise } from 'pagewise/angular';

const api = 'https://api.test/items';
const strategy = pageNumber<number>({ items: 'items', size: 2, total: 'total' });
const once = providePagewise({ policy: retryRequests({ retries: 0 }) });
const query = signal<string | undefined>('a');
const open = () =>
  pagedResource(() => {
    const q = query();
    return q === undefined ? undefined : { request: { url: `${api}?q=${q}` }, strategy };
  });

/** An application, a resource in it, and answers for its requests by page. */
function resource() {
  query.set('a');
  const http = application([once]);
  const found = inContext(open);
  const answer = async (page: number, body: object | number, q = 'a') => {
    await settled();
    const asked = http.expectOne(`${api}?q=${q}&page=${page}&per_page=2`);
    if (typeof body === 'number') asked.flush('no', { status: body, statusText: 'No' });
    else asked.flush(body);
    await settled();
  };
  return { http, found, answer };
}
const full = (...items: number[]) => ({ items, total: 5 });

describe('pagedResource', () => {
  it('loads the first page immediately and the next one on request, up to the last page', async () => {
    const { http, found, answer } = resource();
    expect(found.status()).toBe('idle');
    TestBed.tick();
    expect([found.status(), found.isLoading(), found.items()]).toEqual(['loading', true, []]);
    await answer(1, full(1, 2));
    expect([found.status(), found.isLoading(), found.hasNext(), found.total()]).toEqual(['resolved', false, true, 5]);
    await settled();
    http.verify();
    const loading = found.loadNext();
    expect([found.status(), found.loadingNext(), found.isLoading(), found.done()]).toEqual([
      'resolved',
      true,
      true,
      false,
    ]);
    expect(found.items()).toEqual([1, 2]);
    await answer(2, full(3, 4));
    await loading;
    expect([found.loadingNext(), found.isLoading()]).toEqual([false, false]);
    void found.loadNext();
    await answer(3, full(5));
    expect([found.status(), found.done(), found.hasNext()]).toEqual(['resolved', true, false]);
    expect(found.items()).toEqual([1, 2, 3, 4, 5]);
    expect(found.pages().map(({ index }) => index)).toEqual([0, 1, 2]);
    await found.loadNext();
    await settled();
    http.verify();
  });

  it('sends one request however often loadNext is called', async () => {
    const { found, answer, http } = resource();
    await answer(1, full(1, 2));
    for (let i = 0; i < 5; i++) void found.loadNext();
    await answer(2, full(3, 4));
    expect(found.items()).toEqual([1, 2, 3, 4]);
    http.verify();
  });

  it('cancels and starts over when a signal of the query changes, and ignores the old walk', async () => {
    const { found, answer, http } = resource();
    await answer(1, full(1, 2));
    void found.loadNext();
    await settled();
    const old = http.expectOne(`${api}?q=a&page=2&per_page=2`);
    query.set('b');
    await settled();
    expect(old.cancelled).toBe(true);
    expect([found.status(), found.items(), found.isPrevious()]).toEqual(['loading', [1, 2], true]);
    await answer(1, full(7), 'b');
    expect([found.items(), found.isPrevious()]).toEqual([[7], false]);
    query.set(undefined);
    await settled();
    expect([found.status(), found.items(), found.hasNext()]).toEqual(['idle', [], false]);
    http.verify();
  });

  it('keeps what it has when a page fails, and resumes at that page', async () => {
    const { found, answer, http } = resource();
    await answer(1, full(1, 2));
    void found.loadNext();
    await answer(2, 503);
    expect([found.status(), found.items(), found.hasNext()]).toEqual(['error', [1, 2], false]);
    expect(found.error()).toMatchObject({ name: 'HttpError', status: 503 });
    await found.loadNext(); // A list that loads what is in sight calls it again immediately.
    await settled();
    http.verify();
    expect(found.error()).toMatchObject({ status: 503 });
    void found.retry();
    expect([found.status(), found.loadingNext(), found.error()]).toEqual(['resolved', true, undefined]);
    await answer(2, full(3, 4));
    expect([found.status(), found.items(), found.hasNext()]).toEqual(['resolved', [1, 2, 3, 4], true]);
    expect(found.pages().map(({ index }) => index)).toEqual([0, 1]);
    await found.retry();
    await settled();
    http.verify();
  });

  it('retries a first page that failed', async () => {
    const { found, answer, http } = resource();
    await answer(1, 500);
    expect([found.status(), found.hasNext()]).toEqual(['error', false]);
    await found.loadNext();
    await settled();
    http.verify();
    void found.retry();
    await answer(1, full(1, 2));
    expect(found.items()).toEqual([1, 2]);
  });

  it('reloads: what is shown stays until the first page has arrived, also after a failure', async () => {
    const { found, answer, http } = resource();
    await answer(1, full(1, 2));
    void found.loadNext();
    await answer(2, full(3, 4));
    void found.reload();
    expect([found.status(), found.items()]).toEqual(['reloading', [1, 2, 3, 4]]);
    await answer(1, 500);
    expect([found.status(), found.items()]).toEqual(['error', [1, 2, 3, 4]]);
    await found.loadNext(); // not page 3 after old pages
    await settled();
    http.verify();
    void found.retry();
    expect(found.status()).toBe('reloading');
    await answer(1, full(9));
    expect([found.status(), found.items()]).toEqual(['resolved', [9]]);
  });

  it('is destroyed with its injection context', async () => {
    query.set('a');
    const http = application([once]);
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const found = runInInjectionContext(injector.get(Injector), open);
    await settled();
    const asked = http.expectOne(() => true);
    injector.destroy();
    expect(asked.cancelled).toBe(true);
    query.set('b');
    await settled();
    http.verify();
    expect(found.items()).toEqual([]);
  });

  it('reports an invalid query as its error, and works again with another', async () => {
    const http = application([once]);
    const wrong = signal(true);
    const found = inContext(() =>
      pagedResource(() => ({ request: wrong() ? { url: 7 as never } : { url: api }, strategy })),
    );
    await settled();
    expect([found.status(), found.error()!.name]).toEqual(['error', 'ConfigError']);
    wrong.set(false);
    await settled();
    http.expectOne(() => true).flush(full(1));
    await settled();
    expect(found.items()).toEqual([1]);
  });

  it.each([
    [null, 'not null'],
    [false, 'not false'],
    ['/api', 'not "/api"'],
    [[], 'not an array'],
    [{ url: api }, 'not a request'],
    [Promise.resolve(), 'not a Promise'],
  ])('says what to return if its query is none: %j', async (given, not) => {
    const http = application([once]);
    const found = inContext(() => pagedResource(() => given as never));
    await settled();
    http.verify();
    expect([found.status(), found.error()?.name, found.hasNext()]).toEqual(['error', 'ConfigError', false]);
    expect(found.error()!.message).toMatch(
      /^pagedResource: the query must return \{ request: .* or undefined to request nothing, not /,
    );
    expect(found.error()!.message).toContain(not);
  });

  it.each([
    [
      { policy: retryRequests() },
      'unknown option "policy"; expected one of request, strategy, options',
      /Set it in the options$/,
    ],
    [{ option: {} }, 'unknown option "option"', /Did you mean options\?$/],
    [{ initialpages: [] }, 'unknown option "initialpages"', /Did you mean initialPages\?$/],
    [{ url: api }, 'not a request', /request: \{ url: … \}/],
    [{ headers: {} }, 'unknown option "headers"', /Set it in the request$/],
    [{ items: 'items' }, 'unknown option "items"', /Set it in the strategy$/],
    [{ initialPages: 7 }, 'initialPages must be an array of pages', /not 7$/],
  ])('refuses members of the query that it does not read: %j', async (added, what, where) => {
    const http = application([once]);
    const found = inContext(() => pagedResource(() => ({ request: { url: api }, strategy, ...(added as object) })));
    await settled();
    http.verify();
    expect(found.error()!.message).toContain(what);
    expect(found.error()!.message).toMatch(where);
  });

  it('cannot be created outside an injection context', () => {
    expect(() => open()).toThrow('NG0203');
  });
});

describe('providePagewise', () => {
  class Auth {
    token = 'old';
    refresh = () => {
      this.token = 'new';
      return Promise.resolve();
    };
  }

  it('takes a function, which is called once, where services can be injected', async () => {
    let calls = 0;
    const defaults = providePagewise(() => {
      calls++;
      const auth = inject(Auth);
      return { policy: retryRequests({ retries: 0, onUnauthorized: () => auth.refresh() }) };
    });
    const signed: HttpInterceptorFn = (request, next) =>
      next(request.clone({ setHeaders: { authorization: inject(Auth).token } }));
    const http = application([Auth, defaults], [signed]);
    query.set('a');
    const found = inContext(open);
    inContext(open);
    await settled();
    const [asked, other] = http.match(() => true);
    expect(asked!.request.headers.get('authorization')).toBe('old');
    asked!.flush({}, { status: 401, statusText: 'No' });
    await settled();
    const [again] = http.match((request) => request !== other!.request);
    expect(again!.request.headers.get('authorization')).toBe('new');
    again!.flush(full(1, 2));
    await settled();
    expect([found.items(), calls]).toEqual([[1, 2], 1]);
  });

  it.each([
    [{ retries: 2 }, 'providePagewise: unknown option "retries"; expected one of policy, check, '],
    [{ retries: 2 }, 'Set policy: retryRequests({ retries: … })'],
    [undefined, 'providePagewise: options must be an object, not undefined'],
  ])('refuses what nobody reads: %p', (defaults, message) => {
    expect(() => providePagewise(defaults as never)).toThrow(message);
    application([providePagewise(() => defaults as never)]);
    expect(() => inContext(() => injectPaginate())).toThrow(message);
  });
});

describe('injectPaginate', () => {
  it('pages over HttpClient with the defaults of the application, which its own options override', async () => {
    const told: string[] = [];
    const http = application([
      providePagewise({ policy: retryRequests({ retries: 0 }), events: { next: ({ type }) => told.push(type) } }),
    ]);
    const paginate = inContext(() => injectPaginate());
    const first = firstValueFrom(paginate({ url: api }, strategy));
    await settled();
    http.expectOne(() => true).flush(full(1, 2));
    expect((await first).items).toEqual([1, 2]);
    expect(told).toContain('page');
    const own: string[] = [];
    const second = firstValueFrom(paginate({ url: api }, strategy, { events: { next: ({ type }) => own.push(type) } }));
    await settled();
    http.expectOne(() => true).flush(full(1, 2));
    await second;
    expect(own).toContain('page');
  });
});
