/** @jest-environment jsdom */
import { application, settled } from './test-bed.js';
import { ViewChild } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { retryRequests } from 'pagewise';
import { providePagewise } from 'pagewise/angular';
import { EndlessBooks } from './endless-books.js';

// What the Angular compiler makes of viewChild.
(ViewChild('end', { isSignal: true } as never) as PropertyDecorator)(EndlessBooks.prototype, 'end');

/** Of a browser whose window is so high that the end of the list is always in sight. */
class AlwaysInSight {
  #connected = true;
  constructor(readonly tell: (entries: { isIntersecting: boolean }[]) => void) {}
  observe() {
    queueMicrotask(() => {
      if (this.#connected) this.tell([{ isIntersecting: true }]);
    });
  }
  disconnect() {
    this.#connected = false;
  }
}

describe('the infinite scroll of docs/angular.md', () => {
  const before = globalThis.IntersectionObserver;
  beforeEach(() => {
    globalThis.IntersectionObserver = AlwaysInSight as never;
  });
  afterEach(() => {
    globalThis.IntersectionObserver = before;
  });

  /** The component, over an API whose answers `answer` gives, page by page. */
  function open(answer: (page: number, q: string) => object | number) {
    const http = application([providePagewise({ policy: retryRequests({ retries: 2, base: 0 }) })]);
    const asked: string[] = [];
    const fixture = TestBed.createComponent(EndlessBooks);
    fixture.autoDetectChanges();
    const seen: string[] = [];
    const { waits } = fixture.componentInstance;
    const set = waits.set.bind(waits);
    waits.set = (value) => {
      set(value);
      if (value) TestBed.tick();
      seen.push((fixture.nativeElement as HTMLElement).querySelector('[role=status]')?.textContent ?? '');
    };
    const serve = async (until: () => boolean = () => asked.length > 50) => {
      for (let turn = 0; turn < 30 && !until(); turn++) {
        await settled();
        for (const open of http.match(() => true)) {
          const { searchParams } = new URL(open.request.urlWithParams, 'https://here.test');
          const [page, q] = [Number(searchParams.get('page')), searchParams.get('q') ?? ''];
          asked.push(`${q}${page}`);
          const given = answer(page, q);
          if (typeof given === 'number') open.flush('no', { status: given, statusText: 'No' });
          else open.flush(given);
        }
      }
    };
    return { fixture, list: fixture.componentInstance, asked, serve, seen };
  }
  const books = (page: number) => ({
    books: [1, 2].map((n) => ({ id: page * 2 + n, title: `Book ${page * 2 + n}` })),
    total: 6,
  });

  it('loads pages as long as the end of the list is in sight', async () => {
    const { list, asked, serve } = open(books);
    await serve();
    expect([asked, list.books.done(), list.books.items().length]).toEqual([['1', '2', '3'], true, 6]);
  });

  it.each([
    [401, 1, ['1', '2']],
    [503, 3, ['1', '2', '2', '2']],
  ])('stops at an error: %i of page 2, %i attempts, until Retry', async (status, attempts, expected) => {
    let isDown = true;
    const { fixture, list, asked, serve, seen } = open((page) => (isDown && page === 2 ? status : books(page)));
    await serve();
    expect(asked).toEqual(expected);
    expect(list.books.error()).toMatchObject({ status, attempts });
    expect([list.books.hasNext(), list.books.isLoading()]).toEqual([false, false]);
    expect(seen.includes('The server is busy, please wait …')).toBe(attempts > 1);
    isDown = false;
    (fixture.nativeElement as HTMLElement).querySelector('button')!.click();
    await serve();
    expect([list.books.error(), asked.slice(expected.length)]).toEqual([undefined, ['2', '3']]);
  });

  it('searches when nobody has typed for a moment', async () => {
    const { fixture, list, asked, serve } = open(books);
    await serve(() => asked.length === 3);
    const box = (fixture.nativeElement as HTMLElement).querySelector('input')!;
    for (const text of ['t', 'te', 'tea']) {
      box.value = text;
      box.dispatchEvent(new Event('input'));
    }
    while (asked.length < 6) await serve(() => asked.length === 6);
    expect(asked).toEqual(['1', '2', '3', 'tea1', 'tea2', 'tea3']);
    await settled();
    expect(list.books.done()).toBe(true);
  });
});
