import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { whenVisible } from 'pagewise';
import { take } from 'rxjs';

/** A stand-in for the browser's observer, driven by hand. The browser itself is tested in spec/browser. */
class Observer {
  static readonly made: Observer[] = [];
  connected = false;
  constructor(
    readonly tell: (entries: { isIntersecting: boolean }[]) => void,
    readonly options: object,
  ) {
    Observer.made.push(this);
  }
  observe() {
    this.connected = true;
  }
  disconnect() {
    this.connected = false;
  }
}
const element = { nodeType: 1 } as Element;

describe('whenVisible', () => {
  const before = globalThis.IntersectionObserver;
  beforeEach(() => {
    Observer.made.length = 0;
    globalThis.IntersectionObserver = Observer as never;
  });
  afterEach(() => {
    globalThis.IntersectionObserver = before;
  });

  it('emits when the element comes into sight, observes from the subscription on, and disconnects', () => {
    const visible$ = whenVisible(element, { rootMargin: '200px' });
    expect(Observer.made).toHaveLength(0);
    let count = 0;
    const subscription = visible$.subscribe(() => count++);
    const [observer] = Observer.made;
    expect(observer!.options).toEqual({ rootMargin: '200px' });
    observer!.tell([{ isIntersecting: false }]);
    expect(count).toBe(0);
    observer!.tell([{ isIntersecting: false }, { isIntersecting: true }]);
    observer!.tell([{ isIntersecting: true }, { isIntersecting: false }]);
    expect(count).toBe(1);
    subscription.unsubscribe();
    expect(observer!.connected).toBe(false);
  });

  it('is a notifier for one page', () => {
    whenVisible(element).pipe(take(1)).subscribe();
    Observer.made[0]!.tell([{ isIntersecting: true }]);
    expect(Observer.made[0]!.connected).toBe(false);
  });

  it('is silent where a server renders: there is no observer', () => {
    delete (globalThis as Partial<typeof globalThis>).IntersectionObserver;
    const seen: string[] = [];
    const heard = {
      next: () => seen.push('next'),
      error: () => seen.push('error'),
      complete: () => seen.push('complete'),
    };
    const subscription = whenVisible(element).subscribe(heard);
    expect([seen, subscription.closed]).toEqual([[], false]);
  });

  it('refuses anything but an element', () => {
    for (const wrong of [null, undefined, {}, 'end', { nodeType: 9 }])
      expect(() => whenVisible(wrong as never)).toThrow('element must be a DOM element');
  });
});
