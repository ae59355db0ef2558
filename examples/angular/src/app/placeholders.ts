import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** Rows as high as those of the books to come, so that nothing moves when they arrive. */
@Component({
  selector: 'app-placeholders',
  host: { 'aria-hidden': 'true', '[class.loading]': 'loading()' },
  template: `
    @for (place of places(); track place) {
      <div class="placeholder"></div>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Placeholders {
  readonly count = input.required<number>();
  /** How many books stand before them: rows of another page are other rows, which appear where the last ones were. */
  readonly after = input(0);
  readonly loading = input(false);

  protected readonly places = computed(() => Array.from({ length: this.count() }, (_, i) => this.after() + i));
}
