import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { pageNumber } from 'pagewise';
import { numberedResource } from 'pagewise/angular';

const strategy = pageNumber<{ id: number; title: string }>({ size: 2, items: 'books', total: 'total' });

@Component({
  selector: 'app-book-pages',
  imports: [RouterLink],
  template: `
    <input type="search" aria-label="Title" #box [value]="q()" (change)="search(box.value)" />
    @for (book of books.items(); track book.id) {
      <p>{{ book.title }}</p>
    }
    @if (books.error()) {
      <p role="alert">Page {{ page() }} could not be loaded. <button (click)="books.reload()">Retry</button></p>
    }
    @if (isBeyond()) {
      <p>
        There is no page {{ page() }}. <a routerLink="." [queryParams]="at(1)" queryParamsHandling="merge">Page 1</a>
      </p>
    } @else {
      <nav aria-label="Pages">
        @if (books.hasPrevious()) {
          <a routerLink="." [queryParams]="at(page() - 1)" queryParamsHandling="merge">Previous</a>
        }
        Page {{ page() }} of {{ books.pageCount() ?? '…' }}
        @if (books.hasNext()) {
          <a routerLink="." [queryParams]="at(page() + 1)" queryParamsHandling="merge">Next</a>
        }
      </nav>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BookPages {
  /** `?page=7&q=tea` of the URL. */
  readonly page = input(1, { transform: pageOf });
  readonly q = input('', { transform: (q: string | undefined) => q ?? '' });

  readonly books = numberedResource(
    () => ({ request: { url: `/api/books?q=${encodeURIComponent(this.q())}` }, strategy }),
    { page: this.page },
  );
  readonly isBeyond = computed(
    () => this.books.status() === 'resolved' && this.books.items().length === 0 && this.page() > 1,
  );
  /** Page 1 needs no parameter: `null` removes it. */
  readonly at = (page: number) => ({ page: page === 1 ? null : page });

  readonly #router = inject(Router);
  readonly #route = inject(ActivatedRoute);
  search(q: string): void {
    const queryParams = { q: q === '' ? null : q, page: null }; // Another text begins at page 1.
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, queryParamsHandling: 'merge' });
  }
}

/** What is no page number is page 1. */
function pageOf(text: unknown): number {
  const n = Number(text);
  return Number.isSafeInteger(n) && n >= 1 ? n : 1;
}
