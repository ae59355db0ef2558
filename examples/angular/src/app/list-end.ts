import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { isPagewiseError } from 'pagewise';
import type { PagedResource } from 'pagewise/angular';
import type { Book } from './book';

/** The state of a list: what is loaded, what it waits for, what failed, and the button that continues. */
@Component({
  selector: 'app-list-end',
  template: `
    @if (list().status() === 'error') {
      <div class="notice failed" role="alert">
        <strong>The page could not be loaded.</strong>
        <span>{{ reason() }}</span>
      </div>
    }
    @if (wait() > 0) {
      <div class="notice waiting">
        <span class="clock" role="timer" aria-label="Seconds to wait">{{ wait() }}</span>
        <strong>The server asks for a pause.</strong>
        <span>Continues automatically in {{ wait() }} s.</span>
      </div>
    }
    <p class="status" role="status">{{ status() }}</p>
    @if (list().hasNext()) {
      <!-- One button for every state, so that it keeps the focus. -->
      <button
        type="button"
        [class.main]="list().status() === 'error'"
        [attr.aria-disabled]="list().isLoading()"
        (click)="list().loadNext()"
      >
        {{ list().status() === 'error' ? 'Try again' : 'More books' }}
      </button>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ListEnd {
  readonly list = input.required<PagedResource<Book>>();
  /** Seconds. */
  readonly wait = input(0);

  protected readonly status = computed(() => {
    const { items, total, isLoading, status, done } = this.list();
    const [have, all] = [items().length.toLocaleString('en'), total()?.toLocaleString('en')];
    if (status() === 'idle') return '';
    if (this.wait() > 0) return `Waiting for the server. ${have} books so far.`;
    if (isLoading()) return 'Loading …';
    if (done()) return items().length === 0 ? 'No books found.' : `${have} books. That is all.`;
    return all === undefined ? `${have} books so far.` : `${have} of ${all} books.`;
  });
  protected readonly reason = computed(() => {
    const error = this.list().error();
    return isPagewiseError(error) ? error.message : 'Something went wrong.';
  });
}
