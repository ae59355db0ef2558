import { asapScheduler, Observable } from 'rxjs';

const now = Promise.resolve();

/**
 * The same source, subscribed to in a microtask of its own. That keeps the stack flat where it answers synchronously, and
 * whoever leaves meanwhile is heard: it is not subscribed to at all.
 *
 * `asapScheduler` does the same at several times the cost of a page, and is virtual within `TestScheduler.run`, as walks
 * must be there. So it has the word until a promise has been heard, which never happens in virtual time.
 */
export function trampoline<T>(source: Observable<T>): Observable<T> {
  let heard = false;
  return new Observable((subscriber) => {
    const go = () => {
      if (!subscriber.closed) source.subscribe(subscriber);
    };
    if (heard) {
      void now.then(go);
      return undefined;
    }
    void now.then(() => (heard = true));
    return asapScheduler.schedule(go);
  });
}
