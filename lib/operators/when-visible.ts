import { Observable } from 'rxjs';
import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';

/**
 * Emits each time an element becomes visible: for `nextWhen`, or for `loadNext` in a list that scrolls. Waits while the
 * element is hidden; unsubscribing disconnects the observer. Where nothing can be visible (no IntersectionObserver, as
 * on a server that renders), it never emits.
 *
 * An element that stays visible is reported once, so subscribe again after each page. With a resource of Angular:
 *
 *     effect((onCleanup) => {
 *       const end = this.end()?.nativeElement;
 *       if (end === undefined || !this.found.hasNext() || this.found.isLoading()) return;
 *       const seen = whenVisible(end, { rootMargin: '200px' }).subscribe(() => void this.found.loadNext());
 *       onCleanup(() => seen.unsubscribe());
 *     });
 *
 * @param options of IntersectionObserver: `root`, `rootMargin`, `threshold`
 * @throws ConfigError if `element` is not a DOM element
 */
export function whenVisible(element: Element, options: IntersectionObserverInit = {}): Observable<void> {
  if ((element as Partial<Element> | undefined)?.nodeType !== 1)
    throw new ConfigError(`whenVisible: element must be a DOM element, not ${describe(element)}`);
  return new Observable((subscriber) => {
    if (typeof IntersectionObserver !== 'function') return;
    const observer = new IntersectionObserver((entries) => {
      // The last entry is the current state.
      if (entries.at(-1)?.isIntersecting === true) subscriber.next();
    }, options);
    observer.observe(element);
    return () => observer.disconnect();
  });
}
