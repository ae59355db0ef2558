import { ChangeDetectionStrategy, Component, effect, type ElementRef, signal, viewChild } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { pageNumber, whenVisible, type WalkEvent } from 'pagewise';
import { pagedResource } from 'pagewise/angular';
import { debounceTime } from 'rxjs';

const strategy = pageNumber<{ id: number; title: string }>({ size: 2, items: 'books', total: 'total' });

@Component({
  selector: 'app-endless-books',
  template: `
    <input type="search" aria-label="Title" #box (input)="text.set(box.value)" />
    @for (book of books.items(); track book.id) {
      <p>{{ book.title }}</p>
    }
    @if (books.error()) {
      <button (click)="books.retry()">Retry</button>
    } @else if (books.isLoading()) {
      <p role="status">{{ waits() ? 'The server is busy, please wait …' : 'Loading …' }}</p>
    }
    <div #end></div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EndlessBooks {
  readonly text = signal('');
  /** The text, when nobody has typed for 300 ms. */
  readonly #q = toSignal(toObservable(this.text).pipe(debounceTime(300)), { initialValue: '' });

  readonly waits = signal(false);
  readonly #events = { next: ({ type }: WalkEvent) => this.waits.set(type === 'wait') };

  readonly books = pagedResource(() => ({
    request: { url: `/api/books?q=${encodeURIComponent(this.#q())}` },
    strategy,
    options: { events: this.#events },
  }));

  readonly end = viewChild<ElementRef<Element>>('end');
  constructor() {
    effect((onCleanup) => {
      // Again after each page: an element that stays visible is reported once.
      const end = this.end()?.nativeElement;
      if (end === undefined || !this.books.hasNext() || this.books.isLoading()) return;
      const visible$ = whenVisible(end, { rootMargin: '200px' });
      const seen = visible$.subscribe(() => void this.books.loadNext());
      onCleanup(() => seen.unsubscribe());
    });
  }
}
