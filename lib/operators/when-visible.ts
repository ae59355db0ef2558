import { Observable } from 'rxjs';
import { invalid } from '../values/options.js';

/**
 * Emits each time an element becomes visible: for `nextWhen` or `loadNext` in a list that scrolls. Waits while the
 * element is hidden; unsubscribing disconnects the observer. Where nothing can be visible (no IntersectionObserver, as
 * on a server that renders), it never emits.
 *
 *     whenVisible(this.end().nativeElement, { rootMargin: '200px' }).subscribe(() => this.found.loadNext());
 *
 * @param options of IntersectionObserver: `root`, `rootMargin`, `threshold`
 * @throws ConfigError if `element` is not a DOM element
 */
export function whenVisible(element: Element, options: IntersectionObserverInit = {}): Observable<void> {
  if ((element as Partial<Element> | undefined)?.nodeType !== 1)
    throw invalid('whenVisible', 'element', element, 'a DOM element');
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
