import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** A text in which the words that were searched for are marked. */
@Component({
  selector: '[appMarked]',
  template: `
    @for (part of parts(); track $index) {
      @if ($odd) {
        <mark>{{ part }}</mark>
      } @else {
        <span>{{ part }}</span>
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Marked {
  readonly text = input.required<string>({ alias: 'appMarked' });
  readonly words = input('');

  /** The words are at odd places. */
  protected readonly parts = computed(() => {
    const words = this.words().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [this.text()];
    const literal = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return this.text().split(new RegExp(`(${literal.join('|')})`, 'i'));
  });
}
