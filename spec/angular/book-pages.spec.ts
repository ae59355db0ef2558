/** @jest-environment jsdom */
import { application, settled } from './test-bed.js';
import { Input } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { describe, expect, it } from '@jest/globals';
import { retryRequests } from 'pagewise';
import { providePagewise } from 'pagewise/angular';
import { BookPages } from './book-pages.js';

// What the Angular compiler makes of input.
for (const name of ['page', 'q'])
  (Input({ isSignal: true, alias: name } as never) as PropertyDecorator)(BookPages.prototype, name);

async function open(url: string) {
  const http = application([
    providePagewise({ policy: retryRequests({ retries: 0 }) }),
    provideRouter([{ path: 'books', component: BookPages }], withComponentInputBinding()),
  ]);
  const router = TestBed.inject(Router);
  const { fixture } = await RouterTestingHarness.create(url);
  fixture.autoDetectChanges();
  const element = fixture.nativeElement as HTMLElement;
  const answer = async (query: string, ids: number[] | number, total = 5) => {
    await settled();
    const asked = http.expectOne(`/api/books?${query}&per_page=2`);
    if (typeof ids === 'number') asked.flush('no', { status: ids, statusText: 'No' });
    else asked.flush({ books: ids.map((id) => ({ id, title: `Book ${id}` })), total });
    await settled();
  };
  const click = async (words: string) => {
    [...element.querySelectorAll<HTMLElement>('a, button')].find(({ textContent }) => textContent === words)!.click();
    await settled();
  };
  const shown = () =>
    element.innerHTML
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  return { http, router, element, answer, click, shown };
}

describe('the pager of docs/angular.md', () => {
  it('shows the page of the URL, requests no other, and has links to the pages beside it', async () => {
    const { router, answer, click, shown, http } = await open('/books?page=2');
    await answer('q=&page=2', [3, 4]);
    expect(shown()).toBe('Book 3 Book 4 Previous Page 2 of 3 Next');
    await click('Next');
    await answer('q=&page=3', [5]);
    expect([router.url, shown()]).toEqual(['/books?page=3', 'Book 5 Previous Page 3 of 3']);
    await click('Previous');
    await answer('q=&page=2', [3, 4]);
    await click('Previous');
    await answer('q=&page=1', [1, 2]);
    expect([router.url, shown()]).toEqual(['/books', 'Book 1 Book 2 Page 1 of 3 Next']);
    http.verify();
  });

  it('shows page 1 of another text, with one request, and keeps the text from page to page', async () => {
    const { router, element, answer, click, http } = await open('/books?page=3');
    await answer('q=&page=3', [5]);
    const box = element.querySelector('input')!;
    box.value = 'tea';
    box.dispatchEvent(new Event('change'));
    await answer('q=tea&page=1', [7, 8]);
    expect(router.url).toBe('/books?q=tea');
    await click('Next');
    await answer('q=tea&page=2', [9]);
    expect(router.url).toBe('/books?q=tea&page=2');
    http.verify();
  });

  it('says that there is no page 99', async () => {
    const { router, answer, click, shown } = await open('/books?page=99&q=tea');
    await answer('q=tea&page=99', []);
    expect(shown()).toBe('There is no page 99. Page 1');
    await click('Page 1');
    await answer('q=tea&page=1', [1, 2]);
    expect([router.url, shown()]).toEqual(['/books?q=tea', 'Book 1 Book 2 Page 1 of 3 Next']);
  });

  it('keeps a page while the next one fails, and asks for that again', async () => {
    const { answer, click, shown } = await open('/books');
    await answer('q=&page=1', [1, 2]);
    await click('Next');
    await answer('q=&page=2', 500);
    expect(shown()).toContain('Book 1 Book 2 Page 2 could not be loaded. Retry');
    await click('Retry');
    await answer('q=&page=2', [3, 4]);
    expect(shown()).toBe('Book 3 Book 4 Previous Page 2 of 3 Next');
  });

  it.each(['0', '-1', '1.5', 'x', '', '1e99'])('takes ?page=%s for page 1', async (text) => {
    const { answer, shown } = await open(`/books?page=${text}`);
    await answer('q=&page=1', [1, 2]);
    expect(shown()).toContain('Page 1 of 3');
  });
});
