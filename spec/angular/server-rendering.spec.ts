/** @jest-environment ./spec/support/jsdom-with-fetch.mjs */
import { application, inContext, settled } from './test-bed.js';
import { HttpClient } from '@angular/common/http';
import { APP_ID, ApplicationRef, Component, PLATFORM_ID, TransferState } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideClientHydration, withHttpTransferCacheOptions } from '@angular/platform-browser';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  cursor,
  inBody,
  linkHeader,
  pageNumber,
  paginate,
  retryRequests,
  type Page,
  type Strategy,
  type WalkEvent,
} from 'pagewise';
import {
  httpClientTransport,
  numberedResource,
  pagedResource,
  providePagewise,
  type HttpClientTransportOptions,
} from 'pagewise/angular';
import type { Subscription } from 'rxjs';

const url = 'https://api.test/items';
const strategy = pageNumber<number>({ items: 'items', size: 2, total: 'total' });
const first = `${url}?page=1&per_page=2`;
const body = { items: [1, 2], total: 5 };
const mode = globalThis as { ngServerMode?: boolean };
type CacheOptions = Parameters<typeof withHttpTransferCacheOptions>[0];

const walks: Subscription[] = [];
const warned = jest.spyOn(console, 'warn').mockImplementation(() => {});
/** What Angular logs, except that a page which no server has rendered is not hydrated. */
const warnings = () => warned.mock.calls.map(String).filter((text) => !text.startsWith('NG0505'));

afterEach(() => {
  for (const walk of walks.splice(0)) walk.unsubscribe();
  delete mode.ngServerMode;
  document.body.replaceChildren();
  warned.mockClear();
});

/** What @angular/platform-server sets up for requests. */
function onServer(options: CacheOptions = {}) {
  mode.ngServerMode = true;
  const hydration = provideClientHydration(withHttpTransferCacheOptions(options));
  return application([{ provide: PLATFORM_ID, useValue: 'server' }, hydration]);
}

/** The browser's application, on a page with the state that the server wrote. */
function inBrowser(options: CacheOptions = {}) {
  const state = TestBed.inject(TransferState).toJson();
  const script = document.createElement('script');
  Object.assign(script, { id: `${TestBed.inject(APP_ID)}-state`, type: 'application/json', textContent: state });
  document.body.append(script);
  for (const walk of walks.splice(0)) walk.unsubscribe();
  TestBed.resetTestingModule();
  mode.ngServerMode = false;
  return application([provideClientHydration(withHttpTransferCacheOptions(options))]);
}

const open = () => inContext(() => pagedResource(() => ({ request: { url }, strategy })));

describe('the transfer cache', () => {
  it("holds the server's pages, each under its own key, and the browser requests none of them again", async () => {
    const server = onServer();
    const rendered = open();
    await settled();
    server.expectOne(first).flush(body);
    await settled();
    void rendered.loadNext();
    await settled();
    server.expectOne(`${url}?page=2&per_page=2`).flush({ items: [3, 4], total: 5 });
    await settled();
    expect(rendered.items()).toEqual([1, 2, 3, 4]);

    const browser = inBrowser();
    const shown = open();
    await settled();
    browser.verify();
    expect([shown.items(), shown.status()]).toEqual([[1, 2], 'resolved']);
    void shown.loadNext();
    await settled();
    browser.verify();
    void shown.loadNext();
    await settled();
    browser.expectOne(`${url}?page=3&per_page=2`).flush({ items: [5], total: 5 });
    await settled();
    expect([shown.items(), shown.status()]).toEqual([[1, 2, 3, 4, 5], 'resolved']);
  });

  const search: Strategy<number, never> = cursor<number>({ items: 'items', next: 'next', place: inBody() }) as never;
  const notices: string[] = [];
  const failures: unknown[] = [];
  function walk(of: Strategy<number, never>, request: object = {}, options: HttpClientTransportOptions = {}) {
    const seen: Page<number>[] = [];
    const events = { next: (event: WalkEvent) => event.type === 'notice' && notices.push(event.message) };
    notices.length = failures.length = 0;
    const heard = { next: (page: Page<number>) => seen.push(page), error: (error: unknown) => failures.push(error) };
    const transport = httpClientTransport(TestBed.inject(HttpClient), options);
    walks.push(paginate({ url, ...request }, of, { transport, events }).subscribe(heard));
    return seen;
  }

  it('holds pages of a POST if configured to, distinguished by their bodies', async () => {
    const post = { method: 'POST', body: { q: 'a' } };
    const options = { transferCache: true };
    const server = onServer();
    walk(search, post, options);
    await settled();
    server.expectOne(url).flush({ items: [1], next: 'b' });
    await settled();
    server.expectOne(url).flush({ items: [2] });
    await settled();

    const browser = inBrowser();
    const seen = walk(search, post, options);
    const others = walk(search, { method: 'POST', body: { q: 'other' } }, options);
    await settled();
    expect(seen.map(({ items }) => items)).toEqual([[1], [2]]);
    expect(others).toEqual([]);
    expect(browser.expectOne(url).request.body).toEqual({ q: 'other' });
  });

  it('holds nothing if configured not to, or if the request has credentials', async () => {
    for (const [request, options] of [
      [{}, { transferCache: false }],
      [{ headers: { authorization: 'Bearer secret' } }, {}],
    ] as const) {
      const server = onServer();
      walk(strategy as never, request, options);
      await settled();
      server.expectOne(first).flush(body);
      const browser = inBrowser();
      walk(strategy as never, request, options);
      await settled();
      expect(browser.expectOne(first).request.method).toBe('GET');
      TestBed.resetTestingModule();
    }
  });

  it.each([
    ['with', { transferCache: { includeHeaders: ['link'] } }, [[1, 2], [3]], undefined],
    ['without', {}, [], /there is no such header; the header may have been lost.* includeHeaders/],
  ])('keeps the listed headers, and a dropped one is not the end: %s the Link header', async (...row) => {
    const [, options, pages, failure] = row;
    const links = linkHeader<number>() as Strategy<number, never>;
    const second = `${url}?after=2`;
    const server = onServer();
    walk(links, {}, options);
    await settled();
    server.expectOne(url).flush([1, 2], { headers: { link: `<${second}>; rel="next"` } });
    await settled();
    server.expectOne(second).flush([3]);
    const browser = inBrowser();
    const seen = walk(links, {}, options);
    await settled();
    browser.verify();
    expect(seen.map(({ items }) => items)).toEqual(pages);
    expect(failures.map(String).join()).toMatch(failure ?? /^$/);
    expect(notices).toEqual([]);
    // And Angular, in development mode:
    const missed = warnings().filter((text) => text.includes('`link` header is accessed'));
    expect(missed).toHaveLength(failure ? 1 : 0);
  });

  it('treats an answer without a Link header on the server as the last page, if that header is listed', async () => {
    const links = linkHeader<number>() as Strategy<number, never>;
    const options = { transferCache: { includeHeaders: ['link'] } };
    const server = onServer();
    walk(links, {}, options);
    await settled();
    server.expectOne(url).flush([1, 2]);
    const browser = inBrowser();
    const seen = walk(links, {}, options);
    await settled();
    browser.verify();
    expect(seen.map(({ items }) => items)).toEqual([[1, 2]]);
    expect(failures).toEqual([]);
  });
});

describe('an application that waits until it is stable, as in server rendering', () => {
  const policy = retryRequests({ retries: 1, base: 1, maxRetryAfter: 5000 });
  const busy = { status: 503, statusText: 'Busy', headers: { 'retry-after': '0.05' } };

  async function isStable(): Promise<boolean> {
    let stable = false;
    void TestBed.inject(ApplicationRef)
      .whenStable()
      .then(() => (stable = true));
    await settled();
    return stable;
  }

  it.each([
    ['pagedResource', pagedResource],
    ['numberedResource', numberedResource],
  ])('waits for a page that is retried: %s', async (_, make) => {
    const http = application([providePagewise({ policy })]);
    const found = inContext(() => make(() => ({ request: { url }, strategy })));
    await settled();
    expect(await isStable()).toBe(false);
    http.expectOne(first).flush({}, busy);
    // No request is in flight now.
    expect([await isStable(), found.status()]).toEqual([false, 'loading']);
    let again = http.match(first);
    while (again.length === 0) {
      await settled();
      again = http.match(first);
    }
    again[0]!.flush(body);
    await settled();
    expect([await isStable(), found.items()]).toEqual([true, [1, 2]]);
  });

  it.each([
    ['pagedResource', pagedResource],
    ['numberedResource', numberedResource],
  ])('is stable again after an error, a cancelled page and no query: %s', async (_, make) => {
    const http = application([providePagewise({ policy: retryRequests({ retries: 0 }) })]);
    const found = inContext(() => make(() => ({ request: { url }, strategy })));
    await settled();
    http.expectOne(first).flush({}, busy);
    await settled();
    expect([found.status(), await isStable()]).toEqual(['error', true]);
    void found.reload();
    void found.reload();
    await settled();
    expect(await isStable()).toBe(false);
    http.match(first).at(-1)!.flush(body);
    await settled();
    expect([found.status(), await isStable()]).toEqual(['resolved', true]);
  });

  it('has the page in its components when it is stable', async () => {
    const http = application();
    class Items {
      readonly found = pagedResource(() => ({ request: { url }, strategy }));
    }
    Component({ template: '{{ found.items().join() }} {{ found.status() }}' })(Items);
    const fixture = TestBed.createComponent(Items);
    fixture.autoDetectChanges();
    const stable = fixture.whenStable();
    http.expectOne(first).flush(body);
    await stable;
    expect((fixture.nativeElement as HTMLElement).textContent).toBe('1,2 resolved');
  });
});
