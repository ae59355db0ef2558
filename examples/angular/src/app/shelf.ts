import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { pagedResource } from 'pagewise/angular';
import { numbered } from './book';
import { BookList } from './book-list';
import { injectWait } from './inject-wait';

/** Infinite scroll over a GET API. Its inputs are the route's data. */
@Component({
  selector: 'app-shelf',
  imports: [BookList],
  template: `
    <h1>{{ heading() }}</h1>
    <p class="lead">{{ lead() }}</p>
    <app-book-list label="Books" [list]="books" [wait]="wait.seconds()" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Shelf {
  readonly url = input.required<string>();
  readonly heading = input.required<string>();
  readonly lead = input.required<string>();

  protected readonly wait = injectWait();
  // Back finds the list as it was left; the router restores the position in it.
  protected readonly books = pagedResource(
    () => ({ request: { url: this.url() }, strategy: numbered, options: { events: this.wait.events } }),
    { restore: 'shelf' },
  );
}
