// Runs in the browser: what scripts/browser-tests.mjs calls there.
import { fetchTransport, inBody, items, pageNumber, paginate, retryRequests, type PagewiseError } from 'pagewise';
import { lastValueFrom, take, toArray } from 'rxjs';

const strategy = pageNumber<number>({ items: 'items', size: 10 });
const failure = async (promise: Promise<unknown>): Promise<object> => {
  try {
    await promise;
  } catch (error) {
    const { name, message, attempts } = error as PagewiseError;
    return { name, message, attempts };
  }
  return { name: 'none' };
};

const tests = {
  get: (url: string) => lastValueFrom(paginate({ url }, strategy).pipe(items(), toArray())),
  relative: () => lastValueFrom(paginate({ url: '/items' }, strategy).pipe(items(), toArray())),
  post: (url: string) => {
    const posted = pageNumber<number>({ items: 'items', size: 10, place: inBody('pagination') });
    return lastValueFrom(paginate({ url, method: 'POST', body: {} }, posted).pipe(items(), toArray()));
  },
  async loop(url: string) {
    let pages = 0;
    for await (const page of paginate({ url }, strategy)) if (page.items.length > 0) pages++;
    return pages;
  },
  take: (url: string) => lastValueFrom(paginate({ url }, strategy).pipe(items(), take(10), toArray())),
  async leave(url: string) {
    const subscription = paginate({ url }, strategy).subscribe();
    await new Promise((resolve) => setTimeout(resolve, 300));
    subscription.unsubscribe();
  },
  timeout: (url: string) => {
    const transport = fetchTransport({ attemptTimeout: 200 });
    return failure(
      lastValueFrom(paginate({ url }, strategy, { transport, policy: retryRequests({ retries: 1, base: 1 }) })),
    );
  },
  fails: (url: string) =>
    failure(lastValueFrom(paginate({ url }, strategy, { policy: retryRequests({ retries: 2, base: 1 }) }))),
};

Object.assign(globalThis, { tests });
export type BrowserTests = typeof tests;
