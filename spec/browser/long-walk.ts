// A long walk that pauses at given pages, so that the heap can be measured.
import { nextUrl, paginate, type Page } from 'pagewise';
import { Subject, take } from 'rxjs';

let walk: { to(page: number): Promise<number>; stop(): void } | undefined;
const { signal } = new AbortController();

export const longWalk = {
  /** Starts a walk, by a loop or by subscribing, that pauses at each page given to `walkTo`. */
  startLong(how: 'loop' | 'subscription', url: string) {
    const paging = nextUrl<string>({ items: 'items', next: 'next' });
    if (how === 'loop') {
      const pages = paginate({ url }, paging, { signal })[Symbol.asyncIterator]();
      walk = {
        async to(index) {
          for (;;) {
            const { value } = await pages.next();
            if (value === undefined || value.index === index) return value?.index ?? -1;
          }
        },
        stop: () => void pages.return?.(),
      };
      return;
    }
    const pages = new Subject<Page<string>>();
    const goOn = new Subject<void>();
    let target = -1;
    let reached: (index: number) => void = () => undefined;
    const subscription = paginate({ url }, paging, {
      signal,
      nextWhen: ({ index }) => (index === target ? goOn.pipe(take(1)) : [true]),
    }).subscribe(pages);
    pages.subscribe({ next: ({ index }) => index === target && reached(index), complete: () => reached(-1) });
    walk = {
      to: (index) =>
        new Promise((resolve) => {
          target = index;
          reached = resolve;
          goOn.next();
        }),
      stop: () => subscription.unsubscribe(),
    };
  },
  walkTo: (index: number) => walk?.to(index),
  stopLong: () => walk?.stop(),
};
