import { ChangeDetectionStrategy, Component, computed, input, linkedSignal } from '@angular/core';
import type { PagedResource } from 'pagewise/angular';
import { pageSize, type Book } from './book';
import { BookCard } from './book-card';
import type { Wait } from './inject-wait';
import { ListBar } from './list-bar';
import { NextInSight } from './next-in-sight';
import { Placeholders } from './placeholders';

/** A list that grows as you scroll, and its bar. What stands between its tags is shown if there is no book. */
@Component({
  selector: 'app-book-list',
  imports: [BookCard, ListBar, NextInSight, Placeholders],
  template: `
    @if (list().done() && list().items().length === 0) {
      <ng-content />
    } @else if (list().status() !== 'idle') {
      <div class="shelf" [class.loading]="list().isPrevious()">
        <ol class="books" role="list" [attr.aria-label]="label()" [attr.aria-busy]="list().isLoading()">
          @for (book of list().items(); track shown().text + book.id) {
            <li [attr.aria-posinset]="$index + 1" [attr.aria-setsize]="list().total() ?? -1">
              <app-book-card [book]="book" [found]="shown().text" />
            </li>
          }
        </ol>
        <app-placeholders
          [count]="coming()"
          [after]="list().items().length"
          [loading]="list().isLoading()"
          [appNextInSight]="list()"
        />
      </div>
    }
    <app-list-bar
      [words]="shown().words"
      [busy]="list().isLoading()"
      [error]="list().error()"
      [wait]="wait()"
      [action]="action()"
      (act)="list().error() ? list().retry() : list().loadNext()"
    />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BookList {
  readonly label = input.required<string>();
  readonly list = input.required<PagedResource<Book>>();
  /** What was searched for. */
  readonly text = input('');
  readonly wait = input<Wait>();

  /** Until the books of another search arrive, what is said of the ones that are shown holds. */
  protected readonly shown = linkedSignal<Shown & { kept: boolean }, Shown>({
    source: () => ({ text: this.text(), words: inWords(this.list(), this.text()), kept: this.list().isPrevious() }),
    computation: (now, before) => (now.kept && before ? before.value : now),
  });
  /** How many books the next page has. */
  protected readonly coming = computed(() => {
    const { done, isPrevious, items, total } = this.list();
    if (done() || isPrevious()) return 0;
    return Math.max(0, Math.min(pageSize, (total() ?? Infinity) - items().length));
  });
  protected readonly action = computed(() => {
    const { hasNext, error } = this.list();
    return error() ? 'Try again' : hasNext() ? 'More books' : undefined;
  });
}

interface Shown {
  readonly text: string;
  readonly words: string;
}

/** “20 of 34 books match “lantern”.” */
export function inWords({ items, total, done, isLoading }: PagedResource<Book>, text = ''): string {
  const [have, all] = [items().length, total()];
  const match = text && ` match “${text}”`;
  if (have === 0) return done() ? `No books${match}.` : isLoading() ? 'Loading …' : '';
  const books = have === 1 && done() ? `1 book${match && ` matches “${text}”`}` : `books${match}`;
  if (done()) return `${have === 1 ? books : `${count(have)} ${books}`}. That is all.`;
  return all === undefined ? `${count(have)} ${books} so far.` : `${count(have)} of ${count(all)} ${books}.`;
}

const count = (n: number) => n.toLocaleString('en');
