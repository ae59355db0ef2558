/** @jest-environment jsdom */
import { application, inContext, settled } from './test-bed.js';
import { Injector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { cursor, inQuery, offset, pageNumber, retryRequests, type WalkEvent } from 'pagewise';
import { numberedResource, providePagewise } from 'pagewise/angular';

const api = 'https://api.test/items';
const once = providePagewise({ policy: retryRequests({ retries: 0 }) });
const query = signal('a');

function resource(strategy = pageNumber<number>({ items: 'items', size: 2, total: 'total' })) {
  query.set('a');
  const http = application([once]);
  const found = inContext(() => numberedResource(() => ({ request: { url: `${api}?q=${query()}` }, strategy })));
  const asked = async (rest: string) => {
    await settled();
    return http.expectOne(`${api}?${rest}`);
  };
  const answer = async (rest: string, items: number[], total = 7) => {
    (await asked(rest)).flush({ items, total });
    await settled();
  };
  return { http, found, asked, answer };
}

describe('numberedResource', () => {
  it('shows any page by its number, and how many there are', async () => {
    const { found, answer, http } = resource();
    await answer('q=a&page=1&per_page=2', [1, 2]);
    expect([found.items(), found.page(), found.pageCount(), found.total()]).toEqual([[1, 2], 1, 4, 7]);
    expect([found.hasPrevious(), found.hasNext()]).toEqual([false, true]);
    found.goTo(4);
    expect([found.status(), found.page(), found.items()]).toEqual(['loading', 4, [1, 2]]);
    await answer('q=a&page=4&per_page=2', [7]);
    expect([found.status(), found.items(), found.hasNext()]).toEqual(['resolved', [7], false]);
    found.next();
    await settled();
    http.verify();
    found.previous();
    await answer('q=a&page=3&per_page=2', [5, 6]);
    expect([found.items(), found.page()]).toEqual([[5, 6], 3]);
    found.next();
    await answer('q=a&page=4&per_page=2', [7]);
    found.reload();
    expect([found.status(), found.isLoading()]).toEqual(['reloading', true]);
    await answer('q=a&page=4&per_page=2', [8]);
    expect(found.items()).toEqual([8]);
    http.verify();
  });

  it('goes to a page that is far away immediately', async () => {
    const { found, answer, http } = resource();
    await answer('q=a&page=1&per_page=2', [1, 2]);
    found.goTo(1e9);
    await answer('q=a&page=1000000000&per_page=2', []);
    expect([found.status(), found.page()]).toEqual(['resolved', 1e9]);
    http.verify();
  });

  it('shows an empty page where the API answers that there is none, if the strategy says so', async () => {
    const { found, asked, answer } = resource(
      pageNumber<number>({ items: 'items', size: 2, total: 'total', endStatuses: [404] }),
    );
    await answer('q=a&page=1&per_page=2', [1, 2]);
    found.goTo(99);
    (await asked('q=a&page=99&per_page=2')).flush('no', { status: 404, statusText: 'No' });
    await settled();
    expect([found.status(), found.items(), found.page()]).toEqual(['resolved', [], 99]);
  });

  it('cancels the request in flight when the page or the query changes', async () => {
    const { found, asked, answer } = resource();
    await answer('q=a&page=1&per_page=2', [1, 2]);
    found.goTo(2);
    const second = await asked('q=a&page=2&per_page=2');
    found.goTo(3);
    expect(second.cancelled).toBe(true);
    const third = await asked('q=a&page=3&per_page=2');
    query.set('b');
    await settled();
    expect(third.cancelled).toBe(true);
    expect([found.page(), found.items()]).toEqual([1, []]);
    await answer('q=b&page=1&per_page=2', [9]);
    expect(found.items()).toEqual([9]);
  });

  it('pages by offsets too', async () => {
    const { found, answer } = resource(offset<number>({ items: 'items', size: 2, total: 'total' }) as never);
    await answer('q=a&offset=0&limit=2', [1, 2]);
    found.goTo(3);
    await answer('q=a&offset=4&limit=2', [5, 6]);
    expect([found.items(), found.page(), found.pageCount()]).toEqual([[5, 6], 3, 4]);
  });

  it('keeps the page shown when another one fails, and requests that one again', async () => {
    const { found, asked, answer } = resource();
    await answer('q=a&page=1&per_page=2', [1, 2]);
    found.next();
    (await asked('q=a&page=2&per_page=2')).flush('no', { status: 500, statusText: 'No' });
    await settled();
    expect([found.status(), found.page(), found.items()]).toEqual(['error', 2, [1, 2]]);
    expect(found.error()).toMatchObject({ status: 500 });
    found.reload();
    await answer('q=a&page=2&per_page=2', [3, 4]);
    expect([found.status(), found.items()]).toEqual(['resolved', [3, 4]]);
  });

  it('refuses invalid page numbers, and strategies without random access', async () => {
    const { found, answer } = resource();
    await answer('q=a&page=1&per_page=2', [1]);
    for (const n of [0, -1, 1.5, Number.NaN])
      expect(() => found.goTo(n)).toThrow('the page must be a whole number from 1');
    expect(found.page()).toBe(1);
  });

  it.each([
    cursor<number>({ items: 'items', next: 'next' }),
    offset<number>({ items: 'items', total: 'total' }), // without a size
  ])('refuses strategies without random access before anything is sent: $name', async (strategy) => {
    const { http, found } = resource(strategy as never);
    await settled();
    http.verify();
    expect(found.status()).toBe('error');
    expect(found.error()!.message).toBe(
      `numberedResource: the strategy "${strategy.name}" can't compute the position of page 2; use pageNumber, offset with a size, or pagedResource`,
    );
    found.next();
    found.goTo(3);
    found.reload();
    await settled();
    http.verify();
    expect([found.pageCount(), found.hasNext(), found.status()]).toEqual([undefined, false, 'error']);
  });

  it('names the page that failed', async () => {
    const { found, asked, answer } = resource();
    await answer('q=a&page=1&per_page=2', [1, 2]);
    found.goTo(3);
    (await asked('q=a&page=3&per_page=2')).flush('no', { status: 500, statusText: 'No' });
    await settled();
    expect(found.error()).toMatchObject({ pageIndex: 2 });
    expect(found.error()!.message).toMatch(/^Page 3 failed: 500/);
  });

  it('reports a page to events by its index, and never another page in its place or one ahead', async () => {
    const seen: unknown[] = [];
    const events = {
      next: (event: WalkEvent) => {
        if (event.type === 'page') seen.push(event.pageIndex);
      },
    };
    query.set('a');
    const http = application([once]);
    const options = { events, concurrency: 3, skipFailedPages: { max: 5 } };
    const strategy = pageNumber<number>({ items: 'items', size: 2, total: 'total' });
    const found = inContext(() =>
      numberedResource(() => ({ request: { url: api }, strategy, options }), { page: () => 3 }),
    );
    await settled();
    http.expectOne(`${api}?page=3&per_page=2`).flush('no', { status: 503, statusText: 'No' });
    await settled();
    http.verify();
    expect(found.status()).toBe('error');
    found.reload();
    await settled();
    http.expectOne(`${api}?page=3&per_page=2`).flush({ items: [5, 6], total: 9 });
    await settled();
    http.verify();
    expect([found.items(), seen]).toEqual([[5, 6], [2]]);
  });

  it('pages a request whose body is a form with a file', async () => {
    const http = application([once]);
    const body = new FormData();
    body.append('like', new Blob(['x']));
    const strategy = pageNumber<number>({ items: 'items', size: 2, place: inQuery() });
    const found = inContext(() =>
      numberedResource(() => ({ request: { url: api, method: 'POST', body }, strategy }), { page: () => 3 }),
    );
    await settled();
    http.expectOne(`${api}?page=3&per_page=2`).flush({ items: [5, 6] });
    await settled();
    expect([found.error(), found.items()]).toEqual([undefined, [5, 6]]);
  });

  it('says so if a page is further than numbers reach', async () => {
    const { http, found, answer } = resource();
    await answer('q=a&page=1&per_page=2', [1, 2]);
    found.goTo(Number.MAX_SAFE_INTEGER);
    await settled();
    http.verify();
    expect(found.error()!.message).toContain('page 9007199254740991 is too far');
  });

  it.each([
    [null, 'numberedResource: the query must return { request: { url: … }, strategy, options }'],
    [{ request: { url: api } }, 'numberedResource: the strategy must be an object'],
    [{ strategy: 7 }, 'numberedResource: the strategy must be an object'],
    [{ strategy: pageNumber({ items: 'items' }) }, 'the request must be an object'],
    [{ policy: retryRequests() }, 'numberedResource: the query: unknown option "policy"'],
    [{ resumeFrom: 'x' }, 'unknown option "resumeFrom"; expected one of request, strategy, options'],
  ])('has an error if the query can not work: %j', async (given, what) => {
    const http = application([once]);
    const found = inContext(() => numberedResource(() => given as never));
    await settled();
    http.verify();
    expect([found.status(), found.pageCount(), found.hasNext()]).toEqual(['error', undefined, false]);
    expect(found.error()!.message).toContain(what);
  });

  it('has what the query throws as its error, and takes the injector that it belongs to', async () => {
    const http = application([once]);
    const wrong = signal(true);
    const injector = TestBed.inject(Injector);
    const open = () =>
      numberedResource(
        () => ({ request: { url: api }, strategy: pageNumber<number>({ items: 'items', size: wrong() ? -1 : 2 }) }),
        { injector },
      );
    const found = open();
    await settled();
    expect([found.status(), found.error()?.name]).toEqual(['error', 'ConfigError']);
    wrong.set(false);
    await settled();
    http.expectOne(() => true).flush({ items: [1] });
    await settled();
    expect([found.status(), found.error(), found.items()]).toEqual(['resolved', undefined, [1]]);
    expect(() => numberedResource(() => undefined, { inject: injector } as never)).toThrow('unknown option "inject"');
  });

  describe('with a page from elsewhere, as from the URL', () => {
    function open(first: number) {
      query.set('a');
      const page = signal(first);
      const http = application([once]);
      const strategy = pageNumber<number>({ items: 'items', size: 2, total: 'total' });
      const found = inContext(() =>
        numberedResource(() => ({ request: { url: `${api}?q=${query()}` }, strategy }), { page }),
      );
      const answer = async (rest: string, items: number[]) => {
        await settled();
        http.expectOne(`${api}?${rest}`).flush({ items, total: 7 });
        await settled();
      };
      return { http, page, found, answer };
    }

    it('begins there, with one request, and follows it', async () => {
      const { http, page, found, answer } = open(3);
      await answer('q=a&page=3&per_page=2', [5, 6]);
      expect([found.page(), found.items()]).toEqual([3, [5, 6]]);
      page.set(4);
      await settled();
      expect([found.page(), found.items(), found.status()]).toEqual([4, [5, 6], 'loading']);
      await answer('q=a&page=4&per_page=2', [7]);
      expect([found.items(), found.hasNext()]).toEqual([[7], false]);
      http.verify();
    });

    it('begins another query there too, with one request', async () => {
      const { http, page, found, answer } = open(2);
      await answer('q=a&page=2&per_page=2', [3, 4]);
      query.set('b');
      page.set(3);
      await answer('q=b&page=3&per_page=2', [9]);
      expect([found.page(), found.items()]).toEqual([3, [9]]);
      http.verify();
    });

    it('does not ask again for a page that goTo has shown meanwhile', async () => {
      const { http, page, found, answer } = open(1);
      await answer('q=a&page=1&per_page=2', [1, 2]);
      found.goTo(2);
      page.set(2);
      await answer('q=a&page=2&per_page=2', [3, 4]);
      http.verify();
    });

    it('says so if it is no page number, and asks for nothing', async () => {
      const { http, page, found, answer } = open(Number.NaN);
      await settled();
      http.verify();
      expect(found.status()).toBe('error');
      expect(found.error()!.message).toBe('numberedResource: the page must be a whole number from 1, not NaN');
      page.set(2);
      await answer('q=a&page=2&per_page=2', [3, 4]);
      expect([found.status(), found.error(), found.page()]).toEqual(['resolved', undefined, 2]);
      page.set(0);
      await settled();
      expect([found.status(), found.items()]).toEqual(['error', [3, 4]]);
      http.verify();
      page.set(2);
      await answer('q=a&page=2&per_page=2', [3, 4]);
      expect([found.status(), found.error()]).toEqual(['resolved', undefined]);
      expect(() => numberedResource(() => undefined, { page: 2 as never })).toThrow('page must be a function');
    });
  });
});
