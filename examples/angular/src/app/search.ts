import { ChangeDetectionStrategy, Component, inject, input, linkedSignal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { Router, RouterLink } from '@angular/router';
import { pagedResource } from 'pagewise/angular';
import { debounceTime } from 'rxjs';
import { byCursor } from './book';
import { BookList } from './book-list';
import { injectWait } from './inject-wait';
import { Intro } from './intro';

/**
 * A search over a POST API. Its text is in the URL, so a link leads to it, and Back to the one before. Another text
 * cancels the current walk; what it has found stays until the next one has found something.
 */
@Component({
  selector: 'app-search',
  imports: [BookList, Intro, RouterLink],
  template: `
    <app-intro heading="Search" [files]="['search.ts', 'book-list.ts', 'marked.ts']">
      Each text has a URL, starts its own walk, and cancels the one before.
    </app-intro>
    <search>
      <form action="/search" (submit)="$event.preventDefault(); open()">
        <label for="text">Title or author</label>
        <input
          id="text"
          name="q"
          type="search"
          autocomplete="off"
          #field
          [value]="typed()"
          (input)="typed.set(field.value)"
        />
      </form>
      <p class="ideas">
        Try
        @for (idea of ideas; track idea) {
          <a routerLink="/search" [queryParams]="{ q: idea }">{{ idea }}</a>
        }
      </p>
    </search>
    <app-book-list label="Books found" [list]="found" [text]="q()" [wait]="wait()">
      <div class="empty">
        <h2>No book matches “{{ q() }}”</h2>
        <p>Fewer letters find more. You can also take one of the words above, or go through all books.</p>
        <p>
          <a routerLink="/search">Clear the search</a>
          <a routerLink="/">All books</a>
        </p>
      </div>
    </app-book-list>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Search {
  /** `?q=` of the URL. */
  readonly q = input('', { transform: (q: unknown) => String(q ?? '').trim() });
  protected readonly ideas = ['lantern', 'winter glass', 'Ada Quill', 'unicorn'];

  readonly #router = inject(Router);
  readonly #waits = injectWait();
  protected readonly wait = this.#waits.wait;
  protected readonly found = pagedResource(
    () =>
      this.q() === ''
        ? undefined
        : {
            request: { url: '/api/search', method: 'POST', body: { text: this.q() } },
            strategy: byCursor,
            options: { events: this.#waits.events },
          },
    { restore: 'search' },
  );

  /** The text that `open` wrote into the URL last: it does not come back into a box in which somebody types on. */
  #written: string | undefined;
  /** What the box shows: what is typed, until the URL gets another text. */
  protected readonly typed = linkedSignal<string, string>({
    source: this.q,
    computation: (q, before) => {
      const isOwn = q === this.#written;
      this.#written = undefined;
      return isOwn && before ? before.value : q;
    },
  });

  constructor() {
    toObservable(this.typed)
      .pipe(debounceTime(250), takeUntilDestroyed())
      .subscribe(() => this.open());
  }

  protected open(): void {
    const text = this.typed().trim();
    if (text === this.q()) return;
    this.#written = text;
    void this.#router.navigate(['/search'], { queryParams: { q: text || null } });
  }
}
