import { afterRenderEffect, ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { Announcer } from './announcer';
import type { Wait } from './inject-wait';
import { troubleOf } from './trouble';

/**
 * What is known of a list, at the bottom of the window: how much of it is there, what it waits for, what failed, and the
 * button that continues. It covers the list and moves nothing.
 */
@Component({
  selector: 'app-list-bar',
  template: `
    @if (wait(); as wait) {
      <div class="notice waiting" tabindex="0">
        @if (wait.seconds) {
          <span class="clock" role="timer" aria-label="Seconds to wait">{{ wait.seconds }}</span>
        }
        <strong>{{ wait.title }}</strong>
        <span>{{ wait.help }}</span>
      </div>
    } @else if (trouble(); as trouble) {
      <div class="notice failed">
        <strong>{{ trouble.title }}</strong>
        <span>{{ trouble.help }}</span>
        <details>
          <summary>Technical details</summary>
          <code>{{ trouble.details }}</code>
        </details>
      </div>
    }
    <div class="bar">
      <p class="status">{{ words() }}</p>
      <ng-content />
      @if (action(); as action) {
        <!-- One button for every state, so that it keeps the focus. -->
        <button
          type="button"
          [class.main]="trouble() !== undefined"
          [attr.aria-disabled]="busy()"
          (click)="busy() || act.emit()"
        >
          {{ action }}
        </button>
      }
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ListBar {
  /** How much of the list is there. */
  readonly words = input.required<string>();
  readonly busy = input.required<boolean>();
  readonly error = input<Error>();
  readonly wait = input<Wait>();
  /** What the button says; without it, there is none. */
  readonly action = input<string>();
  readonly act = output();

  protected readonly trouble = computed(() => {
    const error = this.error();
    return error && troubleOf(error);
  });
  readonly #said = computed(() => {
    const why = this.wait() ?? this.trouble();
    if (why) return `${why.title} ${why.help}`;
    return this.busy() ? '' : this.words(); // Silent until the page is there.
  });

  constructor() {
    const { said } = inject(Announcer);
    afterRenderEffect(() => said.set(this.#said()));
  }
}
