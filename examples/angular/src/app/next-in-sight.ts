import { Directive, effect, ElementRef, inject, input } from '@angular/core';
import { whenVisible } from 'pagewise';
import type { PagedResource } from 'pagewise/angular';
import type { Book } from './book';

/** Infinite scroll: the list requests its next page when this element is nearly visible. */
@Directive({ selector: '[appNextInSight]' })
export class NextInSight {
  readonly list = input.required<PagedResource<Book>>({ alias: 'appNextInSight' });

  constructor() {
    const element = inject<ElementRef<Element>>(ElementRef).nativeElement;
    effect((onCleanup) => {
      // Again after each page: an element that stays visible causes no second notification.
      const { hasNext, isLoading } = this.list();
      if (!hasNext() || isLoading()) return;
      const seen = whenVisible(element, { rootMargin: '300px' }).subscribe(() => void this.list().loadNext());
      onCleanup(() => seen.unsubscribe());
    });
  }
}
