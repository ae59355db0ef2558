import { HttpClient } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { HttpError, pageNumber } from 'pagewise';
import { pagedResource } from 'pagewise/angular';

interface Book {
  id: number;
  title: string;
}
const strategy = pageNumber<Book>({ size: 2, items: 'books', total: 'total' });

@Component({
  selector: 'app-books',
  template: `
    @for (book of books.items(); track book.id) {
      <p>{{ book.title }} <button (click)="remove(book)">Remove</button></p>
    }
    @if (books.error(); as error) {
      <p role="alert">{{ inWords(error) }} <button (click)="books.retry()">Retry</button></p>
    } @else if (books.hasNext()) {
      <button class="more" [attr.aria-disabled]="books.isLoading()" (click)="books.loadNext()">
        {{ books.isLoading() ? 'Loading …' : 'More' }}
      </button>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Books {
  readonly #http = inject(HttpClient);
  readonly text = signal('');
  readonly books = pagedResource(
    () => ({ request: { url: `/api/books?q=${encodeURIComponent(this.text())}` }, strategy }),
    { restore: 'books' }, // Back finds the list as it was left.
  );

  /** For readers of the page. `error.message` is for you: it names the page, the status and the URL. */
  inWords(error: Error): string {
    if (!(error instanceof HttpError)) return 'The books could not be loaded.';
    return error.status === 401 ? 'Please sign in.' : 'The server has a problem. Try again in a moment.';
  }

  remove({ id }: Book): void {
    const undo = this.books.update((books) => books.filter((book) => book.id !== id));
    this.#http.delete(`/api/books/${id}`).subscribe({ error: undo });
  }
}
