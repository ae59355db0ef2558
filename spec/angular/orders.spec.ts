/** @jest-environment jsdom */
import './test-bed.js'; // what the Angular CLI sets up
import { afterEach, describe, expect, it } from '@jest/globals';
// #region http
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { retryRequests } from 'pagewise';
import { providePagewise } from 'pagewise/angular';
import { firstValueFrom, take, toArray } from 'rxjs';
import { Orders } from './orders.js';

describe('Orders, over HttpClient', () => {
  function setUp() {
    const once = providePagewise({ policy: retryRequests({ retries: 0 }) });
    TestBed.configureTestingModule({ providers: [provideHttpClient(), provideHttpClientTesting(), once] });
    const http = TestBed.inject(HttpTestingController);
    // Each next page is requested a moment after the one before it has arrived.
    const page = async (n: number) => {
      await new Promise((resolve) => setTimeout(resolve));
      return http.expectOne(`/api/orders?state=open&page=${n}&per_page=2`);
    };
    return { http, page, open$: TestBed.inject(Orders).open$ };
  }
  afterEach(() => TestBed.inject(HttpTestingController).verify());

  it('gives the orders of all pages', async () => {
    const { open$, page } = setUp();
    const all = firstValueFrom(open$.pipe(toArray()));
    (await page(1)).flush({ orders: [{ id: 1 }, { id: 2 }], total: 3 });
    (await page(2)).flush({ orders: [{ id: 3 }], total: 3 });
    expect(await all).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('requests no page that nobody needs', async () => {
    const { open$, page } = setUp();
    const two = firstValueFrom(open$.pipe(take(2), toArray()));
    (await page(1)).flush({ orders: [{ id: 1 }, { id: 2 }], total: 3 });
    expect(await two).toHaveLength(2); // and verify() finds no request
  });

  it('cancels the page in flight on unsubscribe', async () => {
    const { open$, page } = setUp();
    const reading = open$.subscribe();
    const first = await page(1);
    reading.unsubscribe();
    expect(first.cancelled).toBe(true);
  });

  it('fails with the page that failed', async () => {
    const { open$, page } = setUp();
    const failure = firstValueFrom(open$.pipe(toArray())).catch((error: unknown) => error);
    (await page(1)).flush({ orders: [{ id: 1 }, { id: 2 }], total: 3 });
    (await page(2)).flush('', { status: 500, statusText: 'Server Error' });
    expect(await failure).toMatchObject({ name: 'HttpError', status: 500, pageIndex: 1 });
  });
});
// #endregion

// #region resource
import { ApplicationRef, signal } from '@angular/core';

describe('Orders, as a resource', () => {
  it('loads pages, keeps them when one fails, and begins again with another state', async () => {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(),
        provideHttpClientTesting(),
        providePagewise({ policy: retryRequests({ retries: 0 }) }),
      ],
    });
    const http = TestBed.inject(HttpTestingController);
    const state = signal('open');
    const orders = TestBed.runInInjectionContext(() => TestBed.inject(Orders).listOf(state));
    TestBed.tick(); // runs the effect that requests the first page
    http.expectOne('/api/orders?state=open&page=1&per_page=2').flush({ orders: [{ id: 1 }, { id: 2 }], total: 3 });
    await TestBed.inject(ApplicationRef).whenStable(); // waits for the page
    expect(orders.items()).toEqual([{ id: 1 }, { id: 2 }]);

    const loaded = orders.loadNext(); // also a promise of the page
    const last = '/api/orders?state=open&page=2&per_page=2';
    http.expectOne(last).flush('', { status: 500, statusText: 'Server Error' });
    await loaded;
    expect([orders.error(), orders.hasNext(), orders.items().length]).toMatchObject([{ status: 500 }, false, 2]);

    const retried = orders.retry();
    await new Promise((resolve) => setTimeout(resolve)); // a resumed walk sends its request a moment later
    http.expectOne(last).flush({ orders: [{ id: 3 }], total: 3 });
    await retried;
    expect([orders.items().length, orders.done()]).toEqual([3, true]);

    state.set('paid');
    TestBed.tick();
    http.expectOne('/api/orders?state=paid&page=1&per_page=2').flush({ orders: [], total: 0 });
    await TestBed.inject(ApplicationRef).whenStable();
    expect([orders.items(), orders.status()]).toEqual([[], 'resolved']);
    http.verify();
  });
});
// #endregion

// #region scripted
import { scriptedTransport } from 'pagewise/testing';

describe('Orders, over scripted answers', () => {
  it('retries a page that failed', async () => {
    const transport = scriptedTransport([
      { body: { orders: [{ id: 1 }, { id: 2 }], total: 3 } },
      { status: 503 },
      { body: { orders: [{ id: 3 }], total: 3 } },
    ]);
    const policy = retryRequests({ base: 0 }); // the policies of the application, without their waits
    TestBed.configureTestingModule({ providers: [providePagewise({ transport, policy })] });

    const all = await firstValueFrom(TestBed.inject(Orders).open$.pipe(toArray()));

    expect(all).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(transport.requests.map(({ url, attempt }) => `${url} ${attempt}`)).toEqual([
      '/api/orders?state=open&page=1&per_page=2 1',
      '/api/orders?state=open&page=2&per_page=2 1',
      '/api/orders?state=open&page=2&per_page=2 2',
    ]);
  });
});
// #endregion
