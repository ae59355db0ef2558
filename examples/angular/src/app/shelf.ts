import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { pagedResource } from 'pagewise/angular';
import { numbered } from './book';
import { BookList } from './book-list';
import { injectWait } from './inject-wait';
import { Intro } from './intro';

/** Infinite scroll over a GET API. Its inputs are the route's data. */
@Component({
  selector: 'app-shelf',
  imports: [BookList, Intro],
  template: `
    <app-intro [heading]="heading()" [files]="['shelf.ts', 'book-list.ts', 'next-in-sight.ts']">{{ lead() }}</app-intro>
    <app-book-list label="Books" [list]="books" [wait]="wait()" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Shelf {
  readonly url = input.required<string>();
  readonly heading = input.required<string>();
  readonly lead = input.required<string>();

  readonly #waits = injectWait();
  protected readonly wait = this.#waits.wait;
  // Back finds the list as it was left; the router restores the position in it.
  protected readonly books = pagedResource(
    () => ({ request: { url: this.url() }, strategy: numbered, options: { events: this.#waits.events } }),
    { restore: 'shelf' },
  );
}
