import { CdkVirtualScrollViewport, ScrollingModule } from '@angular/cdk/scrolling';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  inject,
  signal,
  viewChild,
  type ElementRef,
} from '@angular/core';
import { pagedResource } from 'pagewise/angular';
import { numbered, pageSize, type Book } from './book';
import { BookCard } from './book-card';
import { inWords } from './book-list';
import { injectWait } from './inject-wait';
import { Intro } from './intro';
import { ListBar } from './list-bar';
import { Placeholders } from './placeholders';

/** Virtual scroll: the DOM holds only the visible books, however many are loaded. */
@Component({
  selector: 'app-all-books',
  imports: [BookCard, Intro, ListBar, Placeholders, ScrollingModule],
  template: `
    <app-intro heading="All books" [files]="['all-books.ts']">
      However far you scroll, the document holds only the visible books.
    </app-intro>
    <div class="shelf">
      <cdk-virtual-scroll-viewport
        class="books"
        [itemSize]="rowHeight()"
        [minBufferPx]="10 * rowHeight()"
        [maxBufferPx]="20 * rowHeight()"
        [style.visibility]="isMeasured() ? null : 'hidden'"
        role="list"
        aria-label="All books"
        tabindex="0"
        [attr.aria-busy]="books.isLoading()"
        (scrolledIndexChange)="first.set($event)"
      >
        <div
          *cdkVirtualFor="let book of books.items(); let i = index; trackBy: byId"
          role="listitem"
          [style.height.px]="rowHeight()"
          [attr.aria-posinset]="i + 1"
          [attr.aria-setsize]="books.total() ?? -1"
        >
          <app-book-card [book]="book" />
        </div>
      </cdk-virtual-scroll-viewport>
      @if (!isMeasured()) {
        <app-placeholders class="over" [count]="pageSize" [loading]="books.isLoading()" />
      }
      <div class="ruler" aria-hidden="true" #ruler>
        @for (book of longest(); track book.title) {
          <app-book-card [book]="book" />
        }
      </div>
    </div>
    <app-list-bar
      [words]="words()"
      [busy]="books.isLoading()"
      [error]="books.error()"
      [wait]="wait()"
      [action]="books.error() ? 'Try again' : books.hasNext() ? 'More books' : undefined"
      (act)="books.error() ? books.retry() : books.loadNext()"
    />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AllBooks {
  readonly #waits = injectWait();
  protected readonly wait = this.#waits.wait;
  protected readonly pageSize = pageSize;
  private readonly viewport = viewChild(CdkVirtualScrollViewport);
  protected readonly books = pagedResource(
    () => ({ request: { url: '/api/books' }, strategy: numbered, options: { events: this.#waits.events } }),
    { restore: 'all', scroller: () => this.viewport()?.elementRef.nativeElement },
  );
  protected readonly words = computed(() => inWords(this.books));
  /** Index of the first visible book. */
  protected readonly first = signal(0);
  protected readonly byId = (_: number, { id }: Book) => id;

  /** All rows have the height that the longest titles need, whatever the width and the size of text. */
  protected readonly rowHeight = signal(68);
  protected readonly isMeasured = signal(false);
  protected readonly longest = computed(() => {
    const titles = new Map(this.books.items().map((book) => [book.title, book]));
    return [...titles.values()].sort((a, b) => b.title.length - a.title.length).slice(0, 20);
  });
  private readonly ruler = viewChild.required<ElementRef<HTMLElement>>('ruler');

  constructor() {
    effect(() => {
      const { items, hasNext, isLoading } = this.books;
      const near = this.first() + 30 > items().length;
      if (near && hasNext() && !isLoading()) void this.books.loadNext();
    });
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const ruler = this.ruler().nativeElement;
      const resized = new ResizeObserver(() => {
        if (ruler.offsetHeight === 0) return; // No book is there yet.
        this.rowHeight.set(ruler.offsetHeight);
        this.isMeasured.set(true);
      });
      resized.observe(ruler);
      destroyed.onDestroy(() => resized.disconnect());
    });
  }
}
