import { config, Observable, type Observer, type Subscription } from 'rxjs';

/**
 * Subscribes within `life`, which can end before `subscribe` returns: a callback may cancel while the source starts.
 */
export const subscribeWithin = <T>(
  life: Subscription,
  source: Observable<T>,
  observer: Partial<Observer<T>>,
): Subscription =>
  new Observable<T>((own) => {
    life.add(own);
    return source.subscribe(own);
  }).subscribe(observer);

/**
 * Reports an error that nobody can receive any more, because the walk has ended: to RxJS's `config.onUnhandledError`,
 * or on the console. RxJS itself would throw it, which ends a Node process.
 */
export function reportUnheard(error: unknown): void {
  if (config.onUnhandledError) config.onUnhandledError(error);
  else console.error(error);
}
