// Walks that are cancelled before they have ended.
import { fetchTransport, items, paginate, retryRequests } from 'pagewise';
import { lastValueFrom, toArray } from 'rxjs';
import { failure, strategy } from './walks.js';

const nativeFetch = globalThis.fetch;
const reason = new Error('enough');
let heads = 0;
let pages = 0;
let stop: () => void = () => undefined;
let ending: Promise<string> = Promise.resolve('');

export const leaving = {
  /** Starts a walk to be cancelled by `leave`. Its loop stays at the first page until then. */
  begin(how: 'unsubscribing' | 'a signal' | 'break', url: string) {
    heads = pages = 0;
    globalThis.fetch = async (...args) => {
      const response = await nativeFetch(...args);
      heads++;
      return response;
    };
    const { signal, abort } = controlled();
    const walk = paginate({ url }, strategy, { prefetch: 1, ...(how === 'a signal' ? { signal } : {}) });
    if (how === 'break') {
      const gate = new Promise<void>((resolve) => (stop = resolve));
      const loop = async () => {
        for await (const page of walk) {
          pages += page.items.length > 0 ? 1 : 0;
          await gate;
          break;
        }
        return 'left';
      };
      ending = loop();
      return;
    }
    ending = new Promise((resolve) => {
      const subscription = walk.subscribe({
        next: () => pages++,
        error: (error) => resolve(error === reason ? 'the reason' : String(error)),
        complete: () => resolve('complete'),
      });
      stop = how === 'a signal' ? abort : () => (subscription.unsubscribe(), resolve('left'));
    });
  },
  heads: () => heads,
  async leave() {
    stop();
    return { ending: await ending, pages };
  },
  pages: () => pages,

  timeout: (url: string) => {
    const transport = fetchTransport({ attemptTimeout: 200 });
    const policy = retryRequests({ retries: 1, base: 1 });
    return failure(lastValueFrom(paginate({ url }, strategy, { transport, policy })));
  },
  goesOn: (url: string) => {
    const transport = fetchTransport({ attemptTimeout: 1500 });
    const policy = retryRequests({ retries: 10, base: 1 });
    return lastValueFrom(paginate({ url }, strategy, { transport, policy }).pipe(items(), toArray()));
  },
  totalTimeout: (url: string) =>
    failure(lastValueFrom(paginate({ url }, strategy, { totalTimeout: 300, policy: retryRequests({ base: 1 }) }))),
};

function controlled() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(reason) };
}
