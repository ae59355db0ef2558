import { checkRedirects } from './check-redirects.js';
import type { Platform } from './platform.js';

/** In browsers: the native fetch, looked up for each request, so that a replaced one (a service worker's mock) is used. */
export const platform: Platform = {
  loadFetch: () => Promise.resolve((url, init) => globalThis.fetch(url, init)),
  send: checkRedirects,
  namesNetworkErrors: false,
};
