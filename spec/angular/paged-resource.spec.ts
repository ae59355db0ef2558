/** @jest-environment jsdom */
import { application, inContext, settled } from './test-bed.js';
import { createEnvironmentInjector, EnvironmentInjector, Injector, runInInjectionContext, signal } from '@angular/core';
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
    expect([found.status(), found.items(), found.hasNext()]).toEqual(['error', [1, 2], true]);
    expect(found.error()).toMatchObject({ name: 'HttpError', status: 503 });
    void found.retry();
    expect([found.status(), found.loadingNext(), found.error()]).toEqual(['resolved', true, undefined]);
    await answer(2, full(3, 4));
    expect([found.status(), found.items()]).toEqual(['resolved', [1, 2, 3, 4]]);
    expect(found.pages().map(({ index }) => index)).toEqual([0, 1]);
    await found.retry();
    await settled();
    http.verify();
  });

  it('retries a first page that failed', async () => {
    const { found, answer } = resource();
    await answer(1, 500);
    expect(found.status()).toBe('error');
    void found.loadNext();
    await answer(1, full(1, 2));
    expect(found.items()).toEqual([1, 2]);
  });

  it('reloads: what is shown stays until the first page has arrived, also after a failure', async () => {
    const { found, answer } = resource();
    await answer(1, full(1, 2));
    void found.loadNext();
    await answer(2, full(3, 4));
    void found.reload();
    expect([found.status(), found.items()]).toEqual(['reloading', [1, 2, 3, 4]]);
    await answer(1, 500);
    expect([found.status(), found.items()]).toEqual(['error', [1, 2, 3, 4]]);
    void found.loadNext(); // not page 3 after old pages
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

  it('cannot be created outside an injection context', () => {
    expect(() => open()).toThrow('NG0203');
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
