import { asapScheduler, Observable } from 'rxjs';

const now = Promise.resolve();

/**
 * The trampoline of one walk: gives a source that is subscribed to in a microtask of its own. That keeps the stack flat
 * where sources answer synchronously, and whoever leaves meanwhile is heard: the source is never subscribed to.
 *
 * `asapScheduler` does the same at four times the cost of a page, and is virtual within `TestScheduler.run`, as the walk
 * must be there. So it has the word until a promise has been heard, which never happens in virtual time.
 */
export function trampoline(): <T>(source: Observable<T>) => Observable<T> {
  let heard = false;

  return (source) =>
    new Observable((subscriber) => {
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
