import { ScrollingModule } from '@angular/cdk/scrolling';
import { ChangeDetectionStrategy, Component, effect, signal } from '@angular/core';
import { pagedResource } from 'pagewise/angular';
import { numbered, type Book } from './book';
import { BookCard } from './book-card';
import { ListEnd } from './list-end';

/** Virtual scroll: the DOM holds only the visible books, however many are loaded. */
@Component({
  selector: 'app-all-books',
  imports: [ScrollingModule, BookCard, ListEnd],
  template: `
    <h1>All books</h1>
    <p class="lead">However far you scroll, the document holds only the visible books.</p>
    <cdk-virtual-scroll-viewport
      class="books"
      itemSize="68"
      minBufferPx="680"
      maxBufferPx="1360"
      role="list"
      aria-label="All books"
      tabindex="0"
      [attr.aria-busy]="books.isLoading()"
      (scrolledIndexChange)="first.set($event)"
    >
      <div
        *cdkVirtualFor="let book of books.items(); let i = index; trackBy: byId"
        role="listitem"
        [attr.aria-posinset]="i + 1"
        [attr.aria-setsize]="books.total() ?? -1"
      >
        <app-book-card [book]="book" />
      </div>
    </cdk-virtual-scroll-viewport>
    <app-list-end [list]="books" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AllBooks {
  protected readonly books = pagedResource(() => ({ request: { url: '/api/books' }, strategy: numbered }));
  /** Index of the first visible book. */
  protected readonly first = signal(0);
  protected readonly byId = (_: number, { id }: Book) => id;

  constructor() {
    effect(() => {
      const { items, hasNext, isLoading, error } = this.books;
      const near = this.first() + 30 > items().length;
      if (near && hasNext() && !isLoading() && error() === undefined) void this.books.loadNext();
    });
  }
}
