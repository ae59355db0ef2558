import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { numberedResource } from 'pagewise/angular';
import { numbered, pageSize } from './book';
import { BookCard } from './book-card';
import { injectWait } from './inject-wait';
import { Intro } from './intro';
import { ListBar } from './list-bar';
import { Placeholders } from './placeholders';

/** Any page by its number, which is in the URL. Links work before the application has started. */
@Component({
  selector: 'app-pager',
  imports: [BookCard, Intro, ListBar, Placeholders, RouterLink],
  template: `
    <app-intro heading="Pages" [files]="['pager.ts']">
      Each page has a URL, and is requested alone: no page before it is needed.
    </app-intro>
    <form class="choice" action="/pages" (submit)="$event.preventDefault(); jump(number.value)">
      <label for="page">Go to page</label>
      <input
        id="page"
        name="page"
        type="number"
        inputmode="numeric"
        min="1"
        [max]="books.pageCount() ?? null"
        required
        #number
        [value]="page()"
      />
      <button>Go</button>
    </form>
    @if (isBeyond()) {
      <div class="empty">
        <h2>There is no page {{ page() }}</h2>
        <p>
          <a routerLink="/pages" [queryParams]="at(books.pageCount() ?? 1)">The last one is {{ books.pageCount() }}</a>
        </p>
      </div>
    } @else {
      <div class="shelf" [class.loading]="books.isLoading() && books.items().length > 0">
        <ol class="books" role="list" [attr.aria-label]="'Page ' + page()" [attr.aria-busy]="books.isLoading()">
          @for (book of books.items(); track book.id) {
            <li [attr.aria-posinset]="$index + 1 + before()" [attr.aria-setsize]="books.total() ?? -1">
              <app-book-card [book]="book" />
            </li>
          }
        </ol>
        <app-placeholders class="first" [count]="pageSize" [loading]="books.isLoading()" />
      </div>
    }
    <app-list-bar
      [words]="words()"
      [busy]="books.isLoading()"
      [error]="books.error()"
      [wait]="wait()"
      [action]="books.error() ? 'Try again' : undefined"
      (act)="books.reload()"
    >
      <nav class="pager" aria-label="Pages">
        <a
          rel="prev"
          [routerLink]="books.hasPrevious() ? '/pages' : null"
          [queryParams]="at(page() - 1)"
          role="link"
          tabindex="0"
          [attr.aria-disabled]="!books.hasPrevious()"
          >Previous</a
        >
        <span class="numbers">
          @for (n of numbers(); track $index) {
            @if (n === undefined) {
              <span>…</span>
            } @else {
              <a
                routerLink="/pages"
                [queryParams]="at(n)"
                [attr.aria-label]="'Page ' + n"
                [attr.aria-current]="n === page() ? 'page' : null"
                >{{ n }}</a
              >
            }
          }
        </span>
        <a
          rel="next"
          [routerLink]="books.hasNext() ? '/pages' : null"
          [queryParams]="at(page() + 1)"
          role="link"
          tabindex="0"
          [attr.aria-disabled]="!books.hasNext()"
          >Next</a
        >
      </nav>
    </app-list-bar>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Pager {
  /** `?page=` of the URL; what is no page number is page 1. */
  readonly page = input(1, { transform: pageOf });

  readonly #router = inject(Router);
  readonly #waits = injectWait();
  protected readonly wait = this.#waits.wait;
  protected readonly pageSize = pageSize;
  protected readonly books = numberedResource(
    () => ({ request: { url: '/api/books' }, strategy: numbered, options: { events: this.#waits.events } }),
    { page: this.page },
  );

  protected readonly before = computed(() => (this.page() - 1) * pageSize);
  protected readonly isBeyond = computed(() => {
    const count = this.books.pageCount();
    return count !== undefined && this.page() > Math.max(1, count);
  });
  /** 1 … 6 7 8 … 500: always seven places, as far as there are pages, so that they stay where they are. */
  protected readonly numbers = computed(() => {
    const last = this.books.pageCount() ?? 0;
    const middle = Math.max(4, Math.min(this.page(), last - 3));
    const places = [1, middle - 2, middle - 1, middle, middle + 1, middle + 2, last];
    if (last <= places.length) return Array.from({ length: last }, (_, i) => i + 1);
    return places.map((n, i) => ((i === 1 && n > 2) || (i === 5 && n < last - 1) ? undefined : n));
  });
  protected readonly words = computed(() => {
    const { items, total, pageCount, isLoading, status } = this.books;
    const [of, have] = [total(), items().length];
    if (isLoading() && have === 0) return 'Loading …';
    if (this.isBeyond()) return `There is no page ${this.page()}.`;
    if (of === undefined || status() !== 'resolved') return `Page ${this.page()}`;
    const [from, to] = [this.before() + 1, this.before() + have].map(count);
    return `Page ${this.page()} of ${count(pageCount() ?? 1)}: books ${from} to ${to} of ${count(of)}.`;
  });

  protected readonly at = (page: number) => ({ page: page === 1 ? null : page });

  protected jump(page: string): void {
    void this.#router.navigate(['/pages'], { queryParams: this.at(pageOf(page)) });
  }
}

function pageOf(text: unknown): number {
  const n = Number(text);
  return Number.isSafeInteger(n) && n >= 1 ? n : 1;
}

const count = (n: number) => n.toLocaleString('en');
