import { Directive, effect, ElementRef, inject, input } from '@angular/core';
import { whenVisible } from 'pagewise';
import type { PagedResource } from 'pagewise/angular';
import type { Book } from './book';

/** Infinite scroll: the list asks for its next page when this element comes near. */
@Directive({ selector: '[appNextInSight]' })
export class NextInSight {
  readonly list = input.required<PagedResource<Book>>({ alias: 'appNextInSight' });

  constructor() {
    const element = inject<ElementRef<Element>>(ElementRef).nativeElement;
    effect((onCleanup) => {
      // Anew after each page, for an element that stays in sight does not come into it. After an error it is the reader's turn.
      if (this.list().status() !== 'ready') return;
      const seen = whenVisible(element, { rootMargin: '300px' }).subscribe(() => void this.list().loadNext());
      onCleanup(() => seen.unsubscribe());
    });
  }
}
