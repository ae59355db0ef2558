import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { pagedResource } from 'pagewise/angular';
import { debounceTime, map } from 'rxjs';
import { byCursor } from './book';
import { BookList } from './book-list';

/** A search over a POST API. A new text cancels the current walk and starts another one. */
@Component({
  selector: 'app-search',
  imports: [BookList],
  template: `
    <h1>Search</h1>
    <p class="lead">Each text starts its own walk, and cancels the one before.</p>
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
