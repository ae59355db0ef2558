import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Book } from './book';

@Component({
  selector: 'app-book-card',
  template: `
    <span class="spine" aria-hidden="true" [style.--hue]="(book().id * 47) % 360"></span>
    <span class="title">{{ book().title }}</span>
    <span class="by">{{ book().author }}, {{ book().year }}</span>
    <span class="number" aria-hidden="true">{{ book().id }}</span>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BookCard {
  readonly book = input.required<Book>();
}
