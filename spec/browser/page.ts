// Runs in the browser: the functions that scripts/browser-tests.mjs calls there.
import { inBody, items, pageNumber, paginate, retryRequests } from 'pagewise';
import { lastValueFrom, take, toArray } from 'rxjs';
import { away } from './away.js';
import { cors } from './cors.js';
import { leaving } from './leaving.js';
import { redirects } from './redirects.js';
import { longWalk } from './long-walk.js';
import { streams } from './streams.js';
import { failure, strategy } from './walks.js';
import { worker } from './worker.js';

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
  fails: (url: string) =>
    failure(lastValueFrom(paginate({ url }, strategy, { policy: retryRequests({ retries: 2, base: 1 }) }))),
  ...leaving,
  ...cors,
  ...away,
  ...worker,
  ...redirects,
  ...streams,
  ...longWalk,
};

Object.assign(globalThis, { tests });
export type BrowserTests = typeof tests;
