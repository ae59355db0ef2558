/** @jest-environment jsdom */
import { application, inContext, settled } from './test-bed.js';
import {
  Component,
  createEnvironmentInjector,
  EnvironmentInjector,
  Injector,
  PLATFORM_ID,
  runInInjectionContext,
  signal,
  viewChild,
  ViewChild,
  type ElementRef,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { afterPages, cursor, pageNumber, retryRequests, type Page } from 'pagewise';
import {
  pagedResource,
  providePagewise,
  type PagedQuery,
  type PagedResource,
  type PagedResourceOptions,
} from 'pagewise/angular';

const api = 'https://api.test/items';
const strategy = pageNumber<number>({ items: 'items', size: 2, total: 'total' });
const once = providePagewise({ policy: retryRequests({ retries: 0 }) });
const query = signal<string | undefined>('a');
const more = signal<Partial<PagedQuery<number, never>>>({});

/** An application whose API has the items 1 to 2 × `last`, two a page. */
function api$(last = 9, providers: Parameters<typeof application>[0] = []) {
  query.set('a');
  more.set({});
  const http = application([once, ...providers]);
  const asked: string[] = [];
  /** Answers all requests, until there are none. */
  const answer = async (body?: (page: number, q: string) => object | number) => {
    await settled();
    for (const open of http.match(() => true)) {
      if (open.cancelled) continue;
      const { searchParams } = new URL(open.request.urlWithParams);
      const [page, q] = [Number(searchParams.get('page')), searchParams.get('q') ?? ''];
      asked.push(`${q}${page}`);
      const from = (page - 1) * 2 + (q === 'b' ? 100 : 0);
      const full = { items: page > last ? [] : [from + 1, from + 2], total: last * 2 };
      const given = body?.(page, q) ?? full;
      if (typeof given === 'number') open.flush('no', { status: given, statusText: 'No' });
      else open.flush(given);
    }
    await settled();
  };
  const ask = () => {
    const q = query();
    return q === undefined ? undefined : { request: { url: `${api}?q=${q}` }, strategy, ...(more() as object) };
  };
  /** A resource of a component that can be destroyed. */
  const open = (options: PagedResourceOptions = {}) => {
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const list = runInInjectionContext(injector.get(Injector), () => pagedResource<number>(ask, options));
    return { list, destroy: () => injector.destroy() };
  };
  const next = async (list: PagedResource<number>, times = 1) => {
    for (let i = 0; i < times; i++) {
      void list.loadNext();
      await answer();
    }
  };
  return { http, asked, answer, open, next };
}
const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('keepPrevious', () => {
  it('is the default: a search box does not flicker to empty, however many letters are typed', async () => {
    const { open, answer } = api$();
    const { list } = open();
    await answer();
    const seen: number[] = [];
    for (const text of ['ab', 'abc', 'b']) {
      query.set(text);
      await settled();
      seen.push(list.items().length);
    }
    expect([seen, list.isPrevious(), list.status(), list.hasPrevious()]).toEqual([[2, 2, 2], true, 'loading', false]);
    await answer();
    expect([list.items(), list.isPrevious()]).toEqual([[101, 102], false]);
  });

  it('does not show the items of another query beneath an error, nor with no query', async () => {
    const { open, answer } = api$();
    const { list } = open();
    await answer();
    query.set('b');
    await answer(() => 500);
    expect([list.status(), list.items(), list.isPrevious()]).toEqual(['error', [], false]);
    void list.retry();
    expect(list.status()).toBe('loading');
    await answer();
    expect(list.items()).toEqual([101, 102]);
    query.set(undefined);
    await settled();
    expect([list.status(), list.items(), list.hasNext()]).toEqual(['idle', [], false]);
  });

  it('false: the items go with their query', async () => {
    const { open, answer } = api$();
    const { list } = open({ keepPrevious: false });
    await answer();
    query.set('b');
    await settled();
    expect([list.status(), list.items()]).toEqual(['loading', []]);
  });

  it('loads no further page of a query that is gone', async () => {
    const { open, answer, asked, http } = api$();
    const { list } = open();
    await answer();
    query.set('b');
    await settled();
    void list.loadNext();
    await settled();
    expect(http.match(() => true).filter(({ cancelled }) => !cancelled)).toHaveLength(1);
    expect(asked).toEqual(['a1']);
  });
});

describe('maxPages', () => {
  it('drops the farthest pages, and goes back to them', async () => {
    const { open, answer, next, asked } = api$(6);
    const { list } = open({ maxPages: 2 });
    await answer();
    expect(list.hasPrevious()).toBe(false);
    await next(list, 5);
    expect([list.items(), list.done(), list.hasPrevious()]).toEqual([[9, 10, 11, 12], true, true]);
    const back = list.loadPrevious();
    expect([list.loadingPrevious(), list.loadingNext(), list.status()]).toEqual([true, false, 'resolved']);
    await answer();
    await back;
    expect([list.items(), list.done(), list.hasNext()]).toEqual([[7, 8, 9, 10], false, true]);
    expect(list.pages().map(({ index }) => index)).toEqual([3, 4]);
    for (let i = 0; i < 3; i++) {
      void list.loadPrevious();
      await answer();
    }
    expect([list.items(), list.hasPrevious()]).toEqual([[1, 2, 3, 4], false]);
    await list.loadPrevious();
    await next(list, 2);
    expect(list.items()).toEqual([5, 6, 7, 8]);
    expect(asked.join()).toBe('a1,a2,a3,a4,a5,a6,a4,a3,a2,a1,a3,a4');
  });

  it('works along cursors, which no one can guess', async () => {
    const { open, http } = api$();
    more.set({ strategy: cursor<number>({ items: 'items', next: 'next' }) as never });
    const { list } = open({ maxPages: 1 });
    const answer = async (at: string | null, items: number[], next?: string) => {
      await settled();
      const open = http.expectOne(() => true);
      expect(new URL(open.request.urlWithParams).searchParams.get('cursor')).toBe(at);
      open.flush({ items, next });
      await settled();
    };
    await answer(null, [1], 'x');
    void list.loadNext();
    await answer('x', [2], 'y');
    void list.loadNext();
    await answer('y', [3]);
    void list.loadPrevious();
    await answer('x', [2], 'y');
    void list.loadPrevious();
    await answer(null, [1], 'x');
    expect([list.items(), list.hasPrevious(), list.hasNext()]).toEqual([[1], false, true]);
  });

  it('keeps what is there if a page before fails, and asks for that page again', async () => {
    const { open, answer, next, asked } = api$();
    const { list } = open({ maxPages: 2 });
    await answer();
    await next(list, 3);
    void list.loadPrevious();
    await answer(() => 503);
    expect([list.status(), list.items(), list.hasPrevious()]).toEqual(['error', [5, 6, 7, 8], false]);
    await list.loadPrevious(); // as a list does that loads what is in sight
    await next(list);
    expect([list.status(), asked.join()]).toEqual(['error', 'a1,a2,a3,a4,a2']);
    void list.retry();
    await answer();
    expect([list.status(), list.items(), list.hasPrevious()]).toEqual(['resolved', [3, 4, 5, 6], true]);
    void list.loadPrevious();
    await answer();
    expect([list.items(), list.hasPrevious()]).toEqual([[1, 2, 3, 4], false]);
    expect(asked.join()).toBe('a1,a2,a3,a4,a2,a2,a1');
  });

  it('reloads from the beginning', async () => {
    const { open, answer, next } = api$();
    const { list } = open({ maxPages: 1 });
    await answer();
    await next(list, 2);
    void list.reload();
    await answer();
    expect([list.items(), list.hasPrevious()]).toEqual([[1, 2], false]);
    await next(list);
    expect([list.items(), list.hasPrevious()]).toEqual([[3, 4], true]);
  });
});

describe('prefetchWhen', () => {
  it('requests one page ahead while it is true, and loadNext shows it without a request', async () => {
    const { open, answer, asked } = api$();
    const near = signal(false);
    const { list } = open({ prefetchWhen: near });
    await answer();
    await answer();
    expect(asked).toEqual(['a1']);
    near.set(true);
    await answer();
    expect([asked, list.items(), list.isLoading()]).toEqual([['a1', 'a2'], [1, 2], false]);
    await answer();
    expect(asked).toEqual(['a1', 'a2']);
    near.set(false);
    await list.loadNext();
    await answer();
    expect([asked, list.items()]).toEqual([['a1', 'a2'], oneTo(4)]);
  });

  it('makes no second request for a page that is on its way', async () => {
    const { open, answer, asked } = api$(2);
    const { list } = open({ prefetchWhen: () => true });
    await answer();
    void list.loadNext();
    expect(list.loadingNext()).toBe(true);
    await answer();
    await answer();
    expect([asked, list.items(), list.done()]).toEqual([['a1', 'a2'], oneTo(4), true]);
  });

  it('tells nothing of a page that failed ahead, and does not ask for it again by itself: loadNext does', async () => {
    const { open, answer, asked } = api$();
    const { list } = open({ prefetchWhen: () => true });
    await answer();
    await answer(() => 503);
    await answer();
    expect([list.status(), list.error(), asked]).toEqual(['resolved', undefined, ['a1', 'a2']]);
    void list.loadNext();
    await answer();
    expect([list.items(), asked.slice(0, 3)]).toEqual([oneTo(4), ['a1', 'a2', 'a2']]);
  });

  it('cancels the page ahead with its query, and asks for none where a server renders', async () => {
    const { open, answer, http } = api$();
    const { list } = open({ prefetchWhen: () => true });
    await answer();
    await settled();
    const [ahead] = http.match(() => true);
    query.set('b');
    await settled();
    expect(ahead!.cancelled).toBe(true);
    await answer();
    expect(list.items()).toEqual([101, 102]);
    TestBed.resetTestingModule();
    const server = api$(9, [{ provide: PLATFORM_ID, useValue: 'server' }]);
    server.open({ prefetchWhen: () => true });
    await server.answer();
    await server.answer();
    expect(server.asked).toEqual(['a1']);
  });
});

describe('update', () => {
  it('changes the items before the API has answered, and takes that back', async () => {
    const { open, answer, next } = api$();
    const { list } = open();
    await answer();
    const undo = list.update((items) => items.filter((n) => n !== 2));
    expect([list.items(), list.status()]).toEqual([[1], 'local']);
    await next(list);
    expect([list.items(), list.status()]).toEqual([[1, 3, 4], 'local']);
    const undoOther = list.update((items) => [0, ...items]);
    undo();
    expect(list.items()).toEqual([0, 1, 2, 3, 4]);
    undo();
    undoOther();
    expect([list.items(), list.status()]).toEqual([oneTo(4), 'resolved']);
  });

  it('may be used twice with one function, each with its own way back', async () => {
    const { open, answer } = api$();
    const { list } = open();
    await answer();
    const add = (items: readonly number[]) => [...items, 0];
    const undo = list.update(add);
    list.update(add);
    undo();
    expect(list.items()).toEqual([1, 2, 0]);
  });

  it('holds until the list is reloaded or has another query', async () => {
    const { open, answer } = api$();
    const { list } = open();
    await answer();
    list.update(() => []);
    void list.reload();
    expect([list.items(), list.status()]).toEqual([[], 'reloading']);
    await answer();
    expect([list.items(), list.status()]).toEqual([[1, 2], 'resolved']);
    list.update(() => []);
    query.set('b');
    await answer();
    expect([list.items(), list.status()]).toEqual([[101, 102], 'resolved']);
  });

  it('holds if it was made while the list is reloaded, also if the reload fails first', async () => {
    const { open, answer } = api$();
    const { list } = open();
    await answer();
    const without = (gone: number) => list.update((items) => items.filter((n) => n !== gone));
    without(2);
    void list.reload();
    const undo = without(1);
    expect([list.items(), list.status()]).toEqual([[], 'reloading']);
    await answer(() => 500);
    expect(list.items()).toEqual([]);
    void list.retry();
    await answer();
    expect([list.items(), list.status()]).toEqual([[2], 'local']);
    undo();
    expect([list.items(), list.status()]).toEqual([[1, 2], 'resolved']);
    without(1);
    void list.reload();
    void list.reload();
    await answer();
    expect([list.items(), list.status()]).toEqual([[1, 2], 'resolved']);
  });

  it('holds if it was made while the first page of its query loads, after items of another or after none', async () => {
    const { open, answer } = api$();
    const { list } = open();
    await settled();
    list.update((items) => items.filter((n) => n !== 1));
    await answer();
    expect([list.items(), list.status()]).toEqual([[2], 'local']);
    query.set('b');
    await settled();
    list.update((items) => items.filter((n) => n !== 101));
    expect([list.items(), list.isPrevious()]).toEqual([[2], true]);
    await answer(() => 500);
    expect([list.items(), list.status()]).toEqual([[], 'error']);
    void list.retry();
    await answer();
    expect([list.items(), list.status()]).toEqual([[102], 'local']);
    query.set('a');
    await answer();
    expect([list.items(), list.status()]).toEqual([[1, 2], 'resolved']);
  });

  it('throws what the function throws, and reports what it throws later, with the items as they were', async () => {
    const { open, answer, next } = api$();
    const { list } = open();
    await answer();
    expect(() => list.update(() => 7 as never)).toThrow('update must return an array of items, not 7');
    expect(() => list.update(7 as never)).toThrow('must be a function');
    expect(() =>
      list.update(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(list.status()).toBe('resolved');
    const undo = list.update((items) => {
      if (items.length > 2) throw new Error('too many');
      return items;
    });
    await next(list);
    expect([list.status(), list.items()]).toEqual(['error', oneTo(4)]);
    expect(list.error()?.message).toBe('pagedResource.update threw Error: too many');
    undo();
    expect(list.error()).toBeUndefined();
  });
});

describe('restore', () => {
  it('shows the list as it was left, sends nothing, and continues after it', async () => {
    const { open, answer, next, asked, http } = api$();
    const first = open({ restore: 'books', maxPages: 2 });
    await answer();
    await next(first.list, 2);
    first.list.update((items) => items.filter((n) => n !== 4));
    first.destroy();
    const second = open({ restore: 'books', maxPages: 2 });
    TestBed.tick();
    expect([second.list.items(), second.list.status(), second.list.hasPrevious()]).toEqual([[3, 5, 6], 'local', true]);
    await settled();
    http.verify();
    void second.list.loadPrevious();
    await answer();
    await next(second.list);
    expect(asked.join()).toBe('a1,a2,a3,a1,a3');
    expect(second.list.items()).toEqual([3, 5, 6]);
  });

  it('knows lists by name and query, and not those that have not begun or that failed at once', async () => {
    const { open, answer, asked } = api$();
    const first = open({ restore: 'books' });
    await answer();
    first.destroy();
    const other = open({ restore: 'others' });
    await answer(() => 500);
    other.destroy();
    const again = open({ restore: 'others' });
    await settled();
    expect(again.list.items()).toEqual([]);
    await answer();
    again.destroy();
    query.set('b');
    const { list } = open({ restore: 'books' });
    await answer();
    expect([list.items(), asked]).toEqual([
      [101, 102],
      ['a1', 'a1', 'a1', 'b1'],
    ]);
    query.set('a'); // as Back does where the query is in the URL
    await settled();
    expect([list.items(), list.isPrevious(), asked.length]).toEqual([[1, 2], false, 4]);
  });

  it('does not take the items of the query before for those of the query that was left', async () => {
    const { open, answer } = api$();
    const first = open({ restore: 'books' });
    await answer();
    query.set('b');
    await settled();
    first.destroy(); // shows the items of a
    const { list } = open({ restore: 'books' });
    await settled();
    expect([list.items(), list.status()]).toEqual([[], 'loading']);
  });

  it('leaves another name, another application and another body alone', async () => {
    const { open, answer } = api$();
    open({ restore: 'books' }).destroy();
    const first = open({ restore: 'books' });
    await answer();
    first.destroy();
    more.set({ request: { url: `${api}?q=a`, method: 'POST', body: new Blob(['x']) } });
    for (let i = 0; i < 2; i++) {
      const { list, destroy } = open({ restore: 'books' });
      await settled();
      expect(list.items()).toEqual([]);
      await answer();
      destroy();
    }
    TestBed.resetTestingModule();
    const { list } = api$().open({ restore: 'books' });
    await settled();
    expect(list.items()).toEqual([]);
  });

  it('takes a change back in a list that was left, before it is restored and after, here and in every later one', async () => {
    const { open, answer, asked } = api$();
    const first = open({ restore: 'books' });
    await answer();
    const without = (list: PagedResource<number>, gone: number) =>
      list.update((items) => items.filter((n) => n !== gone));
    const undoEarly = without(first.list, 1);
    const undoLate = without(first.list, 2);
    first.destroy();
    undoEarly();
    const second = open({ restore: 'books' });
    TestBed.tick();
    expect([second.list.items(), second.list.status()]).toEqual([[1], 'local']);
    undoLate();
    expect([second.list.items(), second.list.status()]).toEqual([[1, 2], 'resolved']);
    second.destroy();
    const third = open({ restore: 'books' });
    TestBed.tick();
    expect([third.list.items(), third.list.status()]).toEqual([[1, 2], 'resolved']);
    undoEarly();
    undoLate();
    expect([third.list.items(), asked]).toEqual([[1, 2], ['a1']]);
  });

  it('takes a change back while another query is shown, and ends it where the restored list is reloaded', async () => {
    const { open, answer } = api$();
    const first = open({ restore: 'books' });
    await answer();
    void first.list.reload();
    await answer();
    const undo = first.list.update((items) => items.filter((n) => n !== 1));
    first.list.update((items) => items.filter((n) => n !== 2));
    query.set('b');
    await answer();
    undo();
    expect(first.list.items()).toEqual([101, 102]);
    query.set('a');
    await settled();
    expect([first.list.items(), first.list.status()]).toEqual([[1], 'local']);
    first.destroy();
    const { list } = open({ restore: 'books' });
    TestBed.tick();
    void list.reload();
    expect([list.items(), list.status()]).toEqual([[1], 'reloading']);
    await answer();
    expect([list.items(), list.status()]).toEqual([[1, 2], 'resolved']);
  });

  it('keeps the last 20 lists', async () => {
    const { open, answer, asked } = api$();
    for (let i = 0; i <= 20; i++) {
      const { destroy } = open({ restore: `list ${i}` });
      await answer();
      destroy();
    }
    expect(asked).toHaveLength(21);
    const { list: kept } = open({ restore: 'list 1' });
    const { list: gone } = open({ restore: 'list 0' });
    await settled();
    expect([kept.items(), gone.items()]).toEqual([[1, 2], []]);
  });

  it('has its items before its component is rendered, and scrolls the element to where it was', async () => {
    const { answer } = api$();
    class Books {
      readonly end = viewChild<ElementRef<HTMLElement>>('end');
      readonly list = pagedResource<number>(() => ({ request: { url: `${api}?q=a` }, strategy }), {
        restore: 'books',
        scroller: () => this.end()?.nativeElement,
      });
      seen: string[] = [];
      readonly show = () => {
        this.seen.push(this.list.items().join());
        return this.list.items().join();
      };
    }
    // What the Angular compiler makes of viewChild.
    (ViewChild('end', { isSignal: true } as never) as PropertyDecorator)(Books.prototype, 'end');
    Component({ template: '<div #end>{{ show() }}</div>' })(Books);
    const first = TestBed.createComponent(Books);
    first.autoDetectChanges();
    await answer();
    const element = (first.nativeElement as HTMLElement).firstElementChild!;
    element.scrollTop = 70;
    element.dispatchEvent(new Event('scroll'));
    first.destroy();
    const second = TestBed.createComponent(Books);
    second.autoDetectChanges();
    await settled();
    expect(second.componentInstance.seen[0]).toBe('1,2');
    expect((second.nativeElement as HTMLElement).firstElementChild!.scrollTop).toBe(70);
  });
});

describe('where a list begins', () => {
  it('resumeFrom: at a stored place, also after reload', async () => {
    const { open, answer, next, asked } = api$();
    const first = open();
    await answer();
    await next(first.list);
    const place = JSON.stringify(first.list.pages()[1]!.resume);
    first.destroy();
    more.set({ resumeFrom: place });
    const { list } = open();
    await answer();
    expect([list.items(), list.hasPrevious(), list.pages()[0]!.index]).toEqual([[5, 6], false, 2]);
    void list.reload();
    await answer();
    expect([list.items(), asked.join()]).toEqual([[5, 6], 'a1,a2,a3,a3']);
  });

  it('resumeFrom: a place of another query is an error', async () => {
    const { open, answer, http } = api$();
    const first = open();
    await answer();
    more.set({ resumeFrom: first.list.pages()[0]!.resume });
    query.set('b');
    await settled();
    expect([first.list.status(), first.list.error()!.name, first.list.items()]).toEqual(['error', 'ResumeError', []]);
    http.verify();
  });

  it('initialPages: pages that are there already, also as JSON', async () => {
    const { open, answer, next, asked } = api$(3);
    const first = open();
    await answer();
    await next(first.list);
    const initialPages = first.list.pages().map(({ resume, ...page }) => ({ ...page, resume }));
    first.destroy();
    more.set({ initialPages: JSON.parse(JSON.stringify(initialPages)) as Page<number>[] });
    const { list } = open({ maxPages: 2 });
    await settled();
    expect([list.items(), list.status(), list.hasNext()]).toEqual([oneTo(4), 'resolved', true]);
    await next(list);
    expect([list.items(), list.done()]).toEqual([[3, 4, 5, 6], true]);
    void list.loadPrevious();
    await answer();
    expect([list.items(), asked.join()]).toEqual([oneTo(4), 'a1,a2,a3,a1']);
    void list.reload();
    await answer();
    expect(list.items()).toEqual([1, 2]);
  });
});

describe('what cannot work', () => {
  it('is in error() if the query throws it, until a signal of the query changes', async () => {
    const { http, answer } = api$();
    const size = signal(-1);
    const list = inContext(() =>
      pagedResource(() => ({ request: { url: api }, strategy: pageNumber<number>({ items: 'items', size: size() }) })),
    );
    await settled();
    expect([list.status(), list.error()?.name, list.hasNext()]).toEqual(['error', 'ConfigError', false]);
    await list.retry();
    await list.loadNext();
    await list.reload();
    http.verify();
    expect(list.status()).toBe('error');
    size.set(2);
    await answer();
    expect([list.status(), list.error(), list.items()]).toEqual(['resolved', undefined, [1, 2]]);
  });

  it('is thrown if it is an option', () => {
    api$();
    const make = (options: object) => () => inContext(() => pagedResource(() => undefined, options as never));
    expect(make({ maxPages: 0 })).toThrow('pagedResource: maxPages must be a whole number of at least 1');
    expect(make({ maxPages: Infinity })).not.toThrow();
    expect(make({ restore: '' })).toThrow('pagedResource: restore must be a non-empty string');
    expect(make({ restor: 'a' })).toThrow('Did you mean restore?');
    expect(make({ keepPrevious: 1 })).toThrow('pagedResource: keepPrevious must be true or false');
    expect(make({ prefetchWhen: true })).toThrow('pagedResource: prefetchWhen must be a function');
    expect(make({ scroller: () => undefined })).toThrow('scroller has no use without restore');
  });
});

describe('injector', () => {
  it('makes a resource outside an injection context, which ends with the injector', async () => {
    const { http } = api$();
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const list = pagedResource(() => ({ request: { url: api }, strategy }), { injector: injector.get(Injector) });
    await settled();
    const [open] = http.match(() => true);
    injector.destroy();
    expect(open!.cancelled).toBe(true);
    await list.reload();
    await list.loadNext();
    await settled();
    http.verify();
  });
});

describe('until', () => {
  it('ends the list: done, although the API has more', async () => {
    const { open, answer, next, asked } = api$();
    more.set({ options: { until: afterPages(2) } });
    const { list } = open();
    await answer();
    await next(list, 3);
    expect([list.items(), list.done(), list.hasNext(), asked.length]).toEqual([oneTo(4), true, false, 2]);
  });
});
