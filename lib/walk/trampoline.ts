import { asapScheduler, Observable, type Subscriber, type TeardownLogic } from 'rxjs';

const now = Promise.resolve();

/**
 * The trampoline of one walk: makes Observables as `new Observable` does, that do what they do when they are subscribed
 * to in a microtask of its own. That keeps the stack flat where it is done synchronously, and whoever leaves meanwhile is
 * heard: then it is not done.
 *
 * `asapScheduler` does the same at several times the cost of a page, and is virtual within `TestScheduler.run`, as walks
 * must be there. So it has the word until a promise has been heard, which never happens in virtual time.
 */
export function trampoline(): <T>(subscribe: (subscriber: Subscriber<T>) => TeardownLogic) => Observable<T> {
  let heard = false;

  return (subscribe) =>
    new Observable((subscriber) => {
      const go = () => {
        if (!subscriber.closed) subscriber.add(subscribe(subscriber));
      };
      if (heard) {
        void now.then(go);
        return undefined;
      }
      void now.then(() => (heard = true));
      return asapScheduler.schedule(go);
    });
}
