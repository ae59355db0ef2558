import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { pagedResource } from 'pagewise/angular';
import { debounceTime, map } from 'rxjs';
import { byCursor } from './book';
import { BookList } from './book-list';

/** A search over a POST API. Another text cancels the walk under way and begins another one. */
@Component({
  selector: 'app-search',
  imports: [BookList],
  template: `
    <h1>Search</h1>
    <p class="lead">Each text is a walk of its own; the one before it is cancelled.</p>
    <search>
      <label for="text">Title or author</label>
      <input id="text" type="search" autocomplete="off" #field [value]="typed()" (input)="typed.set(field.value)" />
    </search>
    <app-book-list label="Books found" [list]="found" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Search {
  protected readonly typed = signal('');
  readonly #text = toSignal(
    toObservable(this.typed).pipe(
      debounceTime(200),
      map((text) => text.trim()),
    ),
    { initialValue: '' },
  );
  protected readonly found = pagedResource(() =>
    this.#text() === ''
      ? undefined
      : { request: { url: '/api/search', method: 'POST', body: { text: this.#text() } }, strategy: byCursor },
  );
}
