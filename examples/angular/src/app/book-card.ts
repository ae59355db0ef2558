import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Book } from './book';
import { Marked } from './marked';

@Component({
  selector: 'app-book-card',
  imports: [Marked],
  template: `
    <span class="spine" aria-hidden="true" [style.--hue]="(book().id * 47) % 360"></span>
    <span class="title" [appMarked]="book().title" [words]="found()"></span>
    <span class="by" [appMarked]="book().author + ', ' + book().year" [words]="found()"></span>
    <span class="number" aria-hidden="true">{{ book().id }}</span>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BookCard {
  readonly book = input.required<Book>();
  /** The words by which it was found. */
  readonly found = input('');
}
