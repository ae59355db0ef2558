import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { PagedResource } from 'pagewise/angular';
import type { Book } from './book';
import { BookCard } from './book-card';
import { ListEnd } from './list-end';
import { NextInSight } from './next-in-sight';

/** A list that grows as you scroll, and its end. */
@Component({
  selector: 'app-book-list',
  imports: [BookCard, ListEnd, NextInSight],
  template: `
    @if (list().status() !== 'idle') {
      <ol class="books" role="list" [attr.aria-label]="label()" [attr.aria-busy]="list().isLoading()">
        @for (book of list().items(); track book.id) {
          <li [attr.aria-posinset]="$index + 1" [attr.aria-setsize]="list().total() ?? -1">
            <app-book-card [book]="book" />
          </li>
        }
      </ol>
    }
    <app-list-end [list]="list()" [wait]="wait()" [appNextInSight]="list()" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BookList {
  readonly label = input.required<string>();
  readonly list = input.required<PagedResource<Book>>();
  readonly wait = input(0);
}
