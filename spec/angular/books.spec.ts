/** @jest-environment jsdom */
import { application, settled } from './test-bed.js';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { Books } from './books.js';

describe('the component of docs/angular.md', () => {
  it('shows books, removes one until the API refuses that, and is as it was after Back', async () => {
    const http = application();
    const open = () => {
      const fixture = TestBed.createComponent(Books);
      fixture.autoDetectChanges();
      const element = fixture.nativeElement as HTMLElement;
      const titles = () => [...element.querySelectorAll('p')].map(({ firstChild }) => firstChild?.textContent?.trim());
      const click = (selector: string) => element.querySelector<HTMLElement>(selector)!.click();
      return { fixture, titles, click };
    };
    const answer = async (page: number, ...ids: number[]) => {
      await settled();
      const books = ids.map((id) => ({ id, title: `Book ${id}` }));
      http.expectOne(`/api/books?q=&page=${page}&per_page=2`).flush({ books, total: 4 });
      await settled();
    };
    const first = open();
    await answer(1, 1, 2);
    first.click('p button');
    await settled();
    expect(first.titles()).toEqual(['Book 2']);
    first.click('.more');
    await answer(2, 3, 4);
    expect(first.titles()).toEqual(['Book 2', 'Book 3', 'Book 4']);
    http.expectOne('/api/books/1').flush('no', { status: 409, statusText: 'No' });
    await settled();
    expect(first.titles()).toEqual(['Book 1', 'Book 2', 'Book 3', 'Book 4']);
    first.fixture.destroy();

    await settled();
    http.verify();

    const second = open();
    expect(second.titles()).toEqual(['Book 1', 'Book 2', 'Book 3', 'Book 4']);
    await settled();
    http.verify();
  });

  it.each([
    [401, 'Please sign in.'],
    [404, 'The server has a problem. Try again in a moment.'],
    [200, 'The books could not be loaded.'],
  ])('has words for an answer of %i, and a button that asks again', async (status, words) => {
    const http = application();
    const fixture = TestBed.createComponent(Books);
    fixture.autoDetectChanges();
    const element = fixture.nativeElement as HTMLElement;
    await settled();
    http.expectOne(() => true).flush({ pages: [] }, { status, statusText: 'No' });
    await settled();
    expect(element.querySelector('[role=alert]')!.textContent).toBe(`${words} Retry`);
    expect(element.querySelector('.more')).toBeNull();
    element.querySelector<HTMLElement>('[role=alert] button')!.click();
    await settled();
    http.expectOne(() => true).flush({ books: [{ id: 1, title: 'Book 1' }], total: 2 });
    await settled();
    expect(element.textContent).toContain('Book 1');
    expect(element.querySelector('[role=alert]')).toBeNull();
    expect(element.querySelector('.more')!.textContent.trim()).toBe('More');
  });
});
