import { Observable } from 'rxjs';
import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';

/**
 * Emits each time that an element comes into sight: what `nextWhen` waits for where one scrolls, and what calls
 * `loadNext`. Waits where it can't be seen; leaving disconnects.
 *
 *     whenVisible(this.end().nativeElement, { rootMargin: '200px' }).subscribe(() => this.found.loadNext());
 *
 * @param options of IntersectionObserver: `root`, `rootMargin`, `threshold`
 * @throws ConfigError where it is no element
 */
export function whenVisible(element: Element, options: IntersectionObserverInit = {}): Observable<void> {
  if (typeof (element as Partial<Element> | undefined)?.getBoundingClientRect !== 'function')
    throw new ConfigError(`whenVisible: give it an element, not ${describe(element)}`);
  return new Observable((subscriber) => {
    const observer = new IntersectionObserver((entries) => {
      // The last entry is how it is now.
      if (entries.at(-1)?.isIntersecting === true) subscriber.next();
    }, options);
    observer.observe(element);
    return () => observer.disconnect();
  });
}
